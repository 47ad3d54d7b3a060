"""A contract's fields and their values as a person reads them, where two edits clash."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.models import Vendor
from contracts.procurement_words import METHOD_NAMES, RATE_PERIOD_NAMES
from kernel.money import format_yuan

LABELS: Final = {
    "number": "合同编号",
    "name": "合同名称",
    "vendor_id": "承接主体",
    "total": "合同总额",
    "sectors": "行业领域",
    "content": "服务内容",
    "awarded_on": "中标通知书日期",
    "procurement_method": "采购方式",
    "service_start": "服务期限起",
    "service_end": "服务期限止",
    "sme_at_signing": "签订时为中小企业",
    "performance_bond": "履约保证金",
    "late_interest_rate": "约定逾期利率",
    "late_interest_per": "逾期利率按",
    "acceptance_days": "验收期限",
    "filed_on": "备案日期",
    "filing_number": "备案编号",
    "note": "备注",
}
_WORDS: Final[Mapping[object, str]] = dict[object, str](
    [(True, "是"), (False, "否"), *METHOD_NAMES.items(), *RATE_PERIOD_NAMES.items()]
)


def shown(session: Session, name: str, value: Any) -> str:
    """A field's value in words; 未提供 for none."""
    if value is None or value == "":
        return "未提供"
    if isinstance(value, UUID):
        vendor = session.get(Vendor, value)
        return vendor.name if vendor else str(value)
    if isinstance(value, Decimal):
        return f"{value:f} %" if name == "late_interest_rate" else f"{format_yuan(value)} 元"
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_count else _WORDS.get(value, str(value))
