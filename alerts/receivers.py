"""One way to post to a receiver: guarded addresses, bounded time, bounded answer.

Messages go to addresses that people type in. AntiSSRF resolves the name, checks every address it
stands for and connects to the one it checked, so that a name which changes its mind in between
(DNS rebinding) gains nothing. Where a name has several addresses the first is used.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import requests
from AntiSSRF import AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions
from requests.exceptions import InvalidHeader, InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import HTTPError, LocationParseError

from alerts.deadlines import SocketWatch, watched_pools
from alerts.retries import Fault, Outcome

ANSWER_BYTES = 1_000
"""So much of an answer is kept; a connection with more to say is closed."""


@dataclass(frozen=True, slots=True)
class ReceiverRules:
    """Who may be posted to and how long a post may take, from connecting to the last byte.

    Public addresses are reached by https alone; addresses inside ``networks`` (CIDR) may be
    private or loopback and may speak plain http, as receivers on a closed intranet do.
    """

    networks: tuple[str, ...] = ()
    timeout_seconds: float = 15.0


class Receiver:
    """A kept-alive connection to one receiver; one post at a time."""

    def __init__(self, rules: ReceiverRules) -> None:
        self._timeout = rules.timeout_seconds
        self._watch = SocketWatch()
        self._session = _guarded_session(rules, self._watch)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """Post ``body`` once; every way to fail becomes an ``Outcome``."""
        began = time.perf_counter()
        try:
            with self._watch.limit(self._timeout):
                outcome = self._post(url, body, headers)
        except AntiSSRFError:
            outcome = Outcome(fault=Fault.FORBIDDEN_ADDRESS, error="地址不在允许的接收网段内")
        except (
            InvalidURL,
            InvalidSchema,
            MissingSchema,
            InvalidHeader,
            LocationParseError,
            UnicodeError,
        ) as error:
            outcome = Outcome(fault=Fault.BAD_ADDRESS, error=_named(error))
        except (requests.RequestException, HTTPError, OSError) as error:
            late = time.perf_counter() - began >= self._timeout
            outcome = Outcome(
                fault=Fault.UNREACHABLE,
                error=f"超过 {self._timeout:g} 秒未答复" if late else _named(error),
            )
        return _timed(outcome, began)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()
        self._watch.close()

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        with self._session.post(
            url,
            data=body,
            headers=dict(headers),
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            # The answer's code is what counts: an answer that never ends was still an answer.
            answer, error = b"", ""
            try:
                answer = response.raw.read(ANSWER_BYTES + 1, decode_content=False)
            except (HTTPError, OSError) as fault:
                error = f"答复没有读完：{_named(fault)}"
            self._session.cookies.clear()
            return Outcome(
                status=response.status_code,
                retry_after=response.headers.get("retry-after", ""),
                answer=_shown(answer),
                error=error,
            )


def _guarded_session(rules: ReceiverRules, watch: SocketWatch) -> requests.Session:
    public = AntiSSRFPolicy(PolicyConfigOptions.EXTERNAL_ONLY_LATEST)
    public.add_xff_header = False
    listed = AntiSSRFPolicy(PolicyConfigOptions.INTERNAL_ONLY)
    listed.allow_plain_text_http = True
    if rules.networks:
        public.add_allowed_addresses(list(rules.networks))
        listed.add_allowed_addresses(list(rules.networks))
    session: requests.Session = public.get_antissrf_session()
    session.mount("http://", listed.get_antissrf_session().get_adapter("http://"))
    session.trust_env = False
    session.headers.clear()
    session.headers.update({"Accept-Encoding": "identity", "User-Agent": "contract-monitor"})
    for scheme in ("http://", "https://"):
        adapter = session.get_adapter(scheme)
        adapter.poolmanager.pool_classes_by_scheme = watched_pools(watch)  # type: ignore[attr-defined]
    return session


def _timed(outcome: Outcome, began: float) -> Outcome:
    milliseconds = round((time.perf_counter() - began) * 1000)
    return Outcome(
        outcome.status,
        outcome.fault,
        outcome.retry_after,
        outcome.answer,
        outcome.error,
        milliseconds,
    )


def _shown(answer: bytes) -> str:
    """An answer as text a database takes: PostgreSQL has no NUL in text."""
    return answer[:ANSWER_BYTES].decode("utf-8", "replace").replace("\0", "\ufffd")


def _named(error: BaseException) -> str:
    """The innermost cause by its kind: the text of an error may repeat the receiver's address."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    detail = error.strerror if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__} {detail}".strip()
