"""Set-based reads of rounds: lists, one round with its equipment, returns and enterprises."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session

from contracts.enterprises.models import Enterprise, RoundEnterprise
from contracts.models import Contract, Programme
from contracts.plans.queries import counting_plan
from contracts.queries import happened, of_contracts, only_row
from contracts.rounds.schedule import standing
from contracts.rounds.schemas import EquipmentOut, ReturnOut, RoundOut, RoundSheet, VisitOut
from contracts.schemas import OfContracts, RoundState, RoundsWanted
from contracts.service_models import PlannedRound, RoundEquipment, RoundReturn, ServiceRound
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import AnyRow, AnySelect, Page, fetch_page


def rounds(session: Session, actor: Actor, as_of: date, wanted: RoundsWanted) -> Page[RoundOut]:
    """Service rounds begun by ``as_of`` (or with no start given), by contract and number."""
    statement = _rounds(as_of).where(of_contracts(actor, Permission.SERVICE_READ, as_of, wanted))
    if wanted.kind:
        statement = statement.where(ServiceRound.kind == wanted.kind)
    if wanted.state:
        statement = statement.where(round_state(as_of) == wanted.state)
    keys = [ServiceRound.contract_id, ServiceRound.number]
    return fetch_page(
        session, statement, keys, wanted, lambda row: RoundOut.of(row[0], **_told(row, as_of))
    )


def service_round(session: Session, actor: Actor, as_of: date, key: UUID) -> RoundSheet:
    """One round; raises ``NotFoundError``, also when it had not begun on ``as_of``."""
    statement = _rounds(as_of).where(
        ServiceRound.id == key, of_contracts(actor, Permission.SERVICE_READ, as_of, OfContracts())
    )
    row = only_row(session, statement, "个服务轮次")
    return RoundSheet.of(
        row[0],
        equipment=[EquipmentOut.of(each) for each in equipment_of(session, key)],
        visited=visits_of(session, key),
        returns=_returns(session, key, as_of),
        **_told(row, as_of),
    )


def equipment_of(session: Session, round_id: UUID) -> list[RoundEquipment]:
    """The equipment of a round by type, as it is stated now."""
    statement = select(RoundEquipment).where(
        RoundEquipment.round_id == round_id, RoundEquipment.superseded_at.is_(None)
    )
    return list(session.scalars(statement.order_by(RoundEquipment.id)))


def visits_of(session: Session, round_id: UUID) -> list[VisitOut]:
    """The enterprises that a round's list names, by name."""
    statement = (
        select(
            RoundEnterprise.enterprise_id,
            Enterprise.name,
            RoundEnterprise.visited_on,
            RoundEnterprise.visits,
        )
        .join(Enterprise, Enterprise.id == RoundEnterprise.enterprise_id)
        .where(RoundEnterprise.round_id == round_id, RoundEnterprise.superseded_at.is_(None))
        .order_by(Enterprise.name, RoundEnterprise.id)
    )
    return [VisitOut.of(row) for row in session.execute(statement)]


def round_state(as_of: date) -> ColumnElement[str]:
    """Over ``ServiceRound``: 进行中, 待确认, 已退回, 已确认 on ``as_of``."""
    is_returned = exists().where(
        RoundReturn.round_id == ServiceRound.id,
        RoundReturn.returned_on <= as_of,
        or_(RoundReturn.resubmitted_on.is_(None), RoundReturn.resubmitted_on > as_of),
    )
    return case(
        (ServiceRound.confirmed_on <= as_of, RoundState.CONFIRMED.value),
        (is_returned, RoundState.RETURNED.value),
        (ServiceRound.ended_on <= as_of, RoundState.TO_CONFIRM.value),
        (ServiceRound.started_on <= as_of, RoundState.RUNNING.value),
        else_=RoundState.UNKNOWN.value,
    )


def _rounds(as_of: date) -> AnySelect:
    first = func.coalesce(ServiceRound.planned_number, ServiceRound.number)
    promised = (
        PlannedRound.plan_id == counting_plan(ServiceRound.contract_id, as_of),
        PlannedRound.superseded_at.is_(None),
        PlannedRound.number.between(first, first + ServiceRound.rounds_covered - 1),
    )
    begins = select(func.min(PlannedRound.window_from)).where(*promised).correlate(ServiceRound)
    ends = select(func.max(PlannedRound.window_to)).where(*promised).correlate(ServiceRound)
    return (
        select(
            ServiceRound,
            Contract,
            round_state(as_of).label("state"),
            begins.scalar_subquery().label("planned_from"),
            ends.scalar_subquery().label("planned_to"),
        )
        .join(Contract, Contract.id == ServiceRound.contract_id)
        .join(Programme, Programme.id == Contract.programme_id)
        .where(or_(ServiceRound.started_on.is_(None), ServiceRound.started_on <= as_of))
    )


def _told(row: AnyRow, as_of: date) -> dict[str, Any]:
    record: ServiceRound = row[0]
    ended_on = happened(record.ended_on, as_of)
    stands = standing(row.planned_to, ended_on, as_of)
    reported_on = happened(record.reported_on, as_of)
    return {
        "contract": row[1],
        "state": row.state,
        "ended_on": ended_on,
        "confirmed_on": happened(record.confirmed_on, as_of),
        "reported_on": reported_on,
        "zero_hazards_on": happened(record.zero_hazards_on, as_of),
        "planned_from": row.planned_from,
        "planned_to": row.planned_to,
        "pace": stands.pace if stands else None,
        "days_behind": stands.days if stands else None,
    }


def _returns(session: Session, round_id: UUID, as_of: date) -> list[ReturnOut]:
    statement = select(RoundReturn).where(
        RoundReturn.round_id == round_id, RoundReturn.returned_on <= as_of
    )
    found = session.scalars(statement.order_by(RoundReturn.returned_on, RoundReturn.id))
    return [
        ReturnOut.of(each, resubmitted_on=happened(each.resubmitted_on, as_of)) for each in found
    ]
