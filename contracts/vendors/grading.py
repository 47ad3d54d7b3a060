"""Points and grades of an evaluation 履约评价, and which grade a payment waits for: pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.vendors.models import EvaluationStage, Grade

_FROM = ((Decimal(90), Grade.EXCELLENT), (Decimal(80), Grade.GOOD), (Decimal(60), Grade.FAIR))
_BEST_FIRST = (Grade.EXCELLENT, Grade.GOOD, Grade.FAIR, Grade.POOR)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An evaluation as the rules see it."""

    stage: EvaluationStage
    on: date
    score: Decimal | None = None
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A milestone, by its number, waits for an evaluation of a stage with at least a grade."""

    milestone_number: int
    stage: EvaluationStage
    least: Grade


def grade_of(score: Decimal) -> Grade:
    """优 from 90 points, 良 from 80, 中 from 60, 差 below (domain, section 4)."""
    return next((grade for least, grade in _FROM if score >= least), Grade.POOR)


def awarded(evaluated: Evaluated) -> Grade | None:
    """The grade that was given, else the one that follows from the points; None: neither is known."""
    if evaluated.grade is not None or evaluated.score is None:
        return evaluated.grade
    return grade_of(evaluated.score)


def is_at_least(grade: Grade, least: Grade) -> bool:
    """Whether a grade is as good as another or better."""
    return _BEST_FIRST.index(grade) <= _BEST_FIRST.index(least)


def unmet(
    conditions: Iterable[Condition], evaluations: Sequence[Evaluated], day: date
) -> list[Condition]:
    """The conditions that no evaluation up to ``day`` meets; of a stage the last one counts."""
    return [each for each in conditions if not _is_met(each, evaluations, day)]


def _is_met(condition: Condition, evaluations: Sequence[Evaluated], day: date) -> bool:
    of_stage = [each for each in evaluations if each.stage is condition.stage and each.on <= day]
    if not of_stage:
        return False
    last = awarded(max(of_stage, key=lambda each: each.on))
    return last is not None and is_at_least(last, condition.least)
