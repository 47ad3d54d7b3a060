"""What follows from the outcome of a post: a pure decision with a named reason.

The schedule is the one Standard Webhooks 1.0.0 publishes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

SCHEDULE: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Wait before the second, third, … attempt; after ten attempts a message is parked."""

JITTER: Final = 0.2
"""A wait is lengthened by up to this part of itself, so that retries do not arrive together."""

LONGEST_WAIT: Final = timedelta(hours=24)
"""A ``retry-after`` beyond this is cut to it."""


class Fault(StrEnum):
    """Why a post brought no usable answer."""

    UNREACHABLE = "unreachable"
    BAD_ADDRESS = "bad_address"
    FORBIDDEN_ADDRESS = "forbidden_address"
    BAD_SET_UP = "bad_set_up"
    SEALED = "sealed"


class Reason(StrEnum):
    """Why a message goes where it goes."""

    ACCEPTED = "accepted"
    GONE = "gone"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    BAD_ADDRESS = "bad_address"
    FORBIDDEN_ADDRESS = "forbidden_address"
    BAD_SET_UP = "bad_set_up"
    SEALED = "sealed"
    UNREACHABLE = "unreachable"
    SLOW_DOWN = "slow_down"
    SERVER_FAULT = "server_fault"
    EXHAUSTED = "exhausted"


REASON_NAMES: Final = {
    Reason.ACCEPTED: "已送达",
    Reason.GONE: "接收方声明不再接收（410），渠道已停用",
    Reason.REDIRECTED: "接收方要求转到别处，不跟随",
    Reason.REFUSED: "接收方拒收",
    Reason.BAD_ADDRESS: "地址无法使用",
    Reason.FORBIDDEN_ADDRESS: "地址不在允许的接收网段内",
    Reason.BAD_SET_UP: "渠道设置有误",
    Reason.SEALED: "没有能解开渠道密文的密钥",
    Reason.UNREACHABLE: "接收方连接不上或超时",
    Reason.SLOW_DOWN: "接收方要求放慢",
    Reason.SERVER_FAULT: "接收方出错",
    Reason.EXHAUSTED: "多次重试仍未送达",
}


class Fate(StrEnum):
    """Where a message stands after an attempt."""

    DELIVERED = "delivered"
    RETRY = "retry"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back from one post. ``status`` is None when there was no answer."""

    status: int | None = None
    fault: Fault | None = None
    retry_after: str = ""
    answer: str = ""
    error: str = ""
    latency_ms: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a message goes and why; ``next_attempt_at`` is set only for a retry.

    ``rest_channel`` says that the receiver should be left alone until then, and
    ``disable_channel`` that it asked never to be called again.
    """

    fate: Fate
    reason: Reason
    next_attempt_at: datetime | None = None
    rest_channel: bool = False
    disable_channel: bool = False


_TIMEOUT_STATUS = 408
_SLOW_DOWN = frozenset({429, 502, 503, 504})
_FAULTS: Final = {
    Fault.BAD_ADDRESS: Reason.BAD_ADDRESS,
    Fault.FORBIDDEN_ADDRESS: Reason.FORBIDDEN_ADDRESS,
    Fault.BAD_SET_UP: Reason.BAD_SET_UP,
    Fault.SEALED: Reason.SEALED,
    Fault.UNREACHABLE: Reason.UNREACHABLE,
}
_RETRIED = frozenset({Reason.SEALED, Reason.UNREACHABLE, Reason.SLOW_DOWN, Reason.SERVER_FAULT})


def decide(outcome: Outcome, tries: int, now: datetime, jitter: Callable[[], float]) -> Decision:
    """Decide after attempt number ``tries`` (the first is 1); ``jitter`` gives 0 ≤ x < 1."""
    reason = classify(outcome)
    if reason is Reason.ACCEPTED:
        return Decision(Fate.DELIVERED, reason)
    if reason not in _RETRIED:
        return Decision(Fate.PARKED, reason, disable_channel=reason is Reason.GONE)
    rest = reason in {Reason.SEALED, Reason.UNREACHABLE, Reason.SLOW_DOWN}
    if tries > len(SCHEDULE):
        return Decision(Fate.PARKED, Reason.EXHAUSTED, rest_channel=rest)
    wait = SCHEDULE[tries - 1] * (1 + JITTER * jitter())
    asked = asked_wait(outcome.retry_after, now)
    return Decision(Fate.RETRY, reason, now + max(wait, asked), rest_channel=rest)


def classify(outcome: Outcome) -> Reason:
    """Name what an outcome means (Standard Webhooks 1.0.0: 2xx alone is success)."""
    status = outcome.status
    if status is None:
        return _FAULTS[outcome.fault or Fault.UNREACHABLE]
    if 200 <= status < 300:
        return Reason.ACCEPTED
    if status == 410:
        return Reason.GONE
    if status in _SLOW_DOWN:
        return Reason.SLOW_DOWN
    if status == _TIMEOUT_STATUS or status >= 500:
        return Reason.SERVER_FAULT
    return Reason.REDIRECTED if 300 <= status < 400 else Reason.REFUSED


def asked_wait(retry_after: str, now: datetime) -> timedelta:
    """The wait a ``retry-after`` asks for (seconds or an HTTP date, RFC 9110 10.2.3).

    Zero when there is none, it lies in the past or cannot be read; at most ``LONGEST_WAIT``.
    """
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return timedelta(0)
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)
