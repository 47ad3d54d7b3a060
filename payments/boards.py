"""What only pages ask about money: sums by contract to add up, and by month to draw."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import case, extract, func, select
from sqlalchemy.orm import Session

from contracts.access import of_visible, visible
from contracts.models import Contract
from contracts.queries import on_ledger
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.dated import holds_on
from kernel.paging import AnyRow, AnySelect
from payments.models import Milestone, Payment, Settlement
from payments.queries import NOTHING, is_late, payment_is_assumed, terms_are_assumed

_DUE_GUESSED = case((terms_are_assumed(), 1), else_=0)
_PAID_GUESSED = case((payment_is_assumed(), 1), else_=0)


@dataclass(frozen=True, slots=True)
class Month:
    """What fell due in a month of the year and what was paid in it, yuan.

    ``assumed`` names those of the two that rest on assumed values.
    """

    month: int
    due: Decimal
    paid: Decimal
    assumed: tuple[str, ...]


def paid_by_contract(actor: Actor, as_of: date) -> AnySelect:
    """Subject ``contract_id`` with ``paid``: the sum of its payments up to ``as_of``.

    Of the contracts whose money the actor sees.

    ``paid_guessed`` is 1 when one of them rests on an assumed value.
    """
    return (
        select(
            Payment.contract_id,
            func.sum(Payment.amount).label("paid"),
            func.max(_PAID_GUESSED).label("paid_guessed"),
        )
        .where(
            Payment.paid_on <= as_of,
            of_visible(Payment.contract_id, actor, Permission.MONEY_READ),
        )
        .group_by(Payment.contract_id)
    )


def overdue_by_contract(actor: Actor, as_of: date) -> AnySelect:
    """Subject ``contract_id`` with ``overdue``: what was unpaid after its due date on ``as_of``.

    Of the contracts whose money the actor sees.

    ``overdue_guessed`` is 1 when one of those milestones rests on assumed terms.
    """
    return (
        select(
            Settlement.contract_id,
            func.sum(Settlement.unpaid).label("overdue"),
            func.max(_DUE_GUESSED).label("overdue_guessed"),
        )
        .join(Milestone, Milestone.id == Settlement.milestone_id)
        .where(is_late(as_of), of_visible(Settlement.contract_id, actor, Permission.MONEY_READ))
        .group_by(Settlement.contract_id)
    )


def months_of_year(session: Session, actor: Actor, as_of: date) -> list[Month]:
    """The twelve months of ``as_of``'s year: due as known on that day, paid up to it."""
    first, last = date(as_of.year, 1, 1), date(as_of.year, 12, 31)
    seen = select(Contract.id).where(visible(actor, Permission.MONEY_READ), on_ledger(as_of))
    due_month = extract("month", Settlement.due_on)
    paid_month = extract("month", Payment.paid_on)
    due = session.execute(
        select(due_month, func.sum(Settlement.amount), func.max(_DUE_GUESSED))
        .join(Milestone, Milestone.id == Settlement.milestone_id)
        .where(holds_on(Settlement, as_of), Settlement.due_on.between(first, last))
        .where(Settlement.contract_id.in_(seen))
        .group_by(due_month)
    )
    paid = session.execute(
        select(paid_month, func.sum(Payment.amount), func.max(_PAID_GUESSED))
        .where(Payment.paid_on.between(first, as_of), Payment.contract_id.in_(seen))
        .group_by(paid_month)
    )
    due_in = {int(row[0]): row for row in due}
    paid_in = {int(row[0]): row for row in paid}
    return [_month(number, due_in.get(number), paid_in.get(number)) for number in range(1, 13)]


def _month(number: int, due: AnyRow | None, paid: AnyRow | None) -> Month:
    known = {"due": due, "paid": paid}
    return Month(
        number,
        due=(due[1] if due else None) or NOTHING,
        paid=(paid[1] if paid else None) or NOTHING,
        assumed=tuple(name for name, row in known.items() if row and row[2]),
    )
