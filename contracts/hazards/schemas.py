"""What comes in and goes out of hazards, and what may be asked of their lists."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from contracts.hazards.models import HazardLevel, HazardStep
from contracts.hazards.words import HazardState, Holder
from contracts.schemas import ContractRef, Count, FactOut, OfContracts, Out
from kernel.entry_fields import OnDay
from kernel.fields import Day, SearchWords
from kernel.paging import RecordQuery


def _writable(text: str) -> str:
    """Lines are kept; other control characters are refused, as neither database takes them all."""
    if any(
        (ord(sign) < 32 and sign not in "\r\n\t") or 0xD800 <= ord(sign) < 0xE000 for sign in text
    ):
        raise ValueError("不能含控制字符")
    return text


Long = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_writable)]
Middle = Annotated[str, StringConstraints(max_length=300), AfterValidator(_writable)]
Short = Annotated[str, StringConstraints(max_length=120), AfterValidator(_writable)]
Number = Annotated[str, StringConstraints(max_length=60), AfterValidator(_writable)]
Category = Annotated[str, StringConstraints(max_length=100), AfterValidator(_writable)]


class In(BaseModel):
    """What comes in: nothing that is not known, no blanks around it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Assurances(In):
    """五落实 of a major hazard."""

    assured_duty: Middle = Field("", title="责任落实")
    assured_funds: Middle = Field("", title="资金落实")
    assured_time: Middle = Field("", title="时限落实")
    assured_measures: Middle = Field("", title="措施落实")
    assured_plan: Middle = Field("", title="预案落实")


class HazardText(Assurances):
    """What is written about a hazard, apart from the dates of its loop."""

    round_id: UUID | None = Field(None, title="服务轮次")
    enterprise_id: UUID | None = Field(None, title="企业")
    level: HazardLevel = Field(title="隐患等级")
    spot: Middle = Field("", title="隐患部位")
    description: Annotated[Long, StringConstraints(min_length=1)] = Field(title="隐患描述")
    category: Category = Field("", title="隐患类别")
    found_on: OnDay = Field(title="排查日期")
    found_by: Short = Field("", title="排查人")
    responsible: Short = Field("", title="整改责任人")
    measures: Long = Field("", title="治理措施")
    note: Long = Field("", title="备注")


class NewHazard(HazardText):
    """登记隐患。给出整改期限即视为已交办；一般隐患现场整改的，当场复查销号。"""

    contract_id: UUID = Field(title="合同")
    number: Number = Field("", title="隐患编号", description="同一合同内不重复；没有编号时不填")
    deadline: OnDay | None = Field(None, title="整改期限")
    on_the_spot: bool = Field(False, title="现场解决")
    not_a_twin: bool = Field(
        False, title="不是重复登记", description="与已登记的一条内容相同时，须确认不是同一条"
    )


class HazardEdit(HazardText):
    """修改隐患；交办、整改等日期随办理步骤变化，不在此修改。"""


class NewStep(Assurances):
    """办理一步。五落实在此填写的，一并记入隐患。"""

    kind: HazardStep = Field(title="步骤")
    day: OnDay = Field(title="日期")
    deadline: OnDay | None = Field(None, title="整改期限", description="交办、延期、退回整改须给出")
    who: Short = Field("", title="办理人")
    approved_by: Short = Field("", title="批准人", description="延期须经批准")
    document: Middle = Field("", title="文号", max_length=200)
    remark: Long = Field("", title="办理说明")


class NewCount(In):
    """登记隐患统计：截至某日的累计数。"""

    contract_id: UUID = Field(title="合同")
    round_id: UUID | None = Field(None, title="服务轮次", description="缺省为整份合同")
    counted_on: OnDay = Field(title="统计截至")
    level: HazardLevel | None = Field(None, title="隐患等级", description="缺省为一般与重大合计")
    hazards_found: Count | None = Field(None, title="发现隐患", le=10_000_000)
    rectified: Count | None = Field(None, title="已整改", le=10_000_000)
    on_the_spot: Count | None = Field(None, title="现场解决", le=10_000_000)
    source: Annotated[Middle, StringConstraints(max_length=200)] = Field("", title="出处")
    note: Long = Field("", title="备注")


class EnterpriseRef(Out):
    """企业的简要；已并入另一家的，给出登记时的那一家。"""

    id: UUID
    name: str


class HazardOut(FactOut):
    """隐患，以所问日期为准。"""

    id: UUID
    contract: ContractRef
    round_id: UUID | None
    enterprise: EnterpriseRef | None
    number: str
    level: HazardLevel
    state: HazardState
    holder: Holder = Field(description="现由谁办理")
    spot: str
    description: str
    category: str
    found_on: date
    found_by: str
    on_the_spot: bool | None
    assigned_on: date | None
    deadline: date | None
    responsible: str
    measures: str
    assured_duty: str
    assured_funds: str
    assured_time: str
    assured_measures: str
    assured_plan: str
    rectified_on: date | None
    rechecked_on: date | None
    rechecked_by: str
    verified_on: date | None
    verified_by: str
    verify_result: str


class StepOut(Out):
    """办理经过的一步；由台账日期得出的没有 id。"""

    id: UUID | None
    kind: HazardStep
    day: date
    who: str
    remark: str
    document: str
    approved_by: str
    deadline: date | None


class StepsOut(Out):
    """办理经过，最早的在前。"""

    items: list[StepOut]


class CountOut(FactOut):
    """一次隐患统计。"""

    id: UUID
    contract: ContractRef
    round_id: UUID | None
    counted_on: date
    level: HazardLevel | None
    hazards_found: int | None
    rectified: int | None
    on_the_spot: int | None


class RateRows(StrEnum):
    """合计，或按等级、合同、购买主体、承接主体、行业领域、企业。"""

    TOTAL = "total"
    LEVEL = "level"
    CONTRACT = "contract"
    PURCHASER = "purchaser"
    VENDOR = "vendor"
    SECTOR = "sector"
    ENTERPRISE = "enterprise"


class HazardOrder(StrEnum):
    """最近排查的在前，或整改期限早的在前。"""

    NEWEST = "newest"
    DEADLINE = "deadline"


class HazardsWanted(OfContracts):
    """Which hazards."""

    round: UUID | None = Field(None, description="服务轮次 id")
    enterprise: UUID | None = Field(None, description="企业 id，连同并入它的")
    vendor: UUID | None = Field(None, description="承接主体 id")
    level: HazardLevel | None = Field(None, description="隐患等级")
    state: HazardState | None = Field(None, description="状态")
    open: bool | None = Field(None, description="true：未销号的；false：已销号的")
    overdue: bool | None = Field(None, description="true：逾期的；false：没有逾期的")
    on_the_spot: bool | None = Field(None, description="是否现场解决")
    found_from: Day | None = Field(None, description="排查日期不早于")
    found_to: Day | None = Field(None, description="排查日期不晚于")
    q: SearchWords | None = Field(None, description="部位、描述或企业名称中的文字")
    order: HazardOrder = Field(HazardOrder.NEWEST, description="排序")


class CountsWanted(OfContracts):
    """Which counted reports."""

    round: UUID | None = Field(None, description="服务轮次 id")
    level: HazardLevel | None = Field(None, description="隐患等级")


class RatesWanted(RecordQuery):
    """Which board of rates."""

    by: RateRows = Field(RateRows.TOTAL, description="每一行是什么")
    contract: UUID | None = Field(None, description="合同 id")
    programme: UUID | None = Field(None, description="预算项目 id")
    vendor: UUID | None = Field(None, description="承接主体 id")


class RateOut(Out):
    """一行；无从得知的数为 null。率为百分数，一位小数。"""

    key: str | None = Field(description="机构、合同、企业等的 id，或等级、行业领域；合计为 null")
    name: str | None
    found: int = Field(description="发现隐患")
    items: int = Field(description="其中逐条登记")
    rectified: int | None = Field(description="已整改")
    rectified_of: int = Field(description="提供了整改数的隐患数")
    on_the_spot: int | None = Field(description="现场解决")
    on_the_spot_of: int = Field(description="提供了现场解决数的隐患数")
    overdue: int = Field(description="逐条登记中逾期的")
    verified: int = Field(description="逐条登记中已销号的")
    rectified_rate: Decimal | None = Field(description="整改率，%")
    on_the_spot_rate: Decimal | None = Field(description="现场解决率，%")
    overdue_rate: Decimal | None = Field(description="逾期率，%")
    verified_rate: Decimal | None = Field(description="销号率，%")


class RatesOut(Out):
    """所问日期的治理率。"""

    as_of: date
    items: list[RateOut]
