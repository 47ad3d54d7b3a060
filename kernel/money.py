"""Money is CNY: integer fen in the database, ``Decimal`` yuan with two places outside it."""

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema

from kernel.errors import InputError

FEN_PER_YUAN = 100
YUAN_PER_WAN = 10_000
MAX_YUAN = Decimal("99999999999999.99")
"""Largest amount the ledger takes: far above any budget, far below a 64-bit integer of fen."""


def to_fen(yuan: Decimal) -> int:
    """Give ``yuan`` as whole fen.

    Raises ``InputError`` when it has a part of a fen, is not finite, or is out of range:
    rounding money silently would be a guess.
    """
    if not yuan.is_finite() or abs(yuan) > MAX_YUAN:
        raise InputError("金额", f"{yuan} 超出允许范围（绝对值不超过 {MAX_YUAN} 元）")
    fen = yuan * FEN_PER_YUAN
    if fen != fen.to_integral_value():
        raise InputError("金额", f"{yuan} 元精确到了分以下；金额最多两位小数（元）")
    return int(fen)


def from_fen(fen: int) -> Decimal:
    """Give whole ``fen`` as yuan with exactly two places."""
    return Decimal(fen).scaleb(-2)


def format_yuan(yuan: Decimal | None) -> str:
    """Show yuan with thousands separators, as vouchers do; an unknown amount is 未提供, never 0."""
    return "未提供" if yuan is None else f"{yuan:,.2f}"


def format_wan(yuan: Decimal | None) -> str:
    """Show yuan in 万元 as the reports do: two places, more only where the amount needs them."""
    if yuan is None:
        return "未提供"
    wan = (yuan / YUAN_PER_WAN).quantize(Decimal("0.000001"))
    exact = wan.normalize()
    places = max(2, -int(exact.as_tuple().exponent))
    return f"{wan:,.{places}f}"


Money = Annotated[
    Decimal,
    PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d{2}$", "examples": ["470400.00"]}),
]
"""Yuan as the API shows them: a string with two decimals, so that no reader's floats lose a fen."""
