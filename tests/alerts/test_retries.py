"""Every outcome leads to one named decision."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.retries import (
    LONGEST_WAIT,
    REASON_NAMES,
    SCHEDULE,
    Fate,
    Fault,
    Outcome,
    Reason,
    asked_wait,
    classify,
    decide,
)

NOW = datetime(2023, 12, 31, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "reason", "fate"),
    [
        (Outcome(200), Reason.ACCEPTED, Fate.DELIVERED),
        (Outcome(204), Reason.ACCEPTED, Fate.DELIVERED),
        (Outcome(410), Reason.GONE, Fate.PARKED),
        (Outcome(301), Reason.REDIRECTED, Fate.PARKED),
        (Outcome(304), Reason.REDIRECTED, Fate.PARKED),
        (Outcome(400), Reason.REFUSED, Fate.PARKED),
        (Outcome(401), Reason.REFUSED, Fate.PARKED),
        (Outcome(404), Reason.REFUSED, Fate.PARKED),
        (Outcome(413), Reason.REFUSED, Fate.PARKED),
        (Outcome(100), Reason.REFUSED, Fate.PARKED),
        (Outcome(408), Reason.SERVER_FAULT, Fate.RETRY),
        (Outcome(429), Reason.SLOW_DOWN, Fate.RETRY),
        (Outcome(500), Reason.SERVER_FAULT, Fate.RETRY),
        (Outcome(501), Reason.SERVER_FAULT, Fate.RETRY),
        (Outcome(502), Reason.SLOW_DOWN, Fate.RETRY),
        (Outcome(504), Reason.SLOW_DOWN, Fate.RETRY),
        (Outcome(fault=Fault.UNREACHABLE), Reason.UNREACHABLE, Fate.RETRY),
        (Outcome(fault=Fault.BAD_ADDRESS), Reason.BAD_ADDRESS, Fate.PARKED),
        (Outcome(fault=Fault.FORBIDDEN_ADDRESS), Reason.FORBIDDEN_ADDRESS, Fate.PARKED),
        (Outcome(fault=Fault.BAD_SET_UP), Reason.BAD_SET_UP, Fate.PARKED),
    ],
)
def test_an_outcome_has_a_named_reason(outcome: Outcome, reason: Reason, fate: Fate) -> None:
    decision = decide(outcome, 1, NOW, lambda: 0.0)
    assert (decision.reason, decision.fate) == (reason, fate)
    assert (decision.next_attempt_at is not None) == (fate is Fate.RETRY)
    assert decision.disable_channel == (reason is Reason.GONE)


def test_the_schedule_is_the_published_one_and_then_parks() -> None:
    hours = [
        decide(Outcome(500), tries, NOW, lambda: 0.0).next_attempt_at for tries in range(1, 10)
    ]
    assert [when - NOW for when in hours if when] == list(SCHEDULE)
    assert [wait.total_seconds() for wait in SCHEDULE] == [
        5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400
    ]  # fmt: skip
    last = decide(Outcome(500), 10, NOW, lambda: 0.0)
    assert (last.fate, last.reason) == (Fate.PARKED, Reason.EXHAUSTED)


@given(st.integers(1, 9), st.floats(0, 1, exclude_max=True))
def test_jitter_only_lengthens_and_by_a_fifth_at_most(tries: int, draw: float) -> None:
    when = decide(Outcome(500), tries, NOW, lambda: draw).next_attempt_at
    assert when is not None
    assert SCHEDULE[tries - 1] <= when - NOW <= SCHEDULE[tries - 1] * 1.2


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("999999999999", LONGEST_WAIT),
        ("Sun, 31 Dec 2023 06:10:00 GMT", timedelta(minutes=10)),
        ("Sun, 31 Dec 2023 05:00:00 GMT", timedelta(0)),
        ("Sun, 31 Dec 2034 05:00:00 GMT", LONGEST_WAIT),
        ("", timedelta(0)),
        ("soon", timedelta(0)),
        ("-5", timedelta(0)),
        ("１２", timedelta(0)),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", timedelta(0)),
    ],
)
def test_retry_after_is_read_as_the_standard_says(header: str, wait: timedelta) -> None:
    assert asked_wait(header, NOW) == wait


@given(st.text())
def test_no_retry_after_breaks_the_reading(header: str) -> None:
    assert timedelta(0) <= asked_wait(header, NOW) <= LONGEST_WAIT


def test_retry_after_never_shortens_the_schedule() -> None:
    soon = decide(Outcome(429, retry_after="1"), 2, NOW, lambda: 0.0)
    late = decide(Outcome(429, retry_after="3600"), 2, NOW, lambda: 0.0)
    assert soon.next_attempt_at == NOW + timedelta(minutes=5)
    assert late.next_attempt_at == NOW + timedelta(hours=1)


@given(st.integers(100, 599))
def test_only_2xx_is_success(status: int) -> None:
    assert (classify(Outcome(status)) is Reason.ACCEPTED) == (200 <= status < 300)


def test_every_reason_can_be_read() -> None:
    assert set(REASON_NAMES) == set(Reason)
