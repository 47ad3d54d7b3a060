"""隐患排查治理台账 and 企业名录 as departments and vendors keep them (domain 9)."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.hazards.models import HazardLevel
from contracts.workbook_rows import ContractNumber
from kernel.workbook_columns import Column, Kind, LedgerRow

LEVELS = {
    "一般": HazardLevel.GENERAL,
    "重大": HazardLevel.MAJOR,
    "一般隐患": HazardLevel.GENERAL,
    "重大隐患": HazardLevel.MAJOR,
}
YES_NO = {"是": True, "否": False}
PASSED = ("合格", "通过", "已整改", "已销号", "销号", "整改合格", "复查合格", "整改完成", "已完成")
"""复查结果 that closes a hazard where the ledger has no 销号时间 of its own."""


def _day(*headings: str) -> Column:
    return Column(headings, Kind.DATE)


class HazardRow(LedgerRow):
    """隐患排查治理台账: one row a hazard."""

    SHEET: ClassVar[str] = "隐患排查治理台账"
    contract: ContractNumber
    number: Annotated[str, Field(max_length=60), Column(("序号", "隐患编号"), Kind.CODE)] = ""
    found_on: Annotated[
        date, _day("排查时间", "排查日期", "检查时间", "检查日期", "发现时间", "发现日期")
    ]
    round: Annotated[int | None, Field(ge=1), Column(("轮次",), Kind.COUNT, stored="round_id")] = (
        None
    )
    found_by: Annotated[str, Field(max_length=120), Column(("排查人", "检查人"))] = ""
    enterprise: Annotated[
        str,
        Field(max_length=200),
        Column(
            ("企业", "企业名称", "受检企业", "被检查单位", "被检查企业"), stored="enterprise_id"
        ),
    ] = ""
    spot: Annotated[str, Field(max_length=300), Column(("隐患部位", "部位"))] = ""
    description: Annotated[
        str, Field(max_length=1000), Column(("隐患描述", "隐患内容", "问题描述", "存在问题"))
    ]
    category: Annotated[str, Field(max_length=100), Column(("隐患类别", "类别"))] = ""
    level: Annotated[HazardLevel, Column(("等级", "隐患等级", "隐患级别"), Kind.WORD, LEVELS)]
    measures: Annotated[str, Field(max_length=1000), Column(("治理措施", "整改措施"))] = ""
    on_the_spot: Annotated[bool | None, Column(("现场解决", "现场整改"), Kind.WORD, YES_NO)] = None
    assigned_on: Annotated[date | None, _day("交办时间", "交办日期")] = None
    deadline: Annotated[date | None, _day("整改期限", "整改时限")] = None
    responsible: Annotated[str, Field(max_length=120), Column(("责任人", "整改责任人"))] = ""
    assured_duty: Annotated[str, Field(max_length=300), Column(("责任落实",))] = ""
    assured_funds: Annotated[str, Field(max_length=300), Column(("资金落实",))] = ""
    assured_time: Annotated[str, Field(max_length=300), Column(("时限落实",))] = ""
    assured_measures: Annotated[str, Field(max_length=300), Column(("措施落实",))] = ""
    assured_plan: Annotated[str, Field(max_length=300), Column(("预案落实",))] = ""
    rectified_on: Annotated[date | None, _day("整改完成时间", "整改时间", "整改完成日期")] = None
    rechecked_on: Annotated[date | None, _day("复查时间", "复查日期")] = None
    rechecked_by: Annotated[str, Field(max_length=120), Column(("复查人",))] = ""
    verify_result: Annotated[str, Field(max_length=300), Column(("复查结果", "复查意见"))] = ""
    verified_on: Annotated[date | None, _day("销号时间", "销号日期")] = None
    verified_by: Annotated[str, Field(max_length=120), Column(("销号人",))] = ""


class EnterpriseRow(LedgerRow):
    """企业名录; with 合同编号 the enterprise is on that contract's list 受检企业名单."""

    SHEET: ClassVar[str] = "企业名录"
    contract: Annotated[
        str, Field(max_length=80), Column(("合同编号", "合同号"), Kind.CODE, kept=False)
    ] = ""
    name: Annotated[str, Field(max_length=200), Column(("企业名称", "企业", "单位名称"))]
    credit_code: Annotated[str | None, Column(("统一社会信用代码", "信用代码"), Kind.CODE)] = None
    division_code: Annotated[
        str | None, Field(max_length=12), Column(("行政区划代码",), Kind.CODE)
    ] = None
    sector: Annotated[str, Field(max_length=100), Column(("行业领域", "行业"))] = ""
    located_at: Annotated[str, Field(max_length=300), Column(("地址", "企业地址"))] = ""
