"""Where a milestone stood on each day: pure rules over terms, trigger and payments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kernel.shares import allocate


@dataclass(frozen=True, slots=True)
class Terms:
    """What a milestone asks for: yuan (None: total not given), by when, known from when.

    ``due_known_from`` is the day its cause happened; before it nothing is due. ``amended`` are the
    amounts that amendments of the contract put in its place, each from its day on, in their order.
    """

    amount: Decimal | None
    due_on: date | None
    due_known_from: date | None
    amended: Sequence[tuple[date, Decimal]] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Amounts and due date from ``valid_from`` until before ``valid_to``."""

    valid_from: date
    valid_to: date | None
    due_on: date | None
    amount: Decimal | None
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
    amounts = {max(day, begins): amount for day, amount in terms.amended}
    days = sorted({begins, *by_day, *amounts, *([due_from] if due_from else [])})
    standings: list[Standing] = []
    paid = Decimal(0)
    asked = terms.amount
    for day, following in zip(days, [*days[1:], None], strict=True):
        paid += by_day.get(day, Decimal(0))
        asked = amounts.get(day, asked)
        due_on = terms.due_on if due_from and day >= due_from else None
        unpaid = _unpaid(asked, paid)
        standings.append(Standing(day, following, due_on, asked, paid, unpaid))
    return _merged(standings)


def _unpaid(amount: Decimal | None, paid: Decimal) -> Decimal | None:
    return None if amount is None else max(amount - paid, Decimal(0))


def _merged(standings: Sequence[Standing]) -> list[Standing]:
    """Join neighbours that say the same (a reversal and its correction on one day)."""
    merged: list[Standing] = []
    for standing in standings:
        last = merged[-1] if merged else None
        if last and _told(last) == _told(standing):
            merged[-1] = replace(last, valid_to=standing.valid_to)
        else:
            merged.append(standing)
    return merged


def _told(standing: Standing) -> tuple[date | None, Decimal | None, Decimal]:
    return standing.due_on, standing.amount, standing.paid


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
