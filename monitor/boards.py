"""The overview's figures: what the three ledgers add up to, overall and by programme."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from alerts.boards import open_by_contract
from contracts.access import also, sees_whole, visible
from contracts.models import Contract, ContractTotal, Programme
from contracts.queries import on_ledger
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.columns import Yuan
from kernel.dated import holds_on
from kernel.sql import names_field
from payments.boards import overdue_by_contract, paid_by_contract

SUMS = ("total", "paid", "unpaid", "overdue")


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over contracts, in yuan. None: not one of them gives the amount.

    ``unpaid`` counts only contracts whose total is given; ``without_total`` are the others.
    ``assumed`` names the sums (``total``, ``paid``, ``unpaid``, ``overdue``) that rest on an
    assumed value of one of the contracts.
    """

    contracts: int
    without_total: int
    total: Decimal | None
    paid: Decimal | None
    unpaid: Decimal | None
    overdue: Decimal
    alerts: int
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeLine:
    """A programme and the figures of those of its contracts that the reader sees.

    ``is_whole``: these are all, as its lead, its 财政 and its auditors see it. A purchaser sees its
    part only, and no sum from which another's could be told.
    """

    programme: Programme
    figures: Figures
    is_whole: bool


def programme_lines(session: Session, actor: Actor, as_of: date) -> list[ProgrammeLine]:
    """Every programme with contracts the actor sees, newest year first; one statement."""
    sums = _sums(actor, as_of).subquery()
    statement = (
        select(Programme, sums, sees_whole(actor, Permission.CONTRACTS_READ).label("is_whole"))
        .join(sums, sums.c.programme_id == Programme.id)
        .options(joinedload(Programme.lead))
        .order_by(Programme.fiscal_year.desc(), Programme.code)
    )
    return [
        ProgrammeLine(row[0], _figures(row), is_whole=bool(row.is_whole))
        for row in session.execute(statement)
    ]


def added_up(lines: Sequence[ProgrammeLine]) -> Figures:
    """All programmes together."""
    found = [line.figures for line in lines]
    return Figures(
        contracts=sum(item.contracts for item in found),
        without_total=sum(item.without_total for item in found),
        total=_known_sum(item.total for item in found),
        paid=_known_sum(item.paid for item in found),
        unpaid=_known_sum(item.unpaid for item in found),
        overdue=sum((item.overdue for item in found), Decimal(0)),
        alerts=sum(item.alerts for item in found),
        assumed=tuple(name for name in SUMS if any(name in item.assumed for item in found)),
    )


def _sums(actor: Actor, as_of: date) -> Any:
    paid = paid_by_contract(actor, as_of).subquery()
    overdue = overdue_by_contract(actor, as_of).subquery()
    alerts = open_by_contract(actor, as_of).subquery()
    sees_money = also(actor, Permission.MONEY_READ)
    lacks_total = and_(sees_money, ContractTotal.amount.is_(None))
    nothing = literal(Decimal(0), Yuan)
    # A contract with a total and no payment has 0 paid; without a total nobody says that.
    known_paid = case(
        (ContractTotal.amount.is_(None), paid.c.paid),
        else_=func.coalesce(paid.c.paid, nothing),
    )
    left = ContractTotal.amount - func.coalesce(paid.c.paid, nothing)
    return (
        select(
            Contract.programme_id,
            func.count().label("contracts"),
            func.sum(case((lacks_total, 1), else_=0)).label("without_total"),
            func.sum(ContractTotal.amount).label("total"),
            func.sum(known_paid, type_=Yuan).label("paid"),
            func.sum(case((left < nothing, nothing), else_=left), type_=Yuan).label("unpaid"),
            func.sum(overdue.c.overdue).label("overdue"),
            func.sum(alerts.c.alerts).label("alerts"),
            *_guessed(sees_money, paid.c.paid_guessed, overdue.c.overdue_guessed),
        )
        .select_from(Contract)
        .outerjoin(
            ContractTotal,
            and_(
                ContractTotal.contract_id == Contract.id,
                ContractTotal.superseded_at.is_(None),
                holds_on(ContractTotal, as_of),
                sees_money,
            ),
        )
        .outerjoin(paid, paid.c.contract_id == Contract.id)
        .outerjoin(overdue, overdue.c.contract_id == Contract.id)
        .outerjoin(alerts, alerts.c.contract_id == Contract.id)
        .where(visible(actor), on_ledger(as_of))
        .group_by(Contract.programme_id)
    )


def _guessed(
    sees_money: ColumnElement[bool], paid: ColumnElement[int], overdue: ColumnElement[int]
) -> list[ColumnElement[int]]:
    """For each of ``SUMS`` 1 when a contract brings an assumed value into it."""
    total = and_(sees_money, names_field(Contract.assumed, "total"))
    brought = {
        "total": total,
        "paid": paid == 1,
        "unpaid": and_(ContractTotal.amount.is_not(None), or_(total, paid == 1)),
        "overdue": overdue == 1,
    }
    return [func.max(case((brought[name], 1), else_=0)).label(f"{name}_guessed") for name in SUMS]


def _figures(row: Any) -> Figures:
    return Figures(
        contracts=int(row.contracts),
        without_total=int(row.without_total),
        total=row.total,
        paid=row.paid,
        unpaid=row.unpaid,
        overdue=row.overdue or Decimal(0),
        alerts=int(row.alerts or 0),
        assumed=tuple(name for name in SUMS if getattr(row, f"{name}_guessed")),
    )


def _known_sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
