"""满意率 as an exact figure: weights 100/80/60/30/0 % over the questionnaires returned.

So the Zibo report reckons it (its indicator 服务对象满意度): (24·100 % + 4·80 % + 2·60 %) / 30.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

WEIGHTS = tuple(Fraction(percent, 100) for percent in (100, 80, 60, 30, 0))
"""What an answer counts, from 非常满意 to 非常不满意."""
LEVELS = ("非常满意", "满意", "基本满意", "不太满意", "非常不满意")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with counts: of which field, and what, in Chinese."""

    field: str
    message: str


def satisfaction(
    answers: Sequence[int | None],
    returned: int | None,
    weights: Sequence[Fraction] = WEIGHTS,
) -> Fraction | None:
    """The share of full satisfaction, 0 to 1; a level that nobody counted has no answers.

    Over all questionnaires returned, so that a question left open counts as 0; where their number
    is not known, over the answers. None when nothing was counted or returned.
    """
    given = [each or 0 for each in answers]
    base = returned if returned is not None else sum(given)
    if not base or all(each is None for each in answers):
        return None
    return sum((n * weight for n, weight in zip(given, weights, strict=True)), Fraction()) / base


def overall(rates: Iterable[Fraction | None]) -> Fraction | None:
    """The mean of the questions' rates, as the Hami report has it; None when none is known."""
    known = [rate for rate in rates if rate is not None]
    return sum(known, Fraction()) / len(known) if known else None


def as_percent(rate: Fraction, places: int = 2) -> Decimal:
    """A rate in percent, rounded half up: 94.67."""
    scaled = Decimal(rate.numerator * 10 ** (places + 2)) / Decimal(rate.denominator)
    return scaled.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-places)


def is_told_right(stated: Decimal, rate: Fraction) -> bool:
    """Whether a percentage in a report is this rate, rounded to as many places as it was given."""
    places = max(-int(stated.normalize().as_tuple().exponent), 0)
    return as_percent(rate, places) == stated


def total_faults(sent: int | None, returned: int | None) -> list[Fault]:
    """More questionnaires returned than sent."""
    if sent is not None and returned is not None and returned > sent:
        return [Fault("returned", f"回收 {returned} 份，多于发放的 {sent} 份")]
    return []


def answer_faults(answers: Sequence[int | None], returned: int | None) -> list[Fault]:
    """More answers to a question than questionnaires returned."""
    given = sum(each or 0 for each in answers)
    if returned is not None and given > returned:
        return [Fault("answers", f"各档人数合计 {given}，多于回收的 {returned} 份")]
    return []
