"""Score an evaluation from the ledger as of a date."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import sees_whole, visible
from contracts.models import Contract, Programme
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import InputError, NotFoundError
from monitor.indicators import performance_management
from monitor.indicators.evaluations import find_evaluation
from monitor.indicators.models import Evaluation, EvaluationScore, Indicator, IndicatorScore

Measure = Callable[[Session, Actor, Indicator, Sequence[UUID], date], IndicatorScore]

EVIDENCE_OF = {1: Permission.SERVICE_READ, 2: Permission.MONEY_READ}
"""What one must be allowed to read to be shown the records behind each criterion of B204."""

MEASURES: dict[str, Measure] = {"performance_management": performance_management.score}
"""How an indicator is scored, by the name that its framework gives the measure."""


def score(
    session: Session, actor: Actor, code: str, as_of: date | None = None, only: str | None = None
) -> EvaluationScore:
    """Score the evaluation ``code``, or only one indicator of it; ``as_of`` defaults to its own.

    ``total`` is None when an indicator cannot be scored yet. Raises ``NotFoundError`` for an
    unknown evaluation or a programme that is not in the ledger or that the actor does not see the
    whole of: points of a part would be another score, and those of the whole tell of others.
    Raises ``InputError`` for ``only``.
    """
    evaluation = find_evaluation(code)
    day = as_of or evaluation.as_of
    programme_ids = _programmes(session, actor, evaluation)
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
        indicators=tuple(_as_seen(session, actor, programme_ids, item) for item in scores),
    )


def scoreable(
    session: Session, actor: Actor, known: Sequence[Evaluation]
) -> tuple[Evaluation, ...]:
    """Those of the evaluations of whose programmes the actor sees the whole; all for the operator."""
    if actor.scope(Permission.SCORES_READ).everything:
        return tuple(known)
    seen = _seen_whole(session, actor, [code for item in known for code in item.programmes])
    return tuple(item for item in known if seen.keys() >= set(item.programmes))


def _as_seen(
    session: Session, actor: Actor, programme_ids: Sequence[UUID], scored: IndicatorScore
) -> IndicatorScore:
    """The points as they are, with the records behind them that the actor may read.

    财政 gets the result of an evaluation, but not the service records that it rests on.
    """
    readable = {
        criterion: set(
            session.scalars(
                select(Contract.id).where(
                    Contract.programme_id.in_(programme_ids), visible(actor, permission)
                )
            )
        )
        for criterion, permission in EVIDENCE_OF.items()
    }
    shown = tuple(item for item in scored.evidence if item.contract_id in readable[item.criterion])
    return scored.model_copy(
        update={"evidence": shown, "evidence_withheld": len(shown) < len(scored.evidence)}
    )


def _chosen(evaluation: Evaluation, only: str | None) -> tuple[Indicator, ...]:
    chosen = tuple(item for item in evaluation.indicators if only in {None, item.code})
    if not chosen:
        known = "、".join(item.code for item in evaluation.indicators)
        raise InputError("only", f"“{only}”不是本评价的指标；可选 {known}")
    return chosen


def _programmes(session: Session, actor: Actor, evaluation: Evaluation) -> list[UUID]:
    known = _seen_whole(session, actor, evaluation.programmes)
    missing = [code for code in evaluation.programmes if code not in known]
    if missing:
        raise NotFoundError(
            f"台账中没有预算项目 {'、'.join(missing)}，或您看不到它的全部合同；"
            "没有的请先导入其台账，评价只对能看到整个项目的人显示"
        )
    return list(known.values())


def _seen_whole(session: Session, actor: Actor, codes: Sequence[str]) -> dict[str, UUID]:
    found = session.execute(
        select(Programme.code, Programme.id).where(
            Programme.code.in_(codes), sees_whole(actor, Permission.SCORES_READ)
        )
    )
    return {row.code: row.id for row in found}
