"""What a contract's page shows of its vendor: people and equipment, evaluations, what payment awaits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.access import of_visible
from contracts.vendors.boards import Rated, evaluations_of
from contracts.vendors.findings import as_promise
from contracts.vendors.grading import Condition, Evaluated, unmet
from contracts.vendors.models import (
    ContractResource,
    EvaluationCondition,
    ResourcePresence,
    VendorEvaluation,
)
from contracts.vendors.presence import Contradiction, Count, Present, contradictions, present_on
from kernel.access.actor import Actor
from kernel.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Awaited:
    """A milestone that waits for an evaluation, and whether it was reached by the day."""

    record: EvaluationCondition
    is_met: bool


@dataclass(frozen=True, slots=True)
class ContractResources:
    """The vendor's part of a contract's page, as of a day."""

    present: Sequence[Present]
    contradictions: Sequence[Contradiction]
    evaluations: Sequence[Rated]
    awaited: Sequence[Awaited]


def resources_of(
    session: Session, actor: Actor, contract_id: UUID, as_of: date
) -> ContractResources:
    """Four statements; nothing of a contract whose service the actor does not see."""
    promised = select(ContractResource).where(
        ContractResource.contract_id == contract_id,
        of_visible(ContractResource.contract_id, actor, Permission.SERVICE_READ),
        or_(ContractResource.agreed_on.is_(None), ContractResource.agreed_on <= as_of),
    )
    promises = [as_promise(row) for row in session.scalars(promised.order_by(ContractResource.id))]
    counted = select(ResourcePresence).where(
        ResourcePresence.contract_id == contract_id,
        of_visible(ResourcePresence.contract_id, actor, Permission.SERVICE_READ),
    )
    counts = [Count(row.resource_id, row.seen_on, row.present) for row in session.scalars(counted)]
    evaluations = evaluations_of(session, actor, [contract_id], as_of)
    conditions = select(EvaluationCondition).where(
        EvaluationCondition.contract_id == contract_id,
        of_visible(EvaluationCondition.contract_id, actor, Permission.SERVICE_READ),
    )
    rows = session.scalars(conditions.order_by(EvaluationCondition.milestone_number)).all()
    waiting = _waiting(rows, [each.record for each in evaluations], as_of)
    return ContractResources(
        present=present_on(promises, counts, as_of),
        contradictions=contradictions(promises),
        evaluations=evaluations,
        awaited=[Awaited(row, _as_condition(row) not in waiting) for row in rows],
    )


def awaited_by(
    session: Session, contract_id: UUID, milestone_number: int, day: date
) -> list[Condition]:
    """The evaluations that a milestone still waits for on ``day``; two statements."""
    rows = session.scalars(
        select(EvaluationCondition).where(
            EvaluationCondition.contract_id == contract_id,
            EvaluationCondition.milestone_number == milestone_number,
        )
    ).all()
    if not rows:
        return []
    done = select(VendorEvaluation).where(VendorEvaluation.contract_id == contract_id)
    return _waiting(rows, session.scalars(done).all(), day)


def _waiting(
    rows: Sequence[EvaluationCondition], done: Sequence[VendorEvaluation], day: date
) -> list[Condition]:
    evaluated = [Evaluated(row.stage, row.evaluated_on, row.score, row.grade) for row in done]
    return unmet([_as_condition(row) for row in rows], evaluated, day)


def _as_condition(row: EvaluationCondition) -> Condition:
    return Condition(row.milestone_number, row.stage, row.least_grade)
