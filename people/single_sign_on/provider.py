"""The provider by OpenID Connect: what it says of itself, and who it says has signed in.

Discovery (OpenID Connect Discovery 1.0), authorization code with PKCE (RFC 7636, S256), state,
nonce, and an ID token that is checked before a word of it is believed (Core 1.0, 3.1.3.7).
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kernel.settings import Settings
from people.single_sign_on.refusals import Fault, SignOnRefused
from people.single_sign_on.transport import origin_of, prepare

SCOPE = "openid profile"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""Signatures by a key pair. ``none`` is no signature; an HMAC would be made by the client's secret."""
LEEWAY_SECONDS = 60
KEPT = timedelta(hours=1)
"""So long the provider's description is believed; its keys until a token names another."""
TIMEOUT_SECONDS = 8.0
AT_ONCE = 4
"""So many requests to the provider run at the same time."""
TURN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """Who the provider is, and as whom this service asks it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one sign-on must bring back: bound to the browser that began it."""

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


def provider_settings(settings: Settings) -> ProviderSettings | None:
    """The provider that the settings name; None when there is none."""
    if not settings.oidc_issuer:
        return None
    return ProviderSettings(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        settings.oidc_ca_file,
    )


class Provider:
    """One provider; keeps its description and keys. Safe to use from several threads.

    Every method raises ``SignOnRefused``; none tells more than that to the person.
    """

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._described: tuple[datetime, dict[str, str]] | None = None
        self._keys: KeySet | None = None

    def authorization_address(self, attempt: Attempt, redirect_uri: str, now: datetime) -> str:
        """Where the browser is sent to sign in."""
        endpoints = self._endpoints(now)
        with self._client(redirect_uri) as client:
            address, _state = client.create_authorization_url(
                endpoints["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(address)

    def claims(
        self, code: str, attempt: Attempt, redirect_uri: str, now: datetime
    ) -> Mapping[str, Any]:
        """Exchange the code and give the claims of the ID token, which was checked."""
        endpoints = self._endpoints(now)
        token = self._token(endpoints["token_endpoint"], code, attempt, redirect_uri)
        text, access_token = token.get("id_token"), token.get("access_token")
        if not isinstance(text, str) or len(text) > 50_000:
            raise SignOnRefused(Fault.BAD_ANSWER, "the answer has no ID token")
        signed = self._verified(text, endpoints["jwks_uri"])
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            },
            {
                "nonce": attempt.nonce,
                "client_id": self.settings.client_id,
                "access_token": access_token,
            },
        )
        try:
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except JoseError as error:
            raise SignOnRefused(Fault.BAD_ANSWER, f"ID token: {_told(error)}") from None
        return dict(claims)

    def _endpoints(self, now: datetime) -> dict[str, str]:
        with self._lock:
            kept = self._described
        if kept is not None and now - kept[0] < KEPT:
            return kept[1]
        found = self._discovered()
        with self._lock:
            self._described = (now, found)
        return found

    def _discovered(self) -> dict[str, str]:
        address = self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = self._fetched(address)
        if found.get("issuer") != self.settings.issuer:
            raise SignOnRefused(Fault.BAD_ANSWER, "discovery names another issuer")
        methods = found.get("code_challenge_methods_supported")
        if methods is not None and "S256" not in methods:
            raise SignOnRefused(Fault.BAD_ANSWER, "the provider does not do PKCE by S256")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        endpoints = {name: str(found.get(name, "")) for name in names}
        origin = origin_of(self.settings.issuer)
        away = [name for name, value in endpoints.items() if origin_of(value) != origin]
        if away:
            raise SignOnRefused(Fault.BAD_ANSWER, f"outside the issuer's origin: {', '.join(away)}")
        return endpoints

    def _token(
        self, endpoint: str, code: str, attempt: Attempt, redirect_uri: str
    ) -> Mapping[str, Any]:
        try:
            with self._session(redirect_uri) as session:
                found = session.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                )
        except OAuthError as error:
            raise SignOnRefused(Fault.REFUSED_THERE, f"token: {_told(error)}") from None
        except requests.RequestException as error:
            raise _not_reached("token endpoint", error) from None
        except (ValueError, TypeError, AttributeError, KeyError):
            raise SignOnRefused(Fault.BAD_ANSWER, "token: not the JSON it should be") from None
        return found if isinstance(found, Mapping) else {}

    def _verified(self, text: str, jwks_uri: str) -> jwt.Token:
        """The token with a good signature; the keys are asked for anew when none of them fits."""
        with self._lock:
            known = self._keys
        try:
            if known is not None:
                return jwt.decode(text, known, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # Perhaps signed by a key that came after these; the fresh ones decide.
            known = None
        fresh = self._key_set(jwks_uri)
        with self._lock:
            self._keys = fresh
        try:
            return jwt.decode(text, fresh, algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise SignOnRefused(Fault.BAD_ANSWER, f"ID token: {_told(error)}") from None

    def _key_set(self, jwks_uri: str) -> KeySet:
        try:
            return KeySet.import_key_set(self._fetched(jwks_uri))  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise SignOnRefused(Fault.BAD_ANSWER, "keys: not a key set") from None

    def _fetched(self, address: str) -> dict[str, Any]:
        try:
            with self._session() as session:
                answer = session.get(address, withhold_token=True, allow_redirects=False)
                answer.raise_for_status()
                found = answer.json()
        except requests.JSONDecodeError:
            raise SignOnRefused(Fault.BAD_ANSWER, "not JSON") from None
        except requests.RequestException as error:
            raise _not_reached("provider", error) from None
        if not isinstance(found, dict):
            raise SignOnRefused(Fault.BAD_ANSWER, "not a JSON object")
        return found

    @contextmanager
    def _session(self, redirect_uri: str = "") -> Iterator[OAuth2Session]:
        # A provider that hangs must not hold every thread of the service.
        if not self._turns.acquire(timeout=TURN_SECONDS):
            raise SignOnRefused(Fault.NOT_REACHED, "too many sign-ons wait for the provider")
        try:
            with self._client(redirect_uri) as client:
                yield client
        finally:
            self._turns.release()

    def _client(self, redirect_uri: str) -> OAuth2Session:
        secret = self.settings.client_secret
        session = OAuth2Session(
            self.settings.client_id,
            secret or None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )
        prepare(session, self.settings.issuer, self.settings.timeout_seconds, self.settings.ca_file)
        return session


def _told(error: Exception) -> str:
    """The error's code: its text may repeat what the provider wrote."""
    code = str(getattr(error, "error", "") or "")
    return code if code.isascii() and code.isprintable() and len(code) <= 60 else "unreadable"


def _not_reached(what: str, error: requests.RequestException) -> SignOnRefused:
    return SignOnRefused(Fault.NOT_REACHED, f"{what}: {type(error).__name__}")
