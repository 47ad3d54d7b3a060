"""Where a milestone stood on each day: pure rules over terms, trigger and payments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.shares import allocate


@dataclass(frozen=True, slots=True)
class Terms:
    """What a milestone asks for: yuan (None: total not given), by when, known from when.

    ``due_known_from`` is the day its cause happened; before it nothing is due.
    """

    amount: Decimal | None
    due_on: date | None
    due_known_from: date | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Amounts and due date from ``valid_from`` until before ``valid_to``."""

    valid_from: date
    valid_to: date | None
    due_on: date | None
    paid: Decimal
    unpaid: Decimal | None


def settle(terms: Terms, payments: Iterable[tuple[date, Decimal]], begins: date) -> list[Standing]:
    """Follow a milestone from ``begins`` on.

    Payments are (day, yuan), reversals negative; several on one day count as their sum, and those
    before ``begins`` count from it. What is paid above the amount leaves 0 unpaid, never less.
    """
    by_day: dict[date, Decimal] = {}
    for day, amount in payments:
        known = max(day, begins)
        by_day[known] = by_day.get(known, Decimal(0)) + amount
    due_from = max(terms.due_known_from, begins) if terms.due_known_from and terms.due_on else None
    days = sorted({begins, *by_day, *([due_from] if due_from else [])})
    standings: list[Standing] = []
    paid = Decimal(0)
    for day, following in zip(days, [*days[1:], None], strict=True):
        paid += by_day.get(day, Decimal(0))
        due_on = terms.due_on if due_from and day >= due_from else None
        standings.append(Standing(day, following, due_on, paid, _unpaid(terms.amount, paid)))
    return _merged(standings)


def _unpaid(amount: Decimal | None, paid: Decimal) -> Decimal | None:
    return None if amount is None else max(amount - paid, Decimal(0))


def _merged(standings: Sequence[Standing]) -> list[Standing]:
    """Join neighbours that say the same (a reversal and its correction on one day)."""
    merged: list[Standing] = []
    for standing in standings:
        last = merged[-1] if merged else None
        if last and (last.due_on, last.paid) == (standing.due_on, standing.paid):
            merged[-1] = Standing(
                last.valid_from, standing.valid_to, last.due_on, last.paid, last.unpaid
            )
        else:
            merged.append(standing)
    return merged


def milestone_amounts(
    total: Decimal | None, agreed: Sequence[tuple[Decimal | None, Decimal | None]]
) -> list[Decimal | None]:
    """Give each milestone's yuan from (share percent, amount) pairs, in order.

    Shares are of the contract's total and unknown while it is; raises ``InputError`` when they
    exceed 100 %.
    """
    shares = [share for share, amount in agreed if amount is None and share is not None]
    parts = iter(allocate(total, shares)) if total is not None else None
    return [
        amount if amount is not None else (next(parts) if parts is not None else None)
        for _share, amount in agreed
    ]
