"""What comes in to write a contract's life: a new contract, an edit, a state, shares, members."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from contracts.life.models import ContractState, MoneyLevel
from contracts.models import ProcurementMethod, RatePeriod
from kernel.entry_fields import OnDay, YuanFrom, line
from kernel.shares import PLACES, WHOLE

MOST_SHARES = 50
MOST_MEMBERS = 20


def _none_if_empty(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _percent(value: object) -> object:
    plain = str(value).replace("%", "").replace("％", "").strip()
    try:
        percent = Decimal(plain) if len(plain) <= 20 and not isinstance(value, bool) else None
    except ArithmeticError:
        percent = None
    if percent is None or not percent.is_finite() or not 0 <= percent <= WHOLE:
        raise ValueError("应为 0 至 100 的百分数，例如 62.5")
    if percent != percent.quantize(Decimal(1).scaleb(-PLACES)):
        raise ValueError(f"小数最多 {PLACES} 位")
    return percent


def _digits(pattern: str, message: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value and not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(message)
        return value

    return check


EMPTY = BeforeValidator(_none_if_empty)
"""An empty field of a form is nothing given."""
_PERCENT_SCHEMA = {"type": "string", "pattern": r"^\d{1,2}(\.\d{1,6})?$", "examples": ["62.5"]}
_FUNCTIONAL = r"\d{3}(\d{2}(\d{2})?)?"
_ECONOMIC = r"\d{3}(\d{2})?"
PercentIn = Annotated[
    Decimal,
    BeforeValidator(_percent),
    PlainSerializer(lambda percent: f"{percent:f}", return_type=str),
    WithJsonSchema(_PERCENT_SCHEMA),
]
"""A percent as typed, exact."""
OptionalDay = Annotated[OnDay | None, EMPTY]
OptionalYuan = Annotated[YuanFrom | None, EMPTY]
OptionalPercent = Annotated[PercentIn | None, EMPTY]
OptionalKey = Annotated[UUID | None, EMPTY]
OptionalDays = Annotated[Annotated[int, Field(ge=0, le=3660)] | None, EMPTY]
OptionalBool = Annotated[bool | None, EMPTY]
FunctionalCode = Annotated[
    str,
    AfterValidator(_digits(_FUNCTIONAL, "应为 3、5 或 7 位数字，例如 2240150")),
    WithJsonSchema({"type": "string", "pattern": f"^({_FUNCTIONAL})?$"}),
]
EconomicCode = Annotated[
    str,
    AfterValidator(_digits(_ECONOMIC, "应为 3 或 5 位数字，例如 30227")),
    WithJsonSchema({"type": "string", "pattern": f"^({_ECONOMIC})?$"}),
]
Number: Any = line(80, needed=True)
Name: Any = line(200, needed=True)
Text80: Any = line(80)
Text200: Any = line(200)
Text1000: Any = line(1000)
Text2000: Any = line(2000)


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Terms(_In):
    """What a contract says, apart from who makes it and for how much."""

    sectors: Text200 = Field("", description="行业领域，几个用顿号分开")
    content: Text2000 = Field("", description="服务内容")
    awarded_on: OptionalDay = Field(None, description="中标（成交）通知书日期")
    procurement_method: Annotated[ProcurementMethod | None, EMPTY] = Field(
        None, description="采购方式"
    )
    service_start: OptionalDay = Field(None, description="服务期限起")
    service_end: OptionalDay = Field(None, description="服务期限止")
    sme_at_signing: OptionalBool = Field(None, description="签订时承接主体是否为中小企业")
    performance_bond: OptionalYuan = Field(
        None, description="履约保证金，元，不超过合同总额的 10 %（实施条例 48）"
    )
    late_interest_rate: OptionalPercent = Field(None, description="约定的逾期利率，%")
    late_interest_per: Annotated[RatePeriod | None, EMPTY] = Field(
        None, description="逾期利率按日或按年"
    )
    acceptance_days: OptionalDays = Field(None, description="约定的验收期限，天")
    filed_on: OptionalDay = Field(None, description="向财政部门备案的日期")
    filing_number: Text80 = Field("", description="备案编号")
    note: Text1000 = Field("", description="备注")


class NewContract(_Terms):
    """新增合同：从草稿（已有中标通知书的从待签）开始。"""

    number: Number = Field(description="合同编号，同一购买主体内不可重复")
    name: Name = Field(description="合同名称")
    purchaser_id: UUID = Field(description="购买主体 id")
    payer_id: OptionalKey = Field(None, description="付款单位 id；为 null 时由购买主体付款")
    vendor_id: UUID = Field(description="承接主体 id；联合体为牵头人")
    programme_id: UUID = Field(description="预算项目 id")
    total: OptionalYuan = Field(None, description="合同总额，元；尚未确定时为 null")


class ContractEdit(_Terms):
    """修改合同：只写要改的字段；签订后总额和服务期限止只能用补充合同变更。"""

    number: Annotated[Number | None, Field()] = Field(None, description="合同编号")
    name: Annotated[Name | None, Field()] = Field(None, description="合同名称")
    vendor_id: OptionalKey = Field(None, description="承接主体 id；联合体为牵头人")
    total: OptionalYuan = Field(None, description="合同总额，元")

    def given(self) -> dict[str, Any]:
        """The fields that the caller wrote; number, name and vendor cannot be emptied."""
        kept = ("number", "name", "vendor_id")
        return {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name in self.model_fields_set and not (name in kept and getattr(self, name) is None)
        }


class StateIn(_In):
    """变更合同状态。"""

    state: ContractState = Field(description="变为什么状态")
    since: OnDay = Field(description="自哪天起，不晚于业务日期；签订时即签订日期")
    document: Text200 = Field("", description="依据文件的名称与文号")
    why: Text1000 = Field("", description="原因；暂停、终止和退回前一状态时必须填写")


class ShareIn(_In):
    """一份分担：哪个购买主体、哪个预算项目、什么资金来源、多大比例。"""

    purchaser_id: UUID = Field(description="购买主体 id")
    programme_id: UUID = Field(description="预算项目 id")
    share: PercentIn = Field(description="比例，%，各份合计恰为 100")
    money_level: Annotated[MoneyLevel | None, EMPTY] = Field(None, description="资金来源")
    functional_code: FunctionalCode = Field("", description="功能科目，例如 2240150")
    economic_code: EconomicCode = Field("", description="经济科目，例如 30227")
    budget_document: Text200 = Field("", description="指标文号")


class SharesIn(_In):
    """全部分担份额，代替原有的。"""

    shares: list[ShareIn] = Field(min_length=1, max_length=MOST_SHARES)


class MemberIn(_In):
    """联合体的一个成员。"""

    vendor_id: UUID = Field(description="承接主体 id")
    work_share: OptionalPercent = Field(None, description="承担工作的比例，%；未约定为 null")


class MembersIn(_In):
    """承接主体：第一个为联合体牵头人，只有一个时不是联合体。"""

    members: list[MemberIn] = Field(min_length=1, max_length=MOST_MEMBERS)
