"""One way to post to a receiver: guarded addresses, bounded time, bounded answer.

Messages go to addresses that people type in. AntiSSRF resolves the name, checks every address it
stands for and connects to the one it checked, so that a name which changes its mind in between
(DNS rebinding) gains nothing. Where a name has several addresses the first is used.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import requests
from AntiSSRF import AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions
from requests.exceptions import InvalidHeader, InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import HTTPError, LocationParseError

from alerts.retries import Fault, Outcome
from kernel.deadlines import SocketWatch, watched_pools
from kernel.errors import InputError

ANSWER_BYTES = 1_000
"""So much of an answer is kept; a connection with more to say is closed."""


LONGEST_URL = 1_400
"""Bytes; sealed, it must fit into the 2,000 characters that the database gives it."""


@dataclass(frozen=True, slots=True)
class ReceiverRules:
    """Who may be posted to and how long a post may take, from connecting to the last byte.

    Public addresses are reached by https alone; addresses inside ``networks`` (CIDR) may be
    private or loopback and may speak plain http, as receivers on a closed intranet do.
    """

    networks: tuple[str, ...] = ()
    timeout_seconds: float = 15.0


def check_address(url: str, rules: ReceiverRules) -> None:
    """Refuse an address that can never be posted to; raises ``InputError``.

    What a name stands for is asked at each post, since it may change.
    """
    if not url.isprintable() or " " in url:
        raise InputError("url", "网址中不能有空格、换行或控制字符")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InputError("url", "不是网址") from None
    if parts.scheme not in {"http", "https"} or not host or len(url.encode()) > LONGEST_URL:
        raise InputError("url", f"应为 http:// 或 https:// 开头的网址，不超过 {LONGEST_URL} 字节")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise InputError("url", "网址中不能带用户名、密码或 # 片段")
    try:
        address = ip_address(host)
    except ValueError:
        address = None
    networks = [ip_network(network) for network in rules.networks]
    if address and not any(address in network for network in networks):
        if not address.is_global:
            raise InputError("url", f"{address} 是内网地址，须先列入 MONITOR_RECEIVER_NETWORKS")
        if parts.scheme != "https":
            raise InputError("url", "公网地址须用 https://")


def shown_address(url: str) -> str:
    """What of an address may be shown: scheme, host and port; all else may hold a key."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    more = "/…" if parts.path.strip("/") or parts.query else "/"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{more}"[:300]


class Receiver:
    """A kept-alive connection to one receiver; one post at a time."""

    def __init__(self, rules: ReceiverRules) -> None:
        self._timeout = rules.timeout_seconds
        self._watch = SocketWatch()
        self._session = _guarded_session(rules, self._watch)
        self._template: requests.PreparedRequest | None = None
        self._template_url = ""

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
            late = self._watch.ran_out or isinstance(error, requests.Timeout)
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
        request = self._request(url, body, headers)
        # Not by the session: it reads a redirect's whole body and takes its Location apart.
        adapter = self._session.get_adapter(url)
        with adapter.send(request, stream=True, timeout=self._timeout) as response:
            # The code is what counts: an answer that is cut short was still an answer.
            answer, error = b"", ""
            try:
                answer = response.raw.read(ANSWER_BYTES + 1, decode_content=False)
            except (HTTPError, OSError) as fault:
                error = f"答复没有读完：{_named(fault)}"
            if self._watch.ran_out:
                error = f"答复没有读完：超过 {self._timeout:g} 秒"
            return Outcome(
                status=response.status_code,
                retry_after=response.headers.get("retry-after", ""),
                answer=_shown(answer),
                error=error,
            )

    def _request(
        self, url: str, body: bytes, headers: Mapping[str, str]
    ) -> requests.PreparedRequest:
        """The address is taken apart once; each post fills in a copy of that."""
        if self._template is None or self._template_url != url:
            self._template = self._session.prepare_request(requests.Request("POST", url))
            self._template_url = url
        request = self._template.copy()
        request.headers.update(headers)
        request.prepare_body(body, None)
        return request


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
