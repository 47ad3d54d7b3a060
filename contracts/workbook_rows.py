"""The rows of a contract ledger as departments keep them in Excel (domain 9).

Field names are the ledger's own where a field is stored as it stands. Amounts come as yuan.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.models import OrganisationKind, ProcurementMethod
from contracts.procurement_words import METHOD_NAMES
from contracts.service_models import RoundKind
from kernel.workbook_columns import Column, Kind, LedgerRow

ORGANISATION_KINDS = {
    "人民政府": OrganisationKind.GOVERNMENT,
    "部门": OrganisationKind.DEPARTMENT,
    "财政": OrganisationKind.FINANCE,
    "管委会": OrganisationKind.COMMITTEE,
    "事业单位": OrganisationKind.INSTITUTION,
}
ROUND_KINDS = {
    "隐患排查": RoundKind.HAZARD_INSPECTION,
    "专项检查": RoundKind.SPECIAL_INSPECTION,
    "综合检查": RoundKind.GENERAL_INSPECTION,
    "技术指导": RoundKind.TECHNICAL_GUIDANCE,
    "复查": RoundKind.RECHECK,
    "复工复产审查": RoundKind.RESUMPTION_REVIEW,
    "事故调查支持": RoundKind.ACCIDENT_SUPPORT,
    "演练": RoundKind.DRILL,
    "培训": RoundKind.TRAINING,
    "宣传": RoundKind.PUBLICITY,
}

YES_NO = {"是": True, "否": False}

ContractNumber = Annotated[
    str, Field(max_length=80), Column(("合同编号", "合同号"), Kind.CODE, kept=False)
]
"""The contract that a row of another sheet belongs to."""
Serial = Annotated[int, Field(ge=1)]


def _day(*headings: str, stored: str = "") -> Column:
    return Column(headings, Kind.DATE, stored=stored)


def _amount(*headings: str, stored: str = "") -> Column:
    return Column(headings, Kind.AMOUNT, stored=stored)


def _count(*headings: str) -> Column:
    return Column(headings, Kind.COUNT)


class OrganisationRow(LedgerRow):
    """组织机构."""

    SHEET: ClassVar[str] = "组织机构"
    code: Annotated[str, Field(max_length=40), Column(("机构编码",), Kind.CODE)]
    name: Annotated[str, Field(max_length=200), Column(("机构名称", "单位名称"))]
    short_name: Annotated[str, Field(max_length=60), Column(("简称",))] = ""
    kind: Annotated[OrganisationKind, Column(("机构类型",), Kind.WORD, ORGANISATION_KINDS)]
    parent_code: Annotated[str | None, Column(("上级机构编码",), Kind.CODE, stored="parent_id")] = (
        None
    )
    division_code: Annotated[
        str | None, Field(max_length=12), Column(("行政区划代码",), Kind.CODE)
    ] = None


class ProgrammeRow(LedgerRow):
    """预算项目."""

    SHEET: ClassVar[str] = "预算项目"
    code: Annotated[str, Field(max_length=60), Column(("项目编码", "项目代码"), Kind.CODE)]
    name: Annotated[str, Field(max_length=200), Column(("项目名称",))]
    fiscal_year: Annotated[int, Column(("预算年度", "年度"), Kind.YEAR)]
    lead: Annotated[str, Column(("牵头单位", "主管部门"), stored="lead_id")]
    initial_budget: Annotated[Decimal | None, _amount("年初预算数", "年初预算")] = None
    budget: Annotated[Decimal | None, _amount("全年预算数", "全年预算")] = None
    received: Annotated[Decimal | None, _amount("到位资金", "资金到位")] = None
    approval_document: Annotated[str, Field(max_length=200), Column(("批复文号", "指标文号"))] = ""


class ContractRow(LedgerRow):
    """合同台账; 已付 and 未付 are compared with the payments and not kept."""

    SHEET: ClassVar[str] = "合同台账"
    sequence: Annotated[int | None, Column(("序号",), Kind.COUNT, kept=False)] = None
    number: Annotated[str, Field(max_length=80), Column(("合同编号", "合同号"), Kind.CODE)]
    programme: Annotated[str, Column(("项目编码", "项目代码"), Kind.CODE, stored="programme_id")]
    purchaser: Annotated[
        str,
        Column(
            ("实施单位(甲方)", "实施单位", "甲方", "采购人", "购买主体", "采购单位"),
            stored="purchaser_id",
        ),
    ]
    payer: Annotated[str | None, Column(("付款单位",))] = None
    vendor: Annotated[
        str,
        Field(max_length=200),
        Column(("承接单位(乙方)", "承接单位", "乙方", "承接主体", "供应商"), stored="vendor_id"),
    ]
    name: Annotated[str, Field(max_length=200), Column(("项目名称", "合同名称"))]
    sectors: Annotated[str, Field(max_length=200), Column(("行业领域",))] = ""
    content: Annotated[str, Field(max_length=2000), Column(("服务内容",))] = ""
    signed_on: Annotated[date | None, _day("签订时间", "签订日期")] = None
    service_start: Annotated[date | None, _day("服务期限起", "服务开始日期")] = None
    service_end: Annotated[date | None, _day("服务期限止", "服务结束日期")] = None
    total: Annotated[Decimal | None, _amount("合同总额", "合同金额")] = None
    awarded_on: Annotated[date | None, _day("中标通知书日期", "中标日期")] = None
    procurement_method: Annotated[
        ProcurementMethod | None,
        Column(("采购方式",), Kind.WORD, {word: key for key, word in METHOD_NAMES.items()}),
    ] = None
    sme_at_signing: Annotated[bool | None, Column(("中小企业",), Kind.WORD, YES_NO)] = None
    performance_bond: Annotated[Decimal | None, _amount("履约保证金")] = None
    filed_on: Annotated[date | None, _day("备案日期", "备案时间")] = None
    filing_number: Annotated[str, Field(max_length=80), Column(("备案编号",))] = ""
    acceptance_days: Annotated[int | None, Field(ge=0, le=3660), _count("验收期限")] = None
    paid: Annotated[
        Decimal | None, Column(("已付", "已付金额", "支付金额"), Kind.AMOUNT, kept=False)
    ] = None
    unpaid: Annotated[Decimal | None, Column(("未付", "未付金额"), Kind.AMOUNT, kept=False)] = None


class RoundRow(LedgerRow):
    """服务轮次."""

    SHEET: ClassVar[str] = "服务轮次"
    contract: ContractNumber
    number: Annotated[Serial, _count("轮次")]
    rounds_covered: Annotated[Serial, _count("合并轮数")] = 1
    kind: Annotated[RoundKind, Column(("服务类型",), Kind.WORD, ROUND_KINDS)]
    started_on: Annotated[date | None, _day("开始日期", "开始时间")] = None
    ended_on: Annotated[date | None, _day("结束日期", "结束时间")] = None
    confirmed_on: Annotated[date | None, _day("确认日期", "确认时间")] = None
    enterprises: Annotated[int | None, _count("检查企业")] = None
    expert_visits: Annotated[int | None, _count("专家")] = None
    vehicle_trips: Annotated[int | None, _count("车辆")] = None
    equipment_sets: Annotated[int | None, _count("设备")] = None
    notices: Annotated[int | None, _count("整改通知书")] = None
    suggestions: Annotated[int | None, _count("建议")] = None
    hazards_found: Annotated[int | None, _count("隐患总数")] = None
    hazards_general: Annotated[int | None, _count("一般隐患")] = None
    hazards_major: Annotated[int | None, _count("重大隐患")] = None
    rectified: Annotated[int | None, _count("整改总数")] = None
    rectified_general: Annotated[int | None, _count("整改一般")] = None
    rectified_major: Annotated[int | None, _count("整改重大")] = None
    people_trained: Annotated[int | None, _count("培训")] = None
    enterprises_trained: Annotated[int | None, _count("培训企业")] = None
    officials_trained: Annotated[int | None, _count("培训干部")] = None
    title: Annotated[str, Field(max_length=200), Column(("主题",))] = ""
    content: Annotated[str, Field(max_length=1000), Column(("工作内容",))] = ""
    planned_number: Annotated[Serial | None, _count("计划轮次")] = None
    report_number: Annotated[str, Field(max_length=120), Column(("报告编号",))] = ""
    reported_on: Annotated[date | None, _day("报告日期")] = None


class PlanRow(LedgerRow):
    """实施方案."""

    SHEET: ClassVar[str] = "实施方案"
    contract: ContractNumber
    number: Annotated[Serial, _count("版本")]
    submitted_on: Annotated[date, _day("报送日期", "报送时间")]
    returned_on: Annotated[date | None, _day("退回日期", "退回时间")] = None
    approved_on: Annotated[date | None, _day("审定日期", "审定时间")] = None
    return_reason: Annotated[str, Field(max_length=500), Column(("退回原因",))] = ""
    title: Annotated[str, Field(max_length=200), Column(("方案名称",))] = ""
    document_number: Annotated[str, Field(max_length=120), Column(("文号",))] = ""
    headcount: Annotated[int | None, _count("投入人数")] = None
    method: Annotated[str, Field(max_length=1000), Column(("服务方式",))] = ""
    deliverables: Annotated[str, Field(max_length=1000), Column(("交付成果",))] = ""


class SupervisionRow(LedgerRow):
    """督促检查."""

    SHEET: ClassVar[str] = "督促检查"
    contract: ContractNumber
    checked_on: Annotated[date, _day("检查日期", "检查时间")]
    checked_by: Annotated[str, Column(("检查单位",), stored="organisation_id")]
    method: Annotated[str, Field(max_length=60), Column(("检查方式",))] = ""
    looked_at: Annotated[str, Field(max_length=1000), Column(("检查内容",))] = ""
    found: Annotated[str, Field(max_length=1000), Column(("发现问题",))] = ""
    asked_for: Annotated[str, Field(max_length=1000), Column(("整改要求",))] = ""
    answered: Annotated[str, Field(max_length=1000), Column(("答复情况",))] = ""


class ContradictionRow(LedgerRow):
    """核对记录: where the source says two things, and which one the ledger follows."""

    SHEET: ClassVar[str] = "核对记录"
    programme: Annotated[str, Column(("项目编码", "项目代码"), Kind.CODE, kept=False)]
    contract: Annotated[str | None, Column(("合同编号",), Kind.CODE, kept=False)] = None
    matter: Annotated[str, Field(max_length=60), Column(("事项",), kept=False)]
    first: Annotated[str, Field(max_length=300), Column(("说法一",), kept=False)]
    second: Annotated[str, Field(max_length=300), Column(("说法二",), kept=False)]
    adopted: Annotated[str, Field(max_length=300), Column(("本台账采用",), kept=False)]
