"""What the law allows in a contract's terms: its bond, its length, its order of days. Pure."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from kernel.errors import InputError
from kernel.money import format_yuan

BOND_SHARE = Decimal(10)
"""Percent of the contract's total (实施条例 48)."""
WHOLE = Decimal(100)


class TermLength(StrEnum):
    """服务期限: up to a year as is normal, up to three, or beyond (政府购买服务管理办法 24)."""

    NORMAL = "normal"
    LONG = "long"
    TOO_LONG = "too_long"


def term_length(start: date | None, end: date | None) -> TermLength | None:
    """How long the service lasts; None while a day is missing or it ends before it starts.

    From a day to the same day a year later counts as a year: contracts are written so, and so is
    to the day before.
    """
    if start is None or end is None or end < start:
        return None
    if end <= _years_after(start, 1):
        return TermLength.NORMAL
    return TermLength.LONG if end <= _years_after(start, 3) else TermLength.TOO_LONG


def refuse_bond(bond: Decimal | None, total: Decimal | None) -> None:
    """Refuse a performance bond of more than 10 % of the total (实施条例 48).

    Of a contract whose total is not known it cannot be told. Raises ``InputError``.
    """
    if bond is None or total is None or bond * WHOLE <= total * BOND_SHARE:
        return
    most = (total * BOND_SHARE / WHOLE).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    raise InputError(
        "performance_bond",
        f"{format_yuan(bond)} 元超过合同总额 {format_yuan(total)} 元的 10 %，最多 "
        f"{format_yuan(most)} 元（政府采购法实施条例第四十八条）",
    )


def refuse_order(
    awarded_on: date | None,
    signed_on: date | None,
    service_start: date | None,
    service_end: date | None,
) -> None:
    """Refuse a service that ends before it starts, and a signing before the award notice.

    Raises ``InputError``.
    """
    if service_start and service_end and service_end < service_start:
        raise InputError("service_end", f"服务期限止不能早于服务期限起 {service_start}")
    if awarded_on and signed_on and signed_on < awarded_on:
        raise InputError("signed_on", f"签订日期不能早于中标通知书日期 {awarded_on}")


def _years_after(day: date, years: int) -> date:
    """The same day some years later; of 29 February the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
