"""Contracts with their money as of a day: six statements a page, whatever the data."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased, contains_eager

from contracts.access import also, visible
from contracts.life.agreed_terms import service_ends
from contracts.life.models import ContractState
from contracts.life.queries import states_on
from contracts.models import (
    FIRST,
    Contract,
    ContractParty,
    ContractTotal,
    Organisation,
    PartyRole,
)
from contracts.queries import happened, on_ledger, only_row
from contracts.service_models import PlanStanding, PlanState
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.dated import holds_on
from kernel.paging import AnyRow, AnySelect, Page
from payments.contract_list import chosen
from payments.models import Milestone, Payment, Settlement
from payments.queries import NOTHING, is_late, payment_is_assumed, terms_are_assumed
from payments.schemas import MONEY_FIELDS, SERVICE_FIELDS, ContractOut, ContractsWanted

_payer = aliased(Organisation)
_lead = aliased(Organisation)
_payer_party = aliased(ContractParty)
_lead_party = aliased(ContractParty)


def contracts(
    session: Session, actor: Actor, as_of: date, wanted: ContractsWanted
) -> Page[ContractOut]:
    """The contracts that were there on ``as_of``, in the order asked for.

    What the actor may not see of one is None and named in ``withheld``; a filter by it finds
    only contracts of which the actor sees it.
    """
    page = chosen(session, actor, as_of, wanted)
    rows = session.execute(_contracts(actor, as_of).where(Contract.id.in_(page.items))).all()
    by_key = {row[0].id: row for row in rows}
    # One that a statement meanwhile took out of sight is no longer shown.
    listed = [by_key[key] for key in page.items if key in by_key]
    return Page(items=_with_money(session, as_of, listed), next=page.next)


def contract(session: Session, actor: Actor, as_of: date, key: UUID) -> ContractOut:
    """One contract; raises ``NotFoundError``, also when it began after ``as_of``."""
    statement = _contracts(actor, as_of).where(Contract.id == key)
    return _with_money(session, as_of, [only_row(session, statement, "份合同")])[0]


def _plan_on(actor: Actor, as_of: date) -> ColumnElement[bool]:
    return and_(
        PlanStanding.contract_id == Contract.id,
        holds_on(PlanStanding, as_of),
        also(actor, Permission.SERVICE_READ),
    )


def _contracts(actor: Actor, as_of: date) -> AnySelect:
    sees_money = also(actor, Permission.MONEY_READ)
    sees_service = also(actor, Permission.SERVICE_READ)
    return (
        select(
            Contract,
            ContractTotal.amount,
            PlanStanding.state,
            _payer,
            _lead,
            sees_money.label("sees_money"),
            sees_service.label("sees_service"),
        )
        .join(Contract.purchaser)
        .join(Contract.vendor)
        .join(Contract.programme)
        .outerjoin(
            ContractTotal,
            and_(
                ContractTotal.contract_id == Contract.id,
                ContractTotal.superseded_at.is_(None),
                holds_on(ContractTotal, as_of),
            ),
        )
        .outerjoin(PlanStanding, _plan_on(actor, as_of))
        .outerjoin(_payer_party, _party(_payer_party, PartyRole.PAYER))
        .outerjoin(_payer, _payer.id == _payer_party.organisation_id)
        .outerjoin(_lead_party, _party(_lead_party, PartyRole.LEAD))
        .outerjoin(_lead, _lead.id == _lead_party.organisation_id)
        .options(
            contains_eager(Contract.purchaser),
            contains_eager(Contract.vendor),
            contains_eager(Contract.programme),
        )
        .where(visible(actor), on_ledger(as_of))
    )


def _party(party: Any, role: PartyRole) -> ColumnElement[bool]:
    return and_(party.contract_id == Contract.id, party.role == role, party.position == FIRST)


def _with_money(session: Session, as_of: date, rows: Sequence[AnyRow]) -> list[ContractOut]:
    if not rows:
        return []
    keys = [row[0].id for row in rows if row.sees_money]
    paid = {row.contract_id: row for row in session.execute(_paid(as_of, keys))}
    standing = {row.contract_id: row for row in session.execute(_standing(as_of, keys))}
    records = [row[0] for row in rows]
    states, ends = states_on(session, records, as_of), service_ends(session, records, as_of)
    return [
        _contract(row, paid.get(key), standing.get(key), _then(row[0], as_of, states, ends))
        for row in rows
        for key in (row[0].id,)
    ]


def _then(
    record: Contract,
    as_of: date,
    states: Mapping[UUID, ContractState | None],
    ends: Mapping[UUID, date | None],
) -> dict[str, Any]:
    """What of a contract was otherwise before its later steps and amendments."""
    return {
        "state": states[record.id],
        "service_end": ends[record.id],
        "awarded_on": happened(record.awarded_on, as_of),
        "signed_on": happened(record.signed_on, as_of),
        "filed_on": happened(record.filed_on, as_of),
    }


def _contract(
    row: AnyRow, paid_row: AnyRow | None, standing: AnyRow | None, then: dict[str, Any]
) -> ContractOut:
    record, total, plan_state, payer, lead = row[0], row[1], row[2], row[3], row[4]
    withheld = [] if row.sees_service else list(SERVICE_FIELDS)
    if not row.sees_money:
        withheld.extend(MONEY_FIELDS)
        return _without_money(record, plan_state, payer, lead, withheld, then)
    paid: Decimal | None = paid_row.paid if paid_row else None
    if paid is None and total is not None:
        paid = NOTHING
    unpaid = None if total is None else max(total - (paid or NOTHING), NOTHING)
    overdue: Decimal | None = standing.overdue if standing else None
    if overdue is None and (total is not None or (standing and standing.known)):
        overdue = NOTHING
    assumed = list(record.assumed)
    if paid_row and paid_row.guessed:
        assumed.append("paid")
    if unpaid is not None and not {"total", "paid"}.isdisjoint(assumed):
        assumed.append("unpaid")
    if standing and standing.guessed:
        assumed.append("overdue")
    return ContractOut.of(
        record,
        total=total,
        paid=paid,
        unpaid=unpaid,
        overdue=overdue,
        overdue_count=standing.late if standing else 0,
        plan_state=plan_state,
        payer=payer,
        lead=lead,
        assumed=assumed,
        withheld=withheld,
        **then,
    )


def _without_money(
    record: Contract,
    plan_state: PlanState | None,
    payer: Organisation | None,
    lead: Organisation | None,
    withheld: list[str],
    then: dict[str, Any],
) -> ContractOut:
    return ContractOut.of(
        record,
        **dict.fromkeys(MONEY_FIELDS),
        plan_state=plan_state,
        payer=payer,
        lead=lead,
        assumed=[field for field in record.assumed if field not in MONEY_FIELDS],
        withheld=withheld,
        **then,
    )


def _paid(as_of: date, keys: Sequence[UUID]) -> AnySelect:
    return (
        select(
            Payment.contract_id,
            func.sum(Payment.amount).label("paid"),
            func.max(case((payment_is_assumed(), 1), else_=0)).label("guessed"),
        )
        .where(Payment.contract_id.in_(keys), Payment.paid_on <= as_of)
        .group_by(Payment.contract_id)
    )


def _standing(as_of: date, keys: Sequence[UUID]) -> AnySelect:
    late = is_late(as_of)
    return (
        select(
            Settlement.contract_id,
            func.count(Settlement.unpaid).label("known"),
            func.sum(case((late, 1), else_=0)).label("late"),
            func.sum(case((late, Settlement.unpaid))).label("overdue"),
            func.max(case((and_(late, terms_are_assumed()), 1), else_=0)).label("guessed"),
        )
        .join(Milestone, Milestone.id == Settlement.milestone_id)
        .where(Settlement.contract_id.in_(keys), holds_on(Settlement, as_of))
        .group_by(Settlement.contract_id)
    )
