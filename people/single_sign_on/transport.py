"""Requests to the provider: to its own origin alone, in bounded time, with bounded answers."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from kernel.deadlines import SocketWatch, watched_pools

ANSWER_BYTES = 256_000
"""A provider's description, keys and tokens are far smaller."""


class NotTheProvider(requests.RequestException):
    """An address or an answer that leads away from the issuer's origin."""


class ProviderAdapter(HTTPAdapter):
    """Sends to one origin; reads no more than ``ANSWER_BYTES``, follows nothing."""

    def __init__(self, origin: tuple[str, str, int], timeout_seconds: float) -> None:
        super().__init__()
        self._origin = origin
        self._timeout = timeout_seconds
        self._watch = SocketWatch()
        self.poolmanager.pool_classes_by_scheme = watched_pools(self._watch)

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send and read the whole answer; raises ``requests.RequestException`` when it cannot be."""
        if origin_of(request.url or "") != self._origin:
            raise NotTheProvider("address outside the issuer's origin")
        options |= {"stream": True, "timeout": self._timeout}
        with self._watch.limit(self._timeout), super().send(request, **options) as response:
            try:
                body: bytes = response.raw.read(ANSWER_BYTES + 1, decode_content=False)
            except (HTTPError, OSError):
                raise requests.ConnectionError("the answer was cut short") from None
        if self._watch.ran_out:
            raise requests.Timeout("the provider took too long")
        if len(body) > ANSWER_BYTES:
            raise NotTheProvider("answer too large")
        if response.is_redirect:
            raise NotTheProvider("answer is a redirect")
        # What ``requests`` keeps of a body that it read itself.
        response._content = body  # noqa: SLF001
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response

    def close(self) -> None:
        """Close the connections and end the watch."""
        super().close()
        self._watch.close()


def origin_of(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address; None when it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return None
    if not parts.hostname or not port or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port


def prepare(session: requests.Session, issuer: str, timeout: float, ca_file: Path | None) -> None:
    """Make a session speak to the issuer's origin only, whatever the environment says.

    A proxy or a ``.netrc`` of the machine has no part in it; the certificates that count are the
    usual ones, or those in ``ca_file``. Raises ``ValueError`` for an issuer that is no address.
    """
    origin = origin_of(issuer)
    if origin is None:
        raise ValueError("the issuer is no address")
    session.trust_env = False
    session.verify = str(ca_file) if ca_file else True
    session.headers.update({"Accept-Encoding": "identity", "User-Agent": "contract-monitor"})
    session.adapters.clear()
    session.mount(f"{origin[0]}://", ProviderAdapter(origin, timeout))
