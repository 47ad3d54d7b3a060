"""Terms counted day by day from a second source, and the cases of the law."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.day_count import LONGEST_TERM, Count, DueDate, days_late, due_on
from kernel.errors import InputError
from kernel.working_days import LAST_DAY, WorkingCalendar

CALENDAR = WorkingCalendar()
ONE_DAY = timedelta(1)
STARTS = st.dates(date(2004, 1, 1), date(2026, 12, 31))
TERMS = st.integers(0, 3660)


def oracle_working(day: date) -> bool:
    # 国办发明电〔2005〕35号 made 2005-12-31 a working day; the second source misses it.
    return day == date(2005, 12, 31) or chinese_calendar.is_workday(day)


def oracle_due(start: date, days: int, count: Count) -> date | None:
    """The answer walked day by day; None when the walk leaves the years the source covers."""
    day, left = start, days
    try:
        if count is Count.WORKING:
            while left:
                day += ONE_DAY
                left -= oracle_working(day)
        else:
            day += timedelta(left)
        while count is not Count.CALENDAR and not oracle_working(day):
            day += ONE_DAY
    except NotImplementedError:
        return None
    return day if day.year <= 2026 else None


@given(STARTS, TERMS, st.sampled_from(Count))
def test_agrees_with_the_day_by_day_walk(start: date, days: int, count: Count) -> None:
    expected = oracle_due(start, days, count)
    answer = due_on(start, days, count, CALENDAR)
    if expected is None:
        assert not answer.announced
    else:
        assert answer == DueDate(expected, announced=True)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), TERMS)
def test_counts_stand_in_order(start: date, days: int) -> None:
    plain, rolled, working = (due_on(start, days, count, CALENDAR).due_on for count in Count)
    assert start <= plain <= rolled <= working
    assert CALENDAR.is_working(rolled)
    assert CALENDAR.is_working(working)
    assert rolled - plain < timedelta(14)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 400))
def test_a_longer_term_never_ends_earlier(start: date, days: int) -> None:
    for count in Count:
        ends = [due_on(start, n, count, CALENDAR).due_on for n in range(days, days + 5)]
        assert all(one <= other for one, other in pairwise(ends))
        if count is not Count.ROLLED and days > 0:
            assert len(set(ends)) == 5


@pytest.mark.parametrize(
    ("start", "days", "count", "expected"),
    [
        # 民法典 201: the day of the cause is not counted.
        ("2023-03-06", 30, "calendar", "2023-04-05"),
        # 民法典 203: 5 April 2023 is Qingming, the rest ends with it.
        ("2023-03-06", 30, "rolled", "2023-04-06"),
        # A make-up Sunday is a working day: a term that ends on it does not roll.
        ("2023-03-24", 30, "rolled", "2023-04-23"),
        # The National Day rest of eight days ends on 6 October; Saturday the 7th is worked.
        ("2023-08-31", 29, "rolled", "2023-10-07"),
        ("2023-09-28", 1, "working", "2023-10-07"),
        # 政府采购法 47, 实施条例 50: 7 and 2 working days from signing, over a make-up weekend.
        ("2023-04-21", 7, "working", "2023-05-04"),
        ("2023-04-21", 2, "working", "2023-04-24"),
        # Signed on a rest day: counting starts on the next day all the same.
        ("2023-01-21", 1, "working", "2023-01-28"),
        # The extended Spring Festival of 2020 took a make-up Saturday back.
        ("2020-01-23", 1, "working", "2020-02-03"),
        ("2020-01-02", 30, "rolled", "2020-02-03"),
        # The last day of 2005 was made up for 2006.
        ("2005-12-30", 1, "working", "2005-12-31"),
        ("2005-12-30", 2, "working", "2006-01-04"),
        # Nothing to count.
        ("2023-10-01", 0, "calendar", "2023-10-01"),
        ("2023-10-01", 0, "rolled", "2023-10-07"),
        ("2023-10-01", 0, "working", "2023-10-07"),
        ("2023-10-09", 0, "working", "2023-10-09"),
        # Leap day.
        ("2024-02-28", 1, "calendar", "2024-02-29"),
    ],
)
def test_cases_of_the_law(start: str, days: int, count: str, expected: str) -> None:
    answer = due_on(date.fromisoformat(start), days, Count(count), CALENDAR)
    assert answer == DueDate(date.fromisoformat(expected), announced=True)


@pytest.mark.parametrize(
    ("start", "days", "count", "announced"),
    [
        ("2026-12-01", 30, "calendar", True),
        ("2026-12-01", 31, "calendar", False),
        ("2026-12-01", 30, "rolled", True),
        ("2026-12-01", 31, "rolled", False),
        ("2026-12-30", 1, "working", True),
        ("2026-12-31", 1, "working", False),
        ("2003-12-31", 1, "working", True),  # the first day is not looked at
        ("2003-12-30", 2, "working", False),
        ("2003-12-01", 60, "rolled", True),
        ("2003-12-01", 60, "working", False),
        ("2003-12-31", 0, "calendar", False),
    ],
)
def test_an_answer_that_rests_on_an_unannounced_year_is_provisional(
    start: str, days: int, count: str, announced: bool
) -> None:
    answer = due_on(date.fromisoformat(start), days, Count(count), CALENDAR)
    assert answer.announced is announced


def test_years_entered_in_full_are_no_longer_provisional() -> None:
    calendar = WorkingCalendar({date(2027, 1, 2): True}, complete_years={2027})
    answer = due_on(date(2026, 12, 31), 1, Count.WORKING, calendar)
    assert answer == DueDate(date(2027, 1, 2), announced=True)


@pytest.mark.parametrize("count", Count)
@pytest.mark.parametrize(
    ("start", "days", "field"),
    [
        (date(2023, 1, 1), -1, "days"),
        (date(2023, 1, 1), LONGEST_TERM + 1, "days"),
        (date(2023, 1, 1), 10**30, "days"),
        (date(1949, 10, 1), 1, "date"),
        (LAST_DAY, 1, "date"),
        (date(9999, 12, 31), 1, "date"),
        (datetime(2023, 1, 1), 1, "start"),  # noqa: DTZ001 - a naive instant is the point
    ],
)
def test_absurd_questions_are_refused(start: date, days: int, field: str, count: Count) -> None:
    with pytest.raises(InputError) as refusal:
        due_on(start, days, count, CALENDAR)
    assert [problem.field for problem in refusal.value.problems] == [field]


def test_days_late() -> None:
    due = date(2023, 12, 29)
    assert days_late(due, date(2023, 12, 1)) == 0
    assert days_late(due, due) == 0
    assert days_late(due, date(2023, 12, 30)) == 1
    assert days_late(due, date(2024, 12, 29)) == 366
