"""What only pages ask about money: sums by contract to add up, and by month to draw."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract
from contracts.queries import on_ledger
from kernel.actor import Actor
from kernel.dated import holds_on
from kernel.paging import AnySelect
from payments.models import Payment, Settlement
from payments.queries import NOTHING, is_late


@dataclass(frozen=True, slots=True)
class Month:
    """What fell due in a month of the year and what was paid in it, yuan."""

    month: int
    due: Decimal
    paid: Decimal


def paid_by_contract(as_of: date) -> AnySelect:
    """Subject ``contract_id`` with ``paid``: the sum of its payments up to ``as_of``."""
    return (
        select(Payment.contract_id, func.sum(Payment.amount).label("paid"))
        .where(Payment.paid_on <= as_of)
        .group_by(Payment.contract_id)
    )


def overdue_by_contract(as_of: date) -> AnySelect:
    """Subject ``contract_id`` with ``overdue``: what was unpaid after its due date on ``as_of``."""
    return (
        select(Settlement.contract_id, func.sum(Settlement.unpaid).label("overdue"))
        .where(is_late(as_of))
        .group_by(Settlement.contract_id)
    )


def months_of_year(session: Session, actor: Actor, as_of: date) -> list[Month]:
    """The twelve months of ``as_of``'s year: due as known on that day, paid up to it."""
    first, last = date(as_of.year, 1, 1), date(as_of.year, 12, 31)
    seen = select(Contract.id).where(visible(actor), on_ledger(as_of))
    due_month = extract("month", Settlement.due_on)
    paid_month = extract("month", Payment.paid_on)
    due = session.execute(
        select(due_month, func.sum(Settlement.amount))
        .where(holds_on(Settlement, as_of), Settlement.due_on.between(first, last))
        .where(Settlement.contract_id.in_(seen))
        .group_by(due_month)
    )
    paid = session.execute(
        select(paid_month, func.sum(Payment.amount))
        .where(Payment.paid_on.between(first, as_of), Payment.contract_id.in_(seen))
        .group_by(paid_month)
    )
    due_in = {int(month): amount or NOTHING for month, amount in due}
    paid_in = {int(month): amount or NOTHING for month, amount in paid}
    return [
        Month(month, due_in.get(month, NOTHING), paid_in.get(month, NOTHING))
        for month in range(1, 13)
    ]
