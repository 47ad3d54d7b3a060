"""Signing, publication and filing: against a calendar walked day by day from the other side."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.life.law_dates import Duty, DutyDays, DutyState, law_dates
from kernel.working_days import WorkingCalendar

CALENDAR = WorkingCalendar()
ONE = timedelta(days=1)
days = st.dates(date(2022, 1, 1), date(2025, 10, 31))
maybe = st.none() | days


def rolled(begin: date, length: int) -> date:
    last = begin
    for _ in range(length):
        last += ONE
    while not CALENDAR.is_working(last):
        last += ONE
    return last


def working(begin: date, length: int) -> date:
    last = begin
    while length:
        last += ONE
        length -= CALENDAR.is_working(last)
    return last


def expected(due: date, done: date | None, as_of: date) -> tuple[DutyState, int]:
    if done is not None and done <= as_of:
        late = (done - due).days
        return (DutyState.DONE_LATE, late) if late > 0 else (DutyState.DONE, 0)
    late = (as_of - due).days
    return (DutyState.OVERDUE, late) if late > 0 else (DutyState.WITHIN, 0)


@given(awarded=days, signed=days, published=maybe, filed=maybe, as_of=days)
def test_each_duty_stands_as_a_walk_through_the_calendar_tells(
    awarded: date, signed: date, published: date | None, filed: date | None, as_of: date
) -> None:
    found = {
        each.duty: each
        for each in law_dates(DutyDays(awarded, signed, published, filed), as_of, CALENDAR)
    }
    walked = {
        Duty.SIGN: (awarded, signed, rolled(awarded, 30)),
        Duty.PUBLISH: (signed, published, working(signed, 2)),
        Duty.FILE: (signed, filed, working(signed, 7)),
    }
    for duty, (begin, done, due) in walked.items():
        if begin > as_of:
            assert found[duty].due_on is None
            continue
        assert found[duty].due_on == due
        assert (found[duty].state, found[duty].days) == expected(due, done, as_of)


def test_a_term_that_ends_in_a_holiday_ends_on_the_first_working_day_after_it() -> None:
    """30 days after 2023-09-01 lie in 国庆节; offices open again on 2023-10-07, a make-up Saturday."""
    (sign, *_) = law_dates(DutyDays(awarded_on=date(2023, 9, 1)), date(2023, 10, 8), CALENDAR)
    assert (sign.due_on, sign.state, sign.days) == (date(2023, 10, 7), DutyState.OVERDUE, 1)


def test_what_is_not_given_is_unknown_and_what_has_no_cause_yet_has_not_begun() -> None:
    found = law_dates(DutyDays(), date(2023, 12, 31), CALENDAR)
    assert [each.state for each in found] == [
        DutyState.UNKNOWN,
        DutyState.NOT_BEGUN,
        DutyState.NOT_BEGUN,
    ]
    signed_only = law_dates(DutyDays(signed_on=date(2023, 3, 1)), date(2023, 3, 2), CALENDAR)
    assert [each.state for each in signed_only] == [
        DutyState.UNKNOWN,
        DutyState.WITHIN,
        DutyState.WITHIN,
    ]


def test_a_day_beyond_the_calendar_is_told_as_unknown() -> None:
    far = DutyDays(signed_on=date(2150, 1, 1))
    assert law_dates(far, date(2150, 2, 1), CALENDAR)[1].state is DutyState.UNKNOWN
