"""Score an evaluation from the ledger as of a date."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.models import Programme
from kernel.access.actor import Actor
from kernel.errors import InputError, NotFoundError
from monitor.indicators import performance_management
from monitor.indicators.evaluations import find_evaluation
from monitor.indicators.models import Evaluation, EvaluationScore, Indicator, IndicatorScore

Measure = Callable[[Session, Actor, Indicator, Sequence[UUID], date], IndicatorScore]

MEASURES: dict[str, Measure] = {"performance_management": performance_management.score}
"""How an indicator is scored, by the name that its framework gives the measure."""


def score(
    session: Session, actor: Actor, code: str, as_of: date | None = None, only: str | None = None
) -> EvaluationScore:
    """Score the evaluation ``code``, or only one indicator of it; ``as_of`` defaults to its own.

    ``total`` is None when an indicator cannot be scored yet. Raises ``NotFoundError`` for an
    unknown evaluation or a programme that is not in the ledger, ``InputError`` for ``only``.
    """
    evaluation = find_evaluation(code)
    day = as_of or evaluation.as_of
    programme_ids = _programmes(session, evaluation)
    scores = tuple(
        MEASURES[indicator.measure](session, actor, indicator, programme_ids, day)
        for indicator in _chosen(evaluation, only)
    )
    points = [item.score for item in scores if item.score is not None]
    return EvaluationScore(
        evaluation=evaluation.code,
        name=evaluation.name,
        as_of=day,
        total=sum(points, Decimal(0)) if len(points) == len(scores) else None,
        grade=None,
        indicators=scores,
    )


def _chosen(evaluation: Evaluation, only: str | None) -> tuple[Indicator, ...]:
    chosen = tuple(item for item in evaluation.indicators if only in {None, item.code})
    if not chosen:
        known = "、".join(item.code for item in evaluation.indicators)
        raise InputError("only", f"“{only}”不是本评价的指标；可选 {known}")
    return chosen


def _programmes(session: Session, evaluation: Evaluation) -> list[UUID]:
    found = session.execute(
        select(Programme.code, Programme.id).where(Programme.code.in_(evaluation.programmes))
    )
    known = {row.code: row.id for row in found}
    missing = [code for code in evaluation.programmes if code not in known]
    if missing:
        raise NotFoundError(f"台账中没有预算项目 {'、'.join(missing)}；请先导入其台账")
    return list(known.values())
