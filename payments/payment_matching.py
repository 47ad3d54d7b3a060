"""Which row of a 支付台账 is which payment of the ledger.

A voucher identifies a payment within its contract. Without one its content does (as often as it
occurs), so that a renamed file changes nothing; what is left is known by its row in its source.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Entry:
    """A payment as far as it identifies itself; ``ref`` is the caller's own."""

    contract_id: UUID
    milestone_id: UUID | None
    paid_on: date
    amount: Decimal
    voucher: str
    source_key: str
    ref: Any = None

    @property
    def content(self) -> tuple[UUID, UUID | None, date, Decimal]:
        """What was paid: a change of any of it is a reversal and a new payment."""
        return self.contract_id, self.milestone_id, self.paid_on, self.amount


KeyOf = Callable[[Entry], Hashable | None]


def _voucher(entry: Entry) -> Hashable | None:
    return (entry.contract_id, entry.voucher) if entry.voucher else None


def _same_row(entry: Entry) -> Hashable | None:
    return (entry.content, entry.source_key) if not entry.voucher else None


def _with_voucher(entry: Entry) -> Hashable | None:
    return entry.content if entry.voucher else None


def _without_voucher(entry: Entry) -> Hashable | None:
    return entry.content if not entry.voucher else None


def _row_and_content(entry: Entry) -> Hashable | None:
    return entry.content, entry.source_key


def _row(entry: Entry) -> Hashable | None:
    return (entry.contract_id, entry.source_key) if entry.source_key else None


def _row_without_voucher(entry: Entry) -> Hashable | None:
    return _row(entry) if not entry.voucher else None


STEPS: tuple[tuple[KeyOf, KeyOf], ...] = (
    (_voucher, _voucher),
    (_same_row, _same_row),
    (_with_voucher, _without_voucher),
    (_without_voucher, _without_voucher),
    (_without_voucher, _with_voucher),
    (_row_and_content, _row_and_content),
    (_row_without_voucher, _row),
    (_row, _row_without_voucher),
)
"""Keys of a file's row and of the ledger's payment, surest first.

Voucher; same content in the same row; voucher filled in since; same content; voucher emptied since;
voucher corrected in its row; and content changed in its row, unless two vouchers say otherwise.
"""


def match(rows: Sequence[Entry], payments: Sequence[Entry]) -> tuple[dict[int, Entry], list[Entry]]:
    """Give each row's payment by the row's position, and the payments no row is about."""
    matched: dict[int, Entry] = {}
    open_rows = dict(enumerate(rows))
    open_payments = dict(enumerate(payments))
    for row_key, payment_key in STEPS:
        if not open_rows or not open_payments:
            break
        waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
        for at in reversed(open_payments):
            key = payment_key(open_payments[at])
            if key is not None:
                waiting[key].append(at)
        for at in list(open_rows):
            candidates = waiting.get(row_key(open_rows[at]))
            if candidates:
                matched[at] = open_payments.pop(candidates.pop())
                del open_rows[at]
    return matched, list(open_payments.values())
