"""The sheets of a sample ledger: one class a sheet, one field a column.

The headings are those that the importer reads. Amounts are Decimal 万元, shares Decimal percent,
dates business dates; None is a cell that the report leaves open, never a zero.
"""

from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any


class Kind(Enum):
    """How a column is written and formatted."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    AMOUNT = "amount"
    DATE = "date"


def column(heading: str, width: float, kind: Kind = Kind.TEXT, *, optional: bool = False) -> Any:
    """Declare a column; an optional one defaults to None (not given)."""
    metadata = {"heading": heading, "width": width, "kind": kind}
    if optional:
        return field(default=None, metadata=metadata)
    return field(default=MISSING, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Row:
    """What every row can carry besides its columns: a remark (备注)."""

    note: str = ""


@dataclass(frozen=True, kw_only=True)
class LedgerRow(Row):
    """A row of a ledger: `assumed` names the fields whose values no report gives (假定)."""

    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Organisation(LedgerRow):
    """组织机构"""

    code: str = column("机构编码", 12)
    name: str = column("机构名称", 34)
    short_name: str = column("简称", 14)
    kind: str = column("机构类型", 12)
    parent_code: str | None = column("上级机构编码", 14, optional=True)
    division_code: str = column("行政区划代码", 14)


@dataclass(frozen=True, kw_only=True)
class Programme(LedgerRow):
    """预算项目"""

    code: str = column("项目编码", 16)
    name: str = column("项目名称", 44)
    fiscal_year: int = column("预算年度", 10, Kind.COUNT)
    lead: str = column("牵头单位", 20)
    initial_budget: Decimal = column("年初预算数(万元)", 16, Kind.AMOUNT)
    budget: Decimal = column("全年预算数(万元)", 16, Kind.AMOUNT)
    released: Decimal = column("到位资金(万元)", 15, Kind.AMOUNT)
    approval: str | None = column("批复文号", 20, optional=True)


@dataclass(frozen=True, kw_only=True)
class Contract(LedgerRow):
    """合同台账"""

    sequence: int = column("序号", 6, Kind.COUNT)
    number: str = column("合同编号", 15)
    programme: str = column("项目编码", 16)
    purchaser: str = column("实施单位(甲方)", 30)
    payer: str | None = column("付款单位", 18, optional=True)
    vendor: str = column("承接单位(乙方)", 34)
    name: str = column("项目名称", 44)
    sector: str = column("行业领域", 20)
    content: str = column("服务内容", 44)
    signed_on: date = column("签订时间", 14, Kind.DATE)
    starts_on: date = column("服务期限起", 14, Kind.DATE)
    ends_on: date = column("服务期限止", 14, Kind.DATE)
    total: Decimal | None = column("合同总额(万元)", 14, Kind.AMOUNT, optional=True)
    paid: Decimal | None = column("已付(万元)", 12, Kind.AMOUNT, optional=True)
    unpaid: Decimal | None = column("未付(万元)", 12, Kind.AMOUNT, optional=True)
    procurement: str | None = column("采购方式", 12, optional=True)
    sme: str | None = column("中小企业", 10, optional=True)


@dataclass(frozen=True, kw_only=True)
class Milestone(LedgerRow):
    """支付节点; exactly one of share and amount is given."""

    contract: str = column("合同编号", 15)
    number: int = column("节点序号", 9, Kind.COUNT)
    name: str = column("节点名称", 28)
    kind: str = column("节点类型", 10)
    share: Decimal | None = column("比例(%)", 9, Kind.SHARE, optional=True)
    amount: Decimal | None = column("金额(万元)", 12, Kind.AMOUNT, optional=True)
    trigger: str = column("付款条件", 12)
    trigger_round: int | None = column("条件轮次", 9, Kind.COUNT, optional=True)
    days_allowed: int | None = column("付款期限(天)", 12, Kind.COUNT, optional=True)
    due_on: date | None = column("应付日期", 14, Kind.DATE, optional=True)


@dataclass(frozen=True, kw_only=True)
class Payment(LedgerRow):
    """支付台账"""

    registered_on: date = column("登记时间", 14, Kind.DATE)
    contract: str = column("合同编号", 15)
    milestone: int = column("节点序号", 9, Kind.COUNT)
    reason: str = column("付款事由", 40)
    payee: str = column("收款单位", 34)
    paid_on: date = column("支付时间", 14, Kind.DATE)
    amount: Decimal = column("本次付款额(万元)", 16, Kind.AMOUNT)
    voucher: str = column("支付凭证号", 15)
    resolution: str | None = column("会议纪要", 34, optional=True)


@dataclass(frozen=True, kw_only=True)
class ServiceRound(LedgerRow):
    """服务轮次; `merged` is how many rounds the row stands for."""

    contract: str = column("合同编号", 15)
    number: int = column("轮次", 6, Kind.COUNT)
    merged: int = column("合并轮数", 9, Kind.COUNT)
    kind: str = column("服务类型", 14)
    starts_on: date = column("开始日期", 14, Kind.DATE)
    ends_on: date = column("结束日期", 14, Kind.DATE)
    enterprises: int | None = column("检查企业(家次)", 14, Kind.COUNT, optional=True)
    experts: int | None = column("专家(人次)", 11, Kind.COUNT, optional=True)
    vehicles: int | None = column("车辆(台次)", 11, Kind.COUNT, optional=True)
    equipment: int | None = column("设备(台套)", 11, Kind.COUNT, optional=True)
    notices: int | None = column("整改通知书(份)", 14, Kind.COUNT, optional=True)
    suggestions: int | None = column("建议(条)", 9, Kind.COUNT, optional=True)
    found: int | None = column("隐患总数(项)", 13, Kind.COUNT, optional=True)
    found_general: int | None = column("一般隐患(项)", 13, Kind.COUNT, optional=True)
    found_major: int | None = column("重大隐患(项)", 13, Kind.COUNT, optional=True)
    rectified: int | None = column("整改总数(项)", 13, Kind.COUNT, optional=True)
    rectified_general: int | None = column("整改一般(项)", 13, Kind.COUNT, optional=True)
    rectified_major: int | None = column("整改重大(项)", 13, Kind.COUNT, optional=True)
    trained: int | None = column("培训(人次)", 11, Kind.COUNT, optional=True)
    enterprises_trained: int | None = column("培训企业(家次)", 14, Kind.COUNT, optional=True)
    content: str | None = column("工作内容", 44, optional=True)
    confirmed_on: date | None = column("确认日期", 14, Kind.DATE, optional=True)


@dataclass(frozen=True, kw_only=True)
class Plan(LedgerRow):
    """实施方案"""

    contract: str = column("合同编号", 15)
    version: int = column("版本", 6, Kind.COUNT)
    submitted_on: date = column("报送日期", 14, Kind.DATE)
    returned_on: date | None = column("退回日期", 14, Kind.DATE, optional=True)
    approved_on: date | None = column("审定日期", 14, Kind.DATE, optional=True)


@dataclass(frozen=True, kw_only=True)
class Supervision(LedgerRow):
    """督促检查"""

    contract: str = column("合同编号", 15)
    checked_on: date = column("检查日期", 14, Kind.DATE)
    checked_by: str = column("检查单位", 24)
    method: str = column("检查方式", 14)
    subject: str = column("检查内容", 36)
    found: str | None = column("发现问题", 36, optional=True)
    asked: str | None = column("整改要求", 36, optional=True)
    answered: str | None = column("答复情况", 30, optional=True)


@dataclass(frozen=True, kw_only=True)
class Contradiction(Row):
    """核对记录: where the report says two things, and which one the ledger follows."""

    programme: str = column("项目编码", 16)
    contract: str | None = column("合同编号", 15, optional=True)
    matter: str = column("事项", 24)
    first: str = column("说法一", 48)
    second: str = column("说法二", 48)
    adopted: str = column("本台账采用", 48)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A sheet whose columns only its own rows know: headings with their kinds, cells row by row.

    ``assumed`` are the headings whose cells no report gives, row by row.
    """

    name: str
    unit: str
    headings: tuple[tuple[str, Kind], ...]
    rows: tuple[tuple[Any, ...], ...]
    assumed: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """One city's workbook: the title above every sheet, and the sheets' rows."""

    title: str
    organisations: tuple[Organisation, ...]
    programmes: tuple[Programme, ...]
    contracts: tuple[Contract, ...]
    milestones: tuple[Milestone, ...]
    payments: tuple[Payment, ...]
    rounds: tuple[ServiceRound, ...]
    plans: tuple[Plan, ...]
    supervisions: tuple[Supervision, ...]
    contradictions: tuple[Contradiction, ...]
    tables: tuple[Table, ...] = ()


def columns(row_type: type[Row]) -> Iterator[Field[Any]]:
    """Yield the fields of a row that are columns, in the order of the sheet."""
    return (each for each in fields(row_type) if "heading" in each.metadata)


def headings(row_type: type[Row]) -> list[str]:
    """Return a sheet's headings; 假定 (where a row can assume) and 备注 come last."""
    own = [str(each.metadata["heading"]) for each in columns(row_type)]
    return [*own, "假定", "备注"] if issubclass(row_type, LedgerRow) else [*own, "备注"]


def assumed_headings(row: Row) -> list[str]:
    """Return the headings of the row's assumed cells, in the order of the sheet."""
    assumed = row.assumed if isinstance(row, LedgerRow) else ()
    return [str(each.metadata["heading"]) for each in columns(type(row)) if each.name in assumed]
