"""The act: amend a contract and let its milestones follow by the rule that was chosen."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from contracts.amendments.changes import amend_contract
from contracts.amendments.entries import AmendmentIn
from contracts.events import ContractsChanged
from contracts.life.amendment_models import ContractAmendment
from contracts.life.entries import EMPTY
from contracts.models import Contract, ContractTotal
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.errors import InputError
from kernel.events import announce
from kernel.money import Money
from payments.amendments.following import NOTHING, Asked, MilestoneRule, amounts_after
from payments.amendments.models import MilestoneAmount
from payments.models import Milestone, Settlement


class Amendment(AmendmentIn):
    """补充合同，以及付款节点如何随总额调整。"""

    milestones: Annotated[MilestoneRule | None, EMPTY] = Field(
        None, description="付款节点如何调整；变更金额而合同有付款节点时必须选择"
    )


class MilestoneChange(BaseModel):
    """补充合同前后的一个付款节点；应付日不变。"""

    number: int
    name: str
    due_on: date | None = Field(description="应付日")
    before: Money | None = Field(description="原应付金额，元")
    after: Money | None = Field(description="调整后应付金额，元")
    paid: Money = Field(description="已付，元")


class AmendmentPreview(BaseModel):
    """补充合同生效后会有什么变化；没有写入任何内容。"""

    total_before: Money | None = Field(description="原合同总额，元")
    total_after: Money | None = Field(description="变更后合同总额，元")
    service_end_before: date | None = Field(description="原服务期限止")
    service_end_after: date | None = Field(description="变更后服务期限止")
    milestones: list[MilestoneChange]


def amend(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: Amendment
) -> ContractAmendment:
    """Amend the contract; its milestones' settlements are rewritten in the same transaction.

    Raises what ``amend_contract`` raises, and ``InputError`` naming ``milestones`` where no rule was
    chosen or the rule cannot be kept.
    """
    asked = [_asked(milestone, standing) for milestone, standing in _terms(session, key)]
    if wanted.amount_change is not None and asked and wanted.milestones is None:
        raise InputError("milestones", "合同总额变更，请选择付款节点如何调整")
    plain = AmendmentIn.model_validate(
        {name: value for name, value in wanted if name != "milestones"}
    )
    made = amend_contract(session, actor, clock, key, plain)
    if wanted.amount_change is not None and wanted.milestones is not None:
        after = amounts_after(asked, wanted.amount_change, wanted.milestones)
        session.add_all(
            MilestoneAmount(
                contract_id=key,
                milestone_id=milestone_id,
                amendment_id=made.id,
                valid_from=made.effective_on,
                amount=amount,
                recorded_at=clock.now(),
                recorded_by=actor.name,
            )
            for milestone_id, amount in after.items()
        )
        session.flush()
    announce(session, ContractsChanged([key]))
    return made


def preview(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: Amendment
) -> AmendmentPreview:
    """Amend the contract in ``session`` and tell what changed; the caller rolls the session back.

    Raises what ``amend`` raises.
    """
    before = {milestone.id: standing for milestone, standing in _terms(session, key)}
    amounts = {key: standing.amount if standing else None for key, standing in before.items()}
    total, end = _terms_of_contract(session, key)
    amend(session, actor, clock, key, wanted)
    session.expire_all()
    new_total, new_end = _terms_of_contract(session, key)
    changes = [
        MilestoneChange(
            number=milestone.number,
            name=milestone.name,
            due_on=milestone.due_on,
            before=amounts[milestone.id],
            after=standing.amount if standing else None,
            paid=standing.paid if standing else NOTHING,
        )
        for milestone, standing in _terms(session, key)
    ]
    return AmendmentPreview(
        total_before=total,
        total_after=new_total,
        service_end_before=end,
        service_end_after=new_end,
        milestones=changes,
    )


def _terms(session: Session, key: UUID) -> Sequence[tuple[Milestone, Settlement | None]]:
    """The milestones of a contract by number, with where each stands now."""
    rows = session.execute(
        select(Milestone, Settlement)
        .outerjoin(
            Settlement,
            and_(Settlement.milestone_id == Milestone.id, Settlement.valid_to.is_(None)),
        )
        .where(Milestone.contract_id == key)
        .order_by(Milestone.number)
        .execution_options(populate_existing=True)
    )
    return [(milestone, standing) for milestone, standing in rows]


def _asked(milestone: Milestone, standing: Settlement | None) -> Asked:
    if standing is None:
        return Asked(milestone.id, milestone.kind, milestone.amount_given, NOTHING)
    return Asked(milestone.id, milestone.kind, standing.amount, standing.paid)


def _terms_of_contract(session: Session, key: UUID) -> tuple[Decimal | None, date | None]:
    found = session.execute(
        select(ContractTotal.amount, Contract.service_end)
        .join(Contract, Contract.id == ContractTotal.contract_id)
        .where(
            ContractTotal.contract_id == key,
            ContractTotal.superseded_at.is_(None),
            ContractTotal.valid_to.is_(None),
        )
    ).first()
    return (found.amount, found.service_end) if found else (None, None)
