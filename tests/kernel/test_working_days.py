"""The calendar against a second source, day by day, and against the notices themselves."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import holidays
import pytest
from sqlalchemy.exc import IntegrityError

from kernel.access.actor import LOCAL_OPERATOR
from kernel.calendar_models import AnnouncedYear, WorkingDayOverride, load_calendar
from kernel.database import Database
from kernel.errors import InputError
from kernel.working_days import (
    FIRST_ANNOUNCED_YEAR,
    FIRST_DAY,
    LAST_ANNOUNCED_YEAR,
    LAST_DAY,
    DayKind,
    DayStanding,
    WorkingCalendar,
)

ORACLE_CORRECTIONS = {
    # 国办发明电〔2005〕35号: "12月31日（星期六）上班"; the second source misses it.
    date(2005, 12, 31): True,
}

CALENDAR = WorkingCalendar()


def days_of(first_year: int, last_year: int) -> list[date]:
    first = date(first_year, 1, 1)
    return [first + timedelta(n) for n in range((date(last_year + 1, 1, 1) - first).days)]


def test_agrees_with_the_second_source_on_every_announced_day() -> None:
    differing = {
        day: CALENDAR.is_working(day)
        for day in days_of(FIRST_ANNOUNCED_YEAR, LAST_ANNOUNCED_YEAR)
        if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)
    }
    assert differing == ORACLE_CORRECTIONS


def test_announced_range_is_what_the_library_and_the_second_source_hold() -> None:
    make_up_days = holidays.country_holidays("CN", years=range(2004, 2040)).weekend_workdays
    assert max(make_up_days).year == LAST_ANNOUNCED_YEAR
    for year in (FIRST_ANNOUNCED_YEAR - 1, LAST_ANNOUNCED_YEAR + 1):
        with pytest.raises(NotImplementedError):
            chinese_calendar.is_workday(date(year, 6, 1))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2004-01-17", True),  # Saturday made up for the Spring Festival
        ("2004-01-28", False),
        ("2004-05-09", True),
        ("2005-02-05", True),
        ("2005-02-15", False),
        ("2005-12-31", True),  # named by the notice for the year after it
        ("2006-01-03", False),
        ("2006-12-30", True),
        ("2006-12-31", True),
        ("2007-12-29", True),
        ("2007-12-31", False),
        ("2008-02-06", False),  # New Year's Eve, statutory from this year
        ("2008-04-04", False),  # Qingming, statutory from this year
        ("2008-05-04", True),
        ("2008-05-05", True),  # the May week ended with this year
        ("2008-09-27", True),
        ("2008-09-28", True),
        ("2008-09-29", False),
        ("2012-06-22", False),
        ("2014-12-31", True),
        ("2015-09-03", False),  # the 70th anniversary of the victory, once
        ("2015-09-04", False),
        ("2015-09-06", True),
        ("2016-09-03", False),
        ("2018-09-03", True),
        ("2019-05-02", False),  # added in March 2019
        ("2019-05-05", True),
        ("2020-01-19", True),
        ("2020-01-30", False),
        ("2020-01-31", False),  # 国办发明电〔2020〕1号: extended to 2 February
        ("2020-02-01", False),  # announced before as a make-up Saturday
        ("2020-02-02", False),
        ("2020-02-03", True),
        ("2023-01-28", True),
        ("2023-12-29", True),
        ("2023-12-30", False),
        ("2025-01-28", False),  # New Year's Eve, statutory again from this year
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-28", True),
        ("2026-09-20", True),
        ("2026-10-07", False),
        ("2026-10-10", True),
    ],
)
def test_follows_the_notices(day: str, working: bool) -> None:
    kind = DayKind.WORKING if working else DayKind.REST
    assert CALENDAR.standing(date.fromisoformat(day)) == DayStanding(kind, announced=True)


def test_roll_and_next() -> None:
    friday, made_up = date(2023, 4, 21), date(2023, 4, 23)
    assert CALENDAR.roll(friday) == friday
    assert CALENDAR.next_working(friday) == made_up  # a Sunday that was worked
    assert CALENDAR.roll(date(2023, 4, 22)) == made_up
    assert CALENDAR.roll(date(2023, 9, 29)) == date(2023, 10, 7)
    assert CALENDAR.working_after(date(2023, 9, 28), 2) == date(2023, 10, 8)


@pytest.mark.parametrize("year", [FIRST_ANNOUNCED_YEAR - 1, LAST_ANNOUNCED_YEAR + 1, 2060])
def test_other_years_are_provisional(year: int) -> None:
    national_day = CALENDAR.standing(date(year, 10, 1))
    assert national_day == DayStanding(DayKind.REST, announced=False)
    assert not CALENDAR.announced_between(date(2004, 1, 1), date(2060, 1, 1))


def test_unannounced_years_rest_on_weekends_statutory_days_and_their_likely_make_up() -> None:
    resting = [
        day for day in days_of(2027, 2027) if day.weekday() < 5 and not CALENDAR.is_working(day)
    ]
    statutory = {(1, 1), (2, 5), (2, 8), (4, 5), (6, 9), (9, 15), (10, 1)}
    moved_from_weekends = {(2, 9), (2, 10), (5, 3), (5, 4), (10, 4), (10, 5)}
    assert {(day.month, day.day) for day in resting} == statutory | moved_from_weekends
    weekends = [day for day in days_of(2027, 2027) if day.weekday() >= 5]
    assert not any(CALENDAR.is_working(day) for day in weekends)


def test_overrides_win_over_the_release_without_announcing_their_year() -> None:
    local_rest, made_up, future = date(2023, 6, 28), date(2023, 7, 8), date(2027, 1, 2)
    calendar = WorkingCalendar({local_rest: False, made_up: True, future: True})
    assert not calendar.is_working(local_rest)
    assert calendar.is_working(made_up)
    assert calendar.standing(future) == DayStanding(DayKind.WORKING, announced=False)
    assert calendar.is_working(date(2023, 6, 29))
    assert CALENDAR.is_working(local_rest)


def test_a_year_entered_in_full_is_announced_and_guesses_no_make_up() -> None:
    overrides = {date(2027, 2, 9): False, date(2027, 2, 14): True}
    calendar = WorkingCalendar(overrides, complete_years={2027})
    assert calendar.standing(date(2027, 2, 9)) == DayStanding(DayKind.REST, announced=True)
    assert calendar.is_working(date(2027, 2, 14))
    assert calendar.is_working(date(2027, 2, 10))
    assert not calendar.is_working(date(2027, 10, 1))
    assert not calendar.announced(date(2028, 1, 1))


def test_a_released_year_entered_again_keeps_its_notice() -> None:
    calendar = WorkingCalendar(complete_years={2023})
    assert all(calendar.is_working(day) == CALENDAR.is_working(day) for day in days_of(2023, 2023))


def test_the_calendar_does_not_follow_changes_of_what_it_was_made_from() -> None:
    overrides = {date(2023, 6, 28): False}
    calendar = WorkingCalendar(overrides)
    overrides[date(2023, 6, 29)] = False
    assert calendar.is_working(date(2023, 6, 29))


@pytest.mark.parametrize("day", [FIRST_DAY - timedelta(1), LAST_DAY + timedelta(1)])
def test_days_beyond_the_library_are_refused(day: date) -> None:
    with pytest.raises(InputError, match="超出"):
        CALENDAR.is_working(day)
    with pytest.raises(InputError, match="超出"):
        CALENDAR.next_working(LAST_DAY)


def test_the_tables_give_the_calendar(database: Database) -> None:
    recorded = {"recorded_at": datetime(2026, 11, 5, tzinfo=UTC), "recorded_by": "operator"}
    notice = "国务院办公厅关于2027年部分节假日安排的通知"
    made_up, likely_rest = date(2027, 2, 14), date(2027, 2, 10)
    with database.reading(LOCAL_OPERATOR) as session:
        assert not load_calendar(session).is_working(likely_rest)
    with database.writing(LOCAL_OPERATOR) as session:
        session.add(AnnouncedYear(year=2027, source=notice, **recorded))
        session.add(
            WorkingDayOverride(
                day=made_up, working=True, reason="春节调休上班", source=notice, **recorded
            )
        )
    with database.reading(LOCAL_OPERATOR) as session:
        calendar = load_calendar(session)
    assert calendar.standing(made_up) == DayStanding(DayKind.WORKING, announced=True)
    assert calendar.is_working(likely_rest)


def test_the_tables_refuse_a_year_beyond_the_calendar(database: Database) -> None:
    instant = datetime(2026, 11, 5, tzinfo=UTC)
    year = AnnouncedYear(year=20270, source="-", recorded_at=instant, recorded_by="operator")
    with (
        pytest.raises(IntegrityError, match="ck_announced_year_year"),
        database.writing(LOCAL_OPERATOR) as session,
    ):
        session.add(year)
