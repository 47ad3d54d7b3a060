"""Rows that say more of a contract or a round than one row can: shares, consortium, equipment, surveys."""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.hazards.models import HazardLevel
from contracts.hazards.words import LEVEL_NAMES
from contracts.life.models import MoneyLevel
from contracts.life.words import MONEY_LEVEL_NAMES
from contracts.workbook_rows import ContractNumber, Serial
from kernel.workbook_columns import Column, Kind, LedgerRow

_Count = Annotated[int | None, Field(ge=0, le=100_000_000)]


class ShareRow(LedgerRow):
    """合同分摊: one part of a contract's cost; all parts together are exactly 100 %."""

    SHEET: ClassVar[str] = "合同分摊"
    contract: ContractNumber
    purchaser: Annotated[str, Column(("实施单位", "购买主体"))]
    programme: Annotated[str, Column(("项目编码",), Kind.CODE)]
    share: Annotated[Decimal, Column(("比例",), Kind.PERCENT)]
    money_level: Annotated[
        MoneyLevel | None,
        Column(("资金来源",), Kind.WORD, {word: key for key, word in MONEY_LEVEL_NAMES.items()}),
    ] = None
    functional_code: Annotated[str | None, Column(("功能科目",), Kind.CODE)] = None
    economic_code: Annotated[str | None, Column(("经济科目",), Kind.CODE)] = None
    budget_document: Annotated[str, Field(max_length=200), Column(("指标文号",))] = ""


class MemberRow(LedgerRow):
    """联合体: one member of a consortium; the first row of a contract is the one that leads it."""

    SHEET: ClassVar[str] = "联合体"
    contract: ContractNumber
    vendor: Annotated[str, Field(max_length=200), Column(("承接单位", "成员单位"))]
    work_share: Annotated[Decimal | None, Column(("工作比例",), Kind.PERCENT)] = None


class EquipmentRow(LedgerRow):
    """设备分类: how many sets of one type of equipment a round checked."""

    SHEET: ClassVar[str] = "设备分类"
    contract: ContractNumber
    number: Annotated[Serial, Column(("轮次",), Kind.COUNT)]
    equipment: Annotated[str, Field(max_length=60), Column(("设备种类",))]
    sets: Annotated[int, Field(ge=0, le=100_000_000), Column(("台(套)", "台套"), Kind.COUNT)]


class HazardCountRow(LedgerRow):
    """隐患统计: found and rectified up to a day, of a round or, without 轮次, of the whole contract."""

    SHEET: ClassVar[str] = "隐患统计"
    contract: ContractNumber
    number: Annotated[Serial | None, Column(("轮次",), Kind.COUNT, kept=False)] = None
    counted_on: Annotated[date, Column(("统计日期", "截至日期"), Kind.DATE)]
    level: Annotated[
        HazardLevel | None,
        Column(("等级",), Kind.WORD, {word: key for key, word in LEVEL_NAMES.items()}),
    ] = None
    hazards_found: Annotated[_Count, Column(("发现隐患", "隐患总数"), Kind.COUNT)] = None
    rectified: Annotated[_Count, Column(("已整改", "整改总数"), Kind.COUNT)] = None
    on_the_spot: Annotated[_Count, Column(("现场解决",), Kind.COUNT)] = None


class SurveyRow(LedgerRow):
    """满意度调查: one question of a survey of a contract, or, without 合同编号, of a programme."""

    SHEET: ClassVar[str] = "满意度调查"
    contract: Annotated[str | None, Column(("合同编号",), Kind.CODE)] = None
    programme: Annotated[str | None, Column(("项目编码",), Kind.CODE)] = None
    title: Annotated[str, Field(max_length=200), Column(("标题",))]
    respondents: Annotated[str, Field(max_length=100), Column(("调查对象",))] = ""
    held_on: Annotated[date | None, Column(("调查日期",), Kind.DATE)] = None
    sent: Annotated[_Count, Column(("发放份数",), Kind.COUNT)] = None
    returned: Annotated[_Count, Column(("回收份数",), Kind.COUNT)] = None
    overall_rate: Annotated[Decimal | None, Column(("总体满意率",), Kind.PERCENT)] = None
    wording: Annotated[str, Field(max_length=300), Column(("题目",))]
    very_satisfied: Annotated[_Count, Column(("非常满意",), Kind.COUNT)] = None
    satisfied: Annotated[_Count, Column(("满意",), Kind.COUNT)] = None
    fairly_satisfied: Annotated[_Count, Column(("基本满意",), Kind.COUNT)] = None
    dissatisfied: Annotated[_Count, Column(("不太满意",), Kind.COUNT)] = None
    very_dissatisfied: Annotated[_Count, Column(("非常不满意",), Kind.COUNT)] = None
    stated_rate: Annotated[Decimal | None, Column(("满意率",), Kind.PERCENT)] = None
