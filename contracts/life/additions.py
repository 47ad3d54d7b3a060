"""How far amendments may go: additions together at most 10 % of the original amount. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kernel.errors import InputError
from kernel.money import format_yuan

MOST = Decimal(10)
"""Percent of the original amount (政府采购法 49)."""
WHOLE = Decimal(100)
ARTICLE = "政府采购法第四十九条"


@dataclass(frozen=True, slots=True)
class Additions:
    """What amendments add to a contract, in yuan, beside what its original amount allows.

    Reductions do not make room for additions: the article limits the amount of all additions.
    """

    original: Decimal
    added: Decimal

    @property
    def allowed(self) -> Decimal:
        """The most that may be added, to the fen."""
        return (self.original * MOST / WHOLE).quantize(Decimal("0.01"), rounding="ROUND_DOWN")

    @property
    def is_over(self) -> bool:
        """Whether more was added than the article allows."""
        return self.added * WHOLE > self.original * MOST

    def told(self) -> str:
        """Both figures and the article, as a person reads them."""
        return (
            f"补充合同累计增加 {format_yuan(self.added)} 元，原合同金额 "
            f"{format_yuan(self.original)} 元的 10 % 为 {format_yuan(self.allowed)} 元"
            f"（{ARTICLE}）"
        )


def additions(original: Decimal, changes: Iterable[Decimal | None]) -> Additions:
    """What the changes of a contract's amount add to its original amount."""
    added = sum((change for change in changes if change and change > 0), Decimal(0))
    return Additions(original, added)


def refuse_additions(found: Additions) -> None:
    """Refuse more than 10 % in additions; raises ``InputError`` with the figures and the article."""
    if found.is_over:
        raise InputError("amount_change", f"{found.told()}，超过上限")
