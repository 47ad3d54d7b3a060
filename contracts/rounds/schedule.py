"""A round against the window that the plan gave it: behind schedule is a date, not a feeling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Pace(StrEnum):
    """未到期: still in its window. 按期: ended within it. 滞后: ended, or still open, past it."""

    NOT_DUE = "not_due"
    ON_TIME = "on_time"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a planned round stands: ``days`` past the window's end (0 unless behind).

    ``behind_since`` is the day after the window's end, None unless behind.
    """

    pace: Pace
    days: int = 0
    behind_since: date | None = None


def standing(window_to: date | None, ended_on: date | None, as_of: date) -> Standing | None:
    """How a round stands on ``as_of``; None where the plan gives no end of its window.

    An end after ``as_of`` is not known yet.
    """
    if window_to is None:
        return None
    ended = ended_on if ended_on is not None and ended_on <= as_of else None
    days = ((ended or as_of) - window_to).days
    if days > 0:
        return Standing(Pace.BEHIND, days, window_to + timedelta(days=1))
    return Standing(Pace.ON_TIME if ended else Pace.NOT_DUE)


def timely_rate(standings: Sequence[Standing | None]) -> Decimal | None:
    """完成及时率 in percent, two places: on time among those that ended or whose window is over.

    None while there is none of them (缺数据, not 0).
    """
    judged = [each for each in standings if each is not None and each.pace is not Pace.NOT_DUE]
    if not judged:
        return None
    good = sum(each.pace is Pace.ON_TIME for each in judged)
    return share(good, len(judged))


def share(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` in percent, two places, rounded half up; None where there is no whole."""
    if whole == 0:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def answered(number: int, planned_number: int | None, rounds_covered: int) -> range:
    """The planned rounds that a row answers: from its planned number (else its own) on."""
    first = planned_number or number
    return range(first, first + rounds_covered)
