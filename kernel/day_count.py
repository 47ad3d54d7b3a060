"""Terms in days, counted by law: from a cause and a number of days to the last day of the term.

民法典 201: the first day is not counted. 民法典 203: when the last day is a rest day (法定休假日), the day
after the rest ends takes its place; a make-up working weekend is no rest day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kernel.errors import InputError
from kernel.working_days import WorkingCalendar, check_reach

LONGEST_TERM = 36_600
"""Days; about a century. A longer term in a contract is a slip of the pen."""


class Count(StrEnum):
    """How a term's days are counted."""

    CALENDAR = "calendar"
    """Every day; the last stays where it falls."""
    ROLLED = "rolled"
    """Every day; a last day on a rest day moves to the next working day (民法典 203)."""
    WORKING = "working"
    """Working days only, as in 政府采购法 47 (“七个工作日内”)."""


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a term; provisional while ``announced`` is False."""

    due_on: date
    announced: bool


def due_on(start: date, days: int, count: Count, calendar: WorkingCalendar) -> DueDate:
    """The last day of a term of ``days`` whose cause happened on ``start``.

    A term of 0 days ends on ``start``; rolled, and counted in working days, on the next working
    day when that is a rest day, because 民法典 203 lets no term end on one. ``announced`` is False
    when the due date, or any day the answer rests on, lies in a year whose notice is not known.

    Raises `InputError` for days below 0 or above `LONGEST_TERM`, and dates beyond the calendar.
    """
    _check(start, days)
    if count is Count.WORKING and days > 0:
        last = calendar.working_after(start, days)
        return DueDate(last, calendar.announced_between(_after(start, 1), last))
    nominal = check_reach(_after(start, days))
    last = nominal if count is Count.CALENDAR else calendar.roll(nominal)
    return DueDate(last, calendar.announced_between(nominal, last))


def days_late(due_on: date, as_of: date) -> int:
    """Calendar days that ``as_of`` lies past ``due_on``: 1 on the day after it, 0 up to it."""
    return max(0, (as_of - due_on).days)


def _after(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)


def _check(start: date, days: int) -> None:
    # An instant passes for a date in Python, but which date it is depends on a zone.
    if isinstance(start, datetime):
        raise InputError("start", "应为日期，不带时刻")
    check_reach(start)
    if days < 0:
        raise InputError("days", f"{days} 不可用，天数不能为负")
    if days > LONGEST_TERM:
        raise InputError("days", f"{days} 过大，最多 {LONGEST_TERM} 天")
