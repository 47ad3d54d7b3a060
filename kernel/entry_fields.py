"""Types of what people type into forms and programs send: yuan, days, text on one line."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from kernel.columns import EARLIEST_DAY, LATEST_DAY
from kernel.fields import Day, printable
from kernel.money import MAX_YUAN


def _yuan(value: object) -> object:
    plain = str(value).replace(",", "").replace("，", "").strip()
    try:
        yuan = Decimal(plain) if len(plain) <= 40 and not isinstance(value, bool) else None
    except InvalidOperation:
        yuan = None
    if yuan is None or not yuan.is_finite() or yuan < 0 or yuan > MAX_YUAN:
        raise ValueError(f"应为金额（元），例如 78800.00，不超过 {MAX_YUAN}")
    if yuan != yuan.quantize(Decimal("0.01")):
        raise ValueError("金额最多两位小数（元）")
    return yuan.quantize(Decimal("0.01"))


def _more_than_nothing(yuan: Decimal) -> Decimal:
    if yuan == 0:
        raise ValueError("金额应大于 0")
    return yuan


def _one_line(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


_AS_TEXT = PlainSerializer(lambda yuan: f"{yuan:.2f}", return_type=str)
_YUAN_SCHEMA = {"type": "string", "pattern": r"^\d{1,14}(\.\d{1,2})?$", "examples": ["78800.00"]}
YuanFrom = Annotated[Decimal, BeforeValidator(_yuan), _AS_TEXT, WithJsonSchema(_YUAN_SCHEMA)]
"""Yuan from nothing up, as typed: 78,800 or 78800.00."""
YuanPaid = Annotated[
    Decimal,
    BeforeValidator(_yuan),
    AfterValidator(_more_than_nothing),
    _AS_TEXT,
    WithJsonSchema(_YUAN_SCHEMA),
]
"""Yuan above nothing."""


def line(longest: int, *, needed: bool = False) -> Any:
    """A text on one line of at most ``longest`` signs; line breaks become spaces."""
    least = 1 if needed else 0
    pattern = r"^[^\x00-\x1f]*$"
    schema = {"type": "string", "minLength": least, "maxLength": longest, "pattern": pattern}
    return Annotated[
        str,
        StringConstraints(min_length=least, max_length=longest),
        AfterValidator(printable),
        BeforeValidator(_one_line),
        WithJsonSchema(schema),
    ]


_FIRST, _LAST = date.fromisoformat(EARLIEST_DAY), date.fromisoformat(LATEST_DAY)


def _plausible(day: date) -> date:
    if not _FIRST <= day <= _LAST:
        raise ValueError(f"日期应在 {EARLIEST_DAY} 至 {LATEST_DAY} 之间")
    return day


OnDay = Annotated[Day, AfterValidator(_plausible)]
"""A business date that a ledger can hold."""
