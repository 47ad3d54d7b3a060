"""One single sign-on from beginning to end: out to the provider, back with a code, into a session."""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.orm import Session

from kernel.access.actor import SIGN_IN, Actor
from kernel.clock import Clock
from kernel.group_roles import GroupRole, parse_group_roles
from kernel.logs import get_logger
from kernel.settings import Settings
from kernel.trail.record import record
from people.models import User
from people.sign_in.desk import Desk
from people.sign_in.guarded import Gate
from people.sign_in.models import SecondFactor, SessionState
from people.sign_in.security_policy import current_policy
from people.sign_in.sessions import open_session, revoke_token
from people.sign_in.throttle import Count, Place, counts_of
from people.single_sign_on.accounts import Subject, admit, subject_of
from people.single_sign_on.provider import Attempt, Provider, provider_settings
from people.single_sign_on.refusals import Fault, SignOnRefused

LASTS = timedelta(minutes=10)
"""So long may a person take at the provider."""
PROVOKED = frozenset({Fault.STRANGE_RETURN, Fault.REFUSED_THERE})
"""What anybody can bring about with a made-up answer: logged only, lest it fill the trail."""
_logger = get_logger("single-sign-on")


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The provider, what its groups stand for, and where it sends people back to."""

    provider: Provider
    mapping: tuple[GroupRole, ...]
    groups_claim: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-on under way: where the browser goes, and what its cookie keeps (encrypted)."""

    address: str
    kept: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What a browser comes back with. ``kept`` is its cookie, ``replaces`` its former session."""

    answer: Mapping[str, str]
    kept: str
    replaces: str


def single_sign_on(settings: Settings, callback: str) -> SingleSignOn | None:
    """The sign-on that the settings ask for; None when they name no provider.

    ``callback`` is the path that the provider sends people back to.
    """
    found = provider_settings(settings)
    if found is None:
        return None
    return SingleSignOn(
        Provider(found),
        parse_group_roles(settings.oidc_groups),
        settings.oidc_groups_claim,
        settings.link_base + callback,
    )


def begin(sso: SingleSignOn, desk: Desk, next_page: str) -> Begun:
    """Start a sign-on of this browser; raises ``SignOnRefused`` when the provider is not there."""
    attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
    try:
        address = sso.provider.authorization_address(attempt, sso.redirect_uri, desk.now)
    except SignOnRefused as refusal:
        _logger.warning("refused", fault=refusal.fault.value, detail=refusal.detail)
        raise
    text = json.dumps({**asdict(attempt), "next": next_page}).encode()
    kept = _cipher(desk.key).encrypt_at_time(text, int(desk.now.timestamp()))
    return Begun(address, kept.decode())


def finish(sso: SingleSignOn, desk: Desk, clock: Clock, back: Returned) -> tuple[str, str]:
    """Open a session for who comes back: its token, and the page that was wanted.

    Raises ``SignOnRefused``, and ``TooManyTries`` where too many came back in vain from an address.
    """
    with desk.database.reading(SIGN_IN) as session:
        terms = current_policy(session).terms
    counts = counts_of(desk.key, "single sign-on", Place(desk.visitor.client), terms)
    by_address = [counted for counted in counts if counted.count is Count.ADDRESS]
    gate = Gate(desk.database, terms, by_address, None, desk.cause)
    done: list[tuple[str, str] | SignOnRefused] = []

    def check() -> bool:
        try:
            done.append(_entered(sso, desk, clock, back))
        except SignOnRefused as refusal:
            done.append(refusal)
        return not isinstance(done[0], SignOnRefused)

    gate.tried(desk.now, check)
    outcome = done[0]
    if isinstance(outcome, SignOnRefused):
        _note(desk, outcome)
        raise outcome
    return outcome


def _entered(sso: SingleSignOn, desk: Desk, clock: Clock, back: Returned) -> tuple[str, str]:
    attempt, next_page = _begun_here(desk, back)
    code = _code(sso, back.answer)
    claims = sso.provider.claims(code, attempt, sso.redirect_uri, clock.now())
    subject = subject_of(claims, sso.groups_claim)
    with desk.database.writing(SIGN_IN, desk.cause) as session:
        user_id = admit(session, clock, subject, sso.mapping)
        login = "" if user_id is None else session.get_one(User, user_id).login
    # Raised after the transaction, so that roles which the groups took back stay taken.
    if user_id is None:
        raise SignOnRefused(Fault.NO_ROLE, f"no group gives a role: {_shown(subject)}")
    with desk.database.writing(Actor(login, user_id=user_id), desk.cause) as session:
        return _open(session, desk, user_id, back.replaces), next_page


def _begun_here(desk: Desk, back: Returned) -> tuple[Attempt, str]:
    """What this browser began, at most ``LASTS`` ago, and that it is this which comes back."""
    try:
        text = _cipher(desk.key).decrypt_at_time(
            back.kept, int(LASTS.total_seconds()), int(desk.now.timestamp())
        )
    except InvalidToken:
        raise SignOnRefused(Fault.STRANGE_RETURN, "no attempt of this browser") from None
    kept: dict[str, str] = json.loads(text)
    if not compare_digest(kept["state"].encode(), back.answer.get("state", "").encode()):
        raise SignOnRefused(Fault.STRANGE_RETURN, "another state")
    return Attempt(kept["state"], kept["nonce"], kept["verifier"]), kept["next"]


def _code(sso: SingleSignOn, answer: Mapping[str, str]) -> str:
    # RFC 9207: a provider that says who it is must be the one that was asked.
    if answer.get("iss", sso.provider.settings.issuer) != sso.provider.settings.issuer:
        raise SignOnRefused(Fault.STRANGE_RETURN, "another issuer")
    if "error" in answer or not 0 < len(answer.get("code", "")) <= 4_000:
        raise SignOnRefused(Fault.REFUSED_THERE, "authorization endpoint")
    return answer["code"]


def _open(session: Session, desk: Desk, user_id: UUID, replaces: str) -> str:
    if replaces:
        revoke_token(session, replaces, desk.now)
    factor = session.get(SecondFactor, user_id)
    has_factor = factor is not None and factor.confirmed_at is not None
    state = SessionState.SECOND_FACTOR if has_factor else SessionState.COMPLETE
    terms = current_policy(session).terms
    token = open_session(session, user_id, state, desk.visitor, desk.now, terms)
    if not has_factor:
        record(session, "sign_in", "app_user", user_id, {"by": "统一身份认证"})
    return token


def _note(desk: Desk, refusal: SignOnRefused) -> None:
    facts: dict[str, Any] = {"fault": refusal.fault.value, "detail": refusal.detail}
    _logger.warning("refused", **facts)
    if refusal.fault not in PROVOKED:
        with desk.database.writing(SIGN_IN, desk.cause) as session:
            record(session, "sign_in_refused", "single_sign_on", "oidc", facts)


def _shown(subject: Subject) -> str:
    return sha256(f"{subject.issuer}\0{subject.subject}".encode()).hexdigest()[:16]


def _cipher(key: bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(b"single sign-on attempt\0" + key).digest()))
