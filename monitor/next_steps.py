"""每份合同的下一步: what is due next on the contracts that somebody keeps, the earliest first."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    cast,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from contracts.access import of_visible
from contracts.hazards.models import Hazard
from contracts.models import Contract
from contracts.service_models import ImplementationPlan, PlannedRound, PlanStanding, ServiceRound
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.columns import Yuan
from payments.models import Milestone, Settlement

MOST = 12
"""Steps that the first screen shows."""


class StepKind(StrEnum):
    """What is to be done."""

    PLAN = "plan"
    ROUND = "round"
    HAZARDS = "hazards"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class NextStep:
    """One step: until when, of which contract, how many (a round's number, hazards) or how much."""

    kind: StepKind
    due_on: date
    contract_id: UUID
    number: str
    name: str
    count: int | None
    amount: Decimal | None

    @property
    def words(self) -> str:
        """What to do, as one short phrase."""
        if self.kind is StepKind.ROUND:
            return f"完成第 {self.count} 轮服务"
        if self.kind is StepKind.HAZARDS:
            return f"督促整改隐患 {self.count} 项"
        return "支付到期款项" if self.kind is StepKind.PAYMENT else "报送并审定实施方案"


def next_steps(session: Session, actor: Actor) -> list[NextStep]:
    """The earliest steps on contracts that the actor keeps, as things are now; one statement.

    Empty for who keeps none.
    """
    if not actor.may(Permission.SERVICE_WRITE):
        return []
    parts = [_plans(actor), _rounds(actor), _hazards(actor)]
    if actor.may(Permission.MONEY_READ):
        parts.append(_payments(actor))
    due = union_all(*(select(part.subquery()) for part in parts)).subquery()
    statement = (
        select(
            due.c.kind, due.c.due_on, Contract.id, Contract.number, Contract.name,
            due.c.count, type_coerce(due.c.amount, Yuan),
        )
        .join(Contract, Contract.id == due.c.contract_id)
        .order_by(due.c.due_on, Contract.id, due.c.kind)
        .limit(MOST)
    )  # fmt: skip
    return [NextStep(StepKind(row[0]), *row[1:]) for row in session.execute(statement)]


def _step(
    kind: StepKind, contract_id: Any, due_on: Any, count: Any = None, amount: Any = None
) -> Select[Any]:
    return select(
        literal(kind.value).label("kind"),
        contract_id.label("contract_id"),
        due_on.label("due_on"),
        cast(count, Integer).label("count"),
        cast(amount, BigInteger).label("amount"),
    )


def _first(statement: Select[Any], due_on: Any) -> Select[Any]:
    """Each part gives no more than the whole may show."""
    return statement.order_by(due_on).limit(MOST)


def _plans(actor: Actor) -> Select[Any]:
    wanting = PlanStanding.wanting_since
    return _first(
        _step(StepKind.PLAN, PlanStanding.contract_id, wanting).where(
            wanting.is_not(None),
            of_visible(PlanStanding.contract_id, actor, Permission.SERVICE_WRITE),
        ),
        wanting,
    )


def _rounds(actor: Actor) -> Select[Any]:
    held = select(ServiceRound.id).where(
        ServiceRound.contract_id == PlannedRound.contract_id,
        func.coalesce(ServiceRound.planned_number, ServiceRound.number) <= PlannedRound.number,
        func.coalesce(ServiceRound.planned_number, ServiceRound.number)
        + ServiceRound.rounds_covered
        > PlannedRound.number,
        ServiceRound.ended_on.is_not(None),
    )
    return _first(
        _step(StepKind.ROUND, PlannedRound.contract_id, PlannedRound.window_to, PlannedRound.number)
        .join(ImplementationPlan, ImplementationPlan.id == PlannedRound.plan_id)
        .where(
            PlannedRound.superseded_at.is_(None),
            PlannedRound.window_to.is_not(None),
            ImplementationPlan.approved_on.is_not(None),
            ~held.exists(),
            of_visible(PlannedRound.contract_id, actor, Permission.SERVICE_WRITE),
        ),
        PlannedRound.window_to,
    )


def _hazards(actor: Actor) -> Select[Any]:
    earliest = func.min(Hazard.deadline)
    return _first(
        _step(StepKind.HAZARDS, Hazard.contract_id, earliest, func.count())
        .where(
            Hazard.rectified_on.is_(None),
            Hazard.deadline.is_not(None),
            of_visible(Hazard.contract_id, actor, Permission.SERVICE_WRITE),
        )
        .group_by(Hazard.contract_id),
        earliest,
    )


def _payments(actor: Actor) -> Select[Any]:
    due_on = Settlement.unpaid_due_on
    return _first(
        _step(
            StepKind.PAYMENT,
            Settlement.contract_id,
            due_on,
            amount=type_coerce(Settlement.unpaid, BigInteger),
        )
        .join(Milestone, Milestone.id == Settlement.milestone_id)
        .where(
            due_on.is_not(None),
            of_visible(Settlement.contract_id, actor, Permission.MONEY_READ),
            of_visible(Settlement.contract_id, actor, Permission.ACTS_ENTER),
        ),
        due_on,
    )
