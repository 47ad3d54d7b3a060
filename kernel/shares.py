"""Shares of a total: exact decimal percents, stored as scaled integers."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema

from kernel.errors import InputError
from kernel.money import from_fen, to_fen

WHOLE = Decimal(100)
PLACES = 6
"""Decimal places of a percent that are kept: 44.365482 % is told from 44.365483 %."""


def to_scaled(percent: Decimal) -> int:
    """Give a percent as an integer of millionths of a percent.

    Raises ``InputError`` outside 0–100 or with more than six decimal places.
    """
    if not percent.is_finite() or not 0 <= percent <= WHOLE:
        raise InputError("比例", f"{percent} 不在 0 至 100 之间")
    scaled = percent.scaleb(PLACES)
    if scaled != scaled.to_integral_value():
        raise InputError("比例", f"{percent} 的小数超过 {PLACES} 位")
    return int(scaled)


def from_scaled(scaled: int) -> Decimal:
    """Give an integer of millionths of a percent as a percent without trailing zeros."""
    percent = Decimal(scaled).scaleb(-PLACES).normalize()
    return percent.quantize(Decimal(1)) if percent == percent.to_integral_value() else percent


def allocate(total: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """Split ``total`` yuan by percents, in order, to the fen.

    Each part is the difference of two rounded running sums: no part is off by more than a fen and
    shares that add up to 100 give exactly the total. Raises ``InputError`` when they exceed 100.
    """
    if sum(shares, Decimal(0)) > WHOLE:
        raise InputError("比例", f"合计 {sum(shares, Decimal(0))} %，超过 100 %")
    fen = to_fen(total)
    parts: list[Decimal] = []
    running = Decimal(0)
    before = 0
    for share in shares:
        running += share
        upto = int((fen * running / WHOLE).to_integral_value(ROUND_HALF_UP))
        parts.append(from_fen(upto - before))
        before = upto
    return parts


Share = Annotated[
    Decimal,
    PlainSerializer(lambda percent: f"{percent:f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}(\.\d+)?$", "examples": ["40"]}),
]
"""A percent as the API shows it: an exact decimal string."""
