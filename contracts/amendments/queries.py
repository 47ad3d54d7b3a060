"""Reads of a contract's amendments as of a day."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import also, visible
from contracts.amendments.schemas import AmendmentOut, AmendmentsOut
from contracts.life.additions import additions
from contracts.life.amendment_models import ContractAmendment
from contracts.models import Contract, ContractTotal
from contracts.queries import on_ledger, only_row
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import AnyRow

MONEY = ("amount_change",)
"""What of an amendment only those see who may see money."""


def amendments(session: Session, actor: Actor, key: UUID, as_of: date) -> AmendmentsOut:
    """The amendments signed up to ``as_of``, the first one first; raises ``NotFoundError``."""
    first = (
        select(ContractTotal.amount)
        .where(ContractTotal.contract_id == Contract.id, ContractTotal.superseded_at.is_(None))
        .order_by(ContractTotal.valid_from)
        .limit(1)
        .scalar_subquery()
    )
    statement = select(first, also(actor, Permission.MONEY_READ)).where(
        Contract.id == key, visible(actor), on_ledger(as_of)
    )
    original, sees_money = only_row(session, statement, "份合同")[:2]
    found = session.scalars(
        select(ContractAmendment)
        .where(ContractAmendment.contract_id == key, ContractAmendment.signed_on <= as_of)
        .order_by(ContractAmendment.number)
    ).all()
    items = [_amendment(each, sees_money=bool(sees_money)) for each in found]
    if original is None or not sees_money:
        return AmendmentsOut(items=items, original=None, added=None, allowed=None)
    told = additions(original, [each.amount_change for each in found])
    return AmendmentsOut(items=items, original=original, added=told.added, allowed=told.allowed)


def amendment(session: Session, actor: Actor, key: UUID, amendment_id: UUID) -> AmendmentOut:
    """One amendment of a contract; raises ``NotFoundError``."""
    statement = (
        select(ContractAmendment, also(actor, Permission.MONEY_READ))
        .join(Contract, Contract.id == ContractAmendment.contract_id)
        .where(ContractAmendment.id == amendment_id, Contract.id == key, visible(actor))
    )
    row: AnyRow = only_row(session, statement, "份补充合同")
    return _amendment(row[0], sees_money=bool(row[1]))


def _amendment(record: ContractAmendment, *, sees_money: bool) -> AmendmentOut:
    if sees_money:
        return AmendmentOut.of(record, withheld=[])
    return AmendmentOut.of(record, amount_change=None, withheld=list(MONEY))
