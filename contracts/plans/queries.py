"""Set-based reads of plans: versions, the one that counts, the rounds that it promises."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, select
from sqlalchemy.orm import Session, aliased

from contracts.models import Contract, Programme
from contracts.plans.rules import days_late, plan_due_on
from contracts.plans.schemas import PlannedRoundOut, PlanOut, PlanSheet
from contracts.queries import happened, of_contracts, only_row
from contracts.schemas import OfContracts, PlansWanted
from contracts.service_models import ImplementationPlan, PlannedRound, PlanState
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import AnyRow, AnySelect, Page, fetch_page


def plans(session: Session, actor: Actor, as_of: date, wanted: PlansWanted) -> Page[PlanOut]:
    """Versions of implementation plans handed in by ``as_of``, by contract and number."""
    statement = _plans(as_of).where(of_contracts(actor, Permission.SERVICE_READ, as_of, wanted))
    if wanted.state:
        statement = statement.where(_state(as_of) == wanted.state)
    keys = [ImplementationPlan.contract_id, ImplementationPlan.number]
    return fetch_page(
        session, statement, keys, wanted, lambda row: PlanOut.of(row[0], **_told(row, as_of))
    )


def plan(session: Session, actor: Actor, as_of: date, key: UUID) -> PlanSheet:
    """One version; raises ``NotFoundError``, also when it was not yet handed in on ``as_of``."""
    statement = _plans(as_of).where(
        ImplementationPlan.id == key,
        of_contracts(actor, Permission.SERVICE_READ, as_of, OfContracts()),
    )
    row = only_row(session, statement, "份实施方案")
    promised = [PlannedRoundOut.of(each) for each in planned_rounds(session, key)]
    return PlanSheet.of(row[0], rounds=promised, **_told(row, as_of))


def planned_rounds(session: Session, plan_id: UUID) -> list[PlannedRound]:
    """The rounds that a version promises, by number."""
    statement = select(PlannedRound).where(
        PlannedRound.plan_id == plan_id, PlannedRound.superseded_at.is_(None)
    )
    return list(session.scalars(statement.order_by(PlannedRound.number)))


def newest_number(session: Session, contract_id: UUID, as_of: date) -> int | None:
    """The number of the last version handed in by ``as_of``: the one that is decided on."""
    return session.scalar(
        select(func.max(ImplementationPlan.number)).where(
            ImplementationPlan.contract_id == contract_id, ImplementationPlan.submitted_on <= as_of
        )
    )


def counting_plan(contract_id: SQLColumnExpression[UUID], as_of: date) -> ColumnElement[UUID]:
    """The key of the version that counts on ``as_of``: the newest one approved by then; correlated."""
    version = aliased(ImplementationPlan)
    newest = (
        select(version.id)
        .where(version.contract_id == contract_id, version.approved_on <= as_of)
        .order_by(version.number.desc())
        .limit(1)
    )
    return newest.correlate_except(version).scalar_subquery()


def _plans(as_of: date) -> AnySelect:
    earlier = aliased(ImplementationPlan)
    approved_first = (
        select(func.min(earlier.approved_on))
        .where(earlier.contract_id == ImplementationPlan.contract_id, earlier.approved_on <= as_of)
        .correlate(ImplementationPlan)
        .scalar_subquery()
    )
    counting = counting_plan(ImplementationPlan.contract_id, as_of)
    return (
        select(
            ImplementationPlan,
            Contract,
            _state(as_of).label("state"),
            approved_first.label("approved_first"),
            (counting == ImplementationPlan.id).label("counts"),
        )
        .join(Contract, Contract.id == ImplementationPlan.contract_id)
        .join(Programme, Programme.id == Contract.programme_id)
        .where(ImplementationPlan.submitted_on <= as_of)
    )


def _state(as_of: date) -> ColumnElement[str]:
    return case(
        (ImplementationPlan.approved_on <= as_of, PlanState.APPROVED.value),
        (ImplementationPlan.returned_on <= as_of, PlanState.RETURNED.value),
        else_=PlanState.SUBMITTED.value,
    )


def _told(row: AnyRow, as_of: date) -> dict[str, Any]:
    record, contract = row[:2]
    due_on = plan_due_on(contract.service_start)
    approved_on = happened(record.approved_on, as_of)
    returned_on = happened(record.returned_on, as_of)
    is_amendment = row.approved_first is not None and approved_on != row.approved_first
    return {
        "contract": contract,
        "state": row.state,
        "due_on": due_on,
        "approved_on": approved_on,
        "returned_on": returned_on,
        "return_reason": record.return_reason if returned_on else "",
        "days_late": None if is_amendment else days_late(due_on, approved_on, as_of),
        "counts": bool(row.counts),
    }
