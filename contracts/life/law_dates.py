"""The dates that the law sets on a contract's signing, publication and filing. Pure.

Terms are calendar days or working days; their first day is not counted, and one that ends on a rest
day ends on the next working day (民法典 201, 203).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.day_count import Count, days_late, due_on
from kernel.errors import InputError
from kernel.working_days import WorkingCalendar


class Duty(StrEnum):
    """签订 within 30 days of the award notice, 公告 and 备案 within days of the signing."""

    SIGN = "sign"
    PUBLISH = "publish"
    FILE = "file"


class DutyState(StrEnum):
    """未起算 / 在期限内 / 已办 / 逾期 / 逾期办理; unknown where its cause's day is not given."""

    UNKNOWN = "unknown"
    NOT_BEGUN = "not_begun"
    WITHIN = "within"
    DONE = "done"
    OVERDUE = "overdue"
    DONE_LATE = "done_late"


@dataclass(frozen=True, slots=True)
class Term:
    """How long the law gives, how it is counted, and which article says so."""

    days: int
    count: Count
    article: str


TERMS = {
    Duty.SIGN: Term(30, Count.ROLLED, "政府采购法第四十六条"),
    Duty.PUBLISH: Term(2, Count.WORKING, "政府采购法实施条例第五十条"),
    Duty.FILE: Term(7, Count.WORKING, "政府采购法第四十七条"),
}


@dataclass(frozen=True, slots=True)
class DutyDays:
    """The days that decide: award notice, signing, first publication, filing; None: not given."""

    awarded_on: date | None = None
    signed_on: date | None = None
    published_on: date | None = None
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class LawDate:
    """Where one duty stood on a day.

    ``days`` is how many calendar days it is late, or was when it was done; 0 when it is not.
    ``announced`` False: the due date rests on a year whose holidays are not announced yet.
    """

    duty: Duty
    article: str
    begins_on: date | None
    due_on: date | None
    done_on: date | None
    state: DutyState
    days: int = 0
    announced: bool = True


def law_dates(known: DutyDays, as_of: date, calendar: WorkingCalendar) -> tuple[LawDate, ...]:
    """The three duties as they stood on ``as_of``; what happened later counts as not yet done."""
    causes = {
        Duty.SIGN: (known.awarded_on, known.signed_on),
        Duty.PUBLISH: (known.signed_on, known.published_on),
        Duty.FILE: (known.signed_on, known.filed_on),
    }
    return tuple(_one(duty, *days, as_of, calendar) for duty, days in causes.items())


def _one(
    duty: Duty,
    begins_on: date | None,
    done_on: date | None,
    as_of: date,
    calendar: WorkingCalendar,
) -> LawDate:
    term = TERMS[duty]
    done = done_on if done_on is not None and done_on <= as_of else None
    if begins_on is None or begins_on > as_of:
        state = DutyState.DONE if done else DutyState.NOT_BEGUN
        if begins_on is None and (done or duty is Duty.SIGN):
            state = DutyState.UNKNOWN
        return LawDate(duty, term.article, None, None, done, state)
    try:
        last = due_on(begins_on, term.days, term.count, calendar)
    except InputError:  # a day beyond every calendar: nobody can count from it
        return LawDate(duty, term.article, begins_on, None, done, DutyState.UNKNOWN)
    late = days_late(last.due_on, done or as_of)
    if done:
        state = DutyState.DONE_LATE if late else DutyState.DONE
    else:
        state = DutyState.OVERDUE if late else DutyState.WITHIN
    return LawDate(duty, term.article, begins_on, last.due_on, done, state, late, last.announced)
