"""Set-based reads of milestones and payments as of a day.

Every list is one statement, whatever the data.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, case, or_, select, union_all
from sqlalchemy.orm import Session

from contracts.models import Contract, Programme
from contracts.queries import happened, of_contracts, only_row
from contracts.schemas import OfContracts
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.dated import holds_on
from kernel.paging import AnyRow, AnySelect, Page, fetch_page
from kernel.sql import inline, names_field
from payments.models import Milestone, Payment, Settlement
from payments.schemas import (
    MilestoneOut,
    MilestoneState,
    MilestonesWanted,
    PaymentOut,
    PaymentsWanted,
)

NOTHING = Decimal("0.00")

_TERMS = (
    "due_on_given",
    "days_allowed",
    "trigger_kind",
    "trigger_round",
    "amount_given",
    "share",
)
"""Terms of a milestone that decide what falls due, and when."""


def milestones(
    session: Session, actor: Actor, as_of: date, wanted: MilestonesWanted
) -> Page[MilestoneOut]:
    """Milestones as they stood on ``as_of``, by contract and number."""
    statement = _milestones(as_of).where(of_contracts(actor, Permission.MONEY_READ, as_of, wanted))
    if wanted.state:
        statement = statement.where(_state(as_of) == wanted.state)
    if wanted.due_from:
        statement = statement.where(Settlement.due_on >= wanted.due_from)
    if wanted.due_to:
        statement = statement.where(Settlement.due_on <= wanted.due_to)
    keys = [Milestone.contract_id, Milestone.number]
    return fetch_page(session, statement, keys, wanted, lambda row: _milestone(row, as_of))


def milestone(session: Session, actor: Actor, as_of: date, key: UUID) -> MilestoneOut:
    """One milestone; raises ``NotFoundError``."""
    statement = _milestones(as_of).where(
        Milestone.id == key, of_contracts(actor, Permission.MONEY_READ, as_of, OfContracts())
    )
    return _milestone(only_row(session, statement, "个支付节点"), as_of)


def payments(
    session: Session, actor: Actor, as_of: date, wanted: PaymentsWanted
) -> Page[PaymentOut]:
    """Payments made up to ``as_of``, latest first; reversals are rows of their own."""
    statement = _payments(as_of).where(of_contracts(actor, Permission.MONEY_READ, as_of, wanted))
    if wanted.milestone:
        statement = statement.where(Payment.milestone_id == wanted.milestone)
    if wanted.paid_from:
        statement = statement.where(Payment.paid_on >= wanted.paid_from)
    if wanted.paid_to:
        statement = statement.where(Payment.paid_on <= wanted.paid_to)
    keys = [Payment.paid_on, Payment.id]
    return fetch_page(session, statement, keys, wanted, _payment, newest_first=True)


def payment(session: Session, actor: Actor, as_of: date, key: UUID) -> PaymentOut:
    """One payment; raises ``NotFoundError``, also when it was made after ``as_of``."""
    statement = _payments(as_of).where(
        Payment.id == key, of_contracts(actor, Permission.MONEY_READ, as_of, OfContracts())
    )
    return _payment(only_row(session, statement, "笔支付"))


def is_late(as_of: date) -> ColumnElement[bool]:
    """Over ``Settlement``: due before ``as_of`` and not wholly paid then."""
    return and_(
        holds_on(Settlement, as_of),
        Settlement.due_on < as_of,
        Settlement.unpaid > inline(Settlement.unpaid, NOTHING),
    )


def late_contracts(as_of: date) -> CompoundSelect[Any]:
    """The ids of contracts with a payment that ``is_late``, some twice.

    Two selects, because each has an index and statistics that tell how few rows it gives.
    """
    of = select(Settlement.contract_id).where(Settlement.valid_from <= as_of)
    still_open = of.where(Settlement.unpaid_due_on < as_of)
    ended_since = of.where(Settlement.valid_to > as_of, is_late(as_of))
    return union_all(still_open, ended_since)


def terms_are_assumed() -> ColumnElement[bool]:
    """Over ``Milestone``: a term that decides its amount or its due date is an assumption."""
    return or_(*(names_field(Milestone.assumed, term) for term in _TERMS))


def payment_is_assumed() -> ColumnElement[bool]:
    """Over ``Payment``: how much was paid, or by which day, is an assumption."""
    return or_(*(names_field(Payment.assumed, field) for field in ("amount", "paid_on")))


def _milestones(as_of: date) -> AnySelect:
    return (
        select(Milestone, Contract, Settlement, _state(as_of).label("state"))
        .join(Contract, Contract.id == Milestone.contract_id)
        .join(Programme, Programme.id == Contract.programme_id)
        .outerjoin(
            Settlement, and_(Settlement.milestone_id == Milestone.id, holds_on(Settlement, as_of))
        )
    )


def _state(as_of: date) -> ColumnElement[str]:
    nothing = inline(Settlement.unpaid, NOTHING)
    return case(
        (Settlement.unpaid == nothing, MilestoneState.PAID.value),
        (is_late(as_of), MilestoneState.OVERDUE.value),
        (Settlement.paid > nothing, MilestoneState.PARTLY_PAID.value),
        (Milestone.triggered_on <= as_of, MilestoneState.PAYABLE.value),
        else_=MilestoneState.NOT_DUE.value,
    )


def _payments(as_of: date) -> AnySelect:
    return (
        select(Payment, Contract)
        .join(Contract, Contract.id == Payment.contract_id)
        .join(Programme, Programme.id == Contract.programme_id)
        .where(Payment.paid_on <= as_of)
    )


def _milestone(row: AnyRow, as_of: date) -> MilestoneOut:
    record, contract, settlement, state = row[0], row[1], row[2], row[3]
    due_on: date | None = settlement.due_on if settlement else None
    late = state == MilestoneState.OVERDUE
    return MilestoneOut.of(
        record,
        contract=contract,
        state=state,
        triggered_on=happened(record.triggered_on, as_of),
        due_on=due_on,
        # Without a settlement no day of the contract is known: nothing can have been paid.
        amount=settlement.amount if settlement else record.amount_given,
        paid=settlement.paid if settlement else NOTHING,
        unpaid=settlement.unpaid if settlement else record.amount_given,
        days_late=(as_of - due_on).days if late and due_on else None,
    )


def _payment(row: AnyRow) -> PaymentOut:
    record, contract = row[0], row[1]
    return PaymentOut.of(record, contract=contract)
