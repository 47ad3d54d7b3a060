"""What comes in and goes out of service rounds."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.entry_fields import (
    MOST,
    Number,
    OptionalCount,
    OptionalDay,
    OptionalSerial,
    Paragraph,
    Reason,
    Sentence,
    Serial,
    Title,
)
from contracts.rounds.rules import NAMES
from contracts.rounds.schedule import Pace
from contracts.schemas import ContractRef, Count, FactOut, Out, RoundState
from contracts.service_models import RoundKind
from kernel.entry_fields import OnDay

MOST_TYPES = 100
MOST_VISITS = 2000
EquipmentName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Counts(_In):
    """The dates and counts of a round; what is not known is left out."""

    title: Title = Field("", title=NAMES["title"])
    content: Paragraph = Field("", title=NAMES["content"])
    planned_number: OptionalSerial = Field(None, title=NAMES["planned_number"])
    ended_on: OptionalDay = Field(None, title=NAMES["ended_on"])
    reported_on: OptionalDay = Field(None, title=NAMES["reported_on"])
    report_number: Number = Field("", title=NAMES["report_number"])
    enterprises: OptionalCount = Field(None, title=NAMES["enterprises"])
    expert_visits: OptionalCount = Field(None, title=NAMES["expert_visits"])
    vehicle_trips: OptionalCount = Field(None, title=NAMES["vehicle_trips"])
    equipment_sets: OptionalCount = Field(None, title=NAMES["equipment_sets"])
    notices: OptionalCount = Field(None, title=NAMES["notices"])
    suggestions: OptionalCount = Field(None, title=NAMES["suggestions"])
    hazards_found: OptionalCount = Field(None, title=NAMES["hazards_found"])
    hazards_general: OptionalCount = Field(None, title=NAMES["hazards_general"])
    hazards_major: OptionalCount = Field(None, title=NAMES["hazards_major"])
    rectified: OptionalCount = Field(None, title=NAMES["rectified"])
    rectified_general: OptionalCount = Field(None, title=NAMES["rectified_general"])
    rectified_major: OptionalCount = Field(None, title=NAMES["rectified_major"])
    people_trained: OptionalCount = Field(None, title=NAMES["people_trained"])
    enterprises_trained: OptionalCount = Field(None, title=NAMES["enterprises_trained"])
    officials_trained: OptionalCount = Field(None, title=NAMES["officials_trained"])
    note: Paragraph = Field("", title=NAMES["note"])


class NewRound(_Counts):
    """登记已开始的一轮服务；轮次号自动编排，或由登记人指定。"""

    contract_id: UUID = Field(title="合同")
    number: OptionalSerial = Field(None, title="轮次")
    kind: RoundKind = Field(title=NAMES["kind"])
    rounds_covered: Serial = Field(1, title=NAMES["rounds_covered"])
    started_on: OnDay = Field(title=NAMES["started_on"])


class RoundEdit(_Counts):
    """更新轮次：只写要改的字段，写 null 即改为未提供。"""

    kind: RoundKind | None = Field(None, title=NAMES["kind"])
    rounds_covered: OptionalSerial = Field(None, title=NAMES["rounds_covered"])
    started_on: OptionalDay = Field(None, title=NAMES["started_on"])

    def given(self) -> dict[str, object]:
        """The fields that the caller wrote; kind and number of rounds cannot be emptied."""
        return {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name in self.model_fields_set
            and (name not in {"kind", "rounds_covered"} or getattr(self, name) is not None)
        }


class EquipmentIn(_In):
    """一种设备的台（套）数。"""

    equipment: EquipmentName = Field(title="设备种类")
    sets: int = Field(ge=0, le=MOST, title="台（套）数")


class EquipmentList(_In):
    """轮次检查的设备，按种类；替换原有的全部。"""

    items: tuple[EquipmentIn, ...] = Field(title="设备", max_length=MOST_TYPES)


class VisitIn(_In):
    """一家企业：检查日期、家次。"""

    enterprise_id: UUID = Field(title="企业")
    visited_on: OptionalDay = Field(None, title="检查日期")
    visits: int = Field(1, ge=1, le=9999, title="家次")


class VisitList(_In):
    """轮次检查的企业名单；替换原有的全部。"""

    items: tuple[VisitIn, ...] = Field(title="企业", max_length=MOST_VISITS)


class RoundReturnIn(_In):
    """退回轮次。"""

    returned_on: OnDay = Field(title="退回日期")
    return_reason: Reason = Field(title="退回原因")


class ResubmissionIn(_In):
    """承接方改正后重新报送。"""

    resubmitted_on: OnDay = Field(title="重新报送日期")
    answered: Sentence = Field("", title="答复")


class ZeroHazards(_In):
    """零隐患确认：本轮确未发现隐患。"""

    confirmed_on: OnDay = Field(title="确认日期")


class EquipmentOut(Out):
    """一种设备。"""

    equipment: str
    sets: Count


class VisitOut(Out):
    """一家企业在这一轮的检查。"""

    enterprise_id: UUID
    name: str = Field(description="名录中现在的名称")
    visited_on: date | None
    visits: int = Field(description="家次")


class ReturnOut(Out):
    """一次退回。"""

    id: UUID
    returned_on: date
    return_reason: str
    resubmitted_on: date | None
    answered: str


class RoundOut(FactOut):
    """服务轮次，以所问日期为准；未提供的数量为 null。"""

    id: UUID
    contract: ContractRef
    number: int
    rounds_covered: int = Field(description="合并登记的轮次数")
    kind: RoundKind
    state: RoundState
    title: str
    content: str
    planned_number: int | None = Field(description="对应的计划轮次；null 为同号的一轮")
    planned_from: date | None = Field(description="已审定方案的计划起")
    planned_to: date | None = Field(description="已审定方案的计划止")
    pace: Pace | None = Field(description="与计划窗口相比；没有计划时为 null")
    days_behind: int | None = Field(description="滞后天数，未滞后为 0；没有计划时为 null")
    started_on: date | None
    ended_on: date | None
    reported_on: date | None
    report_number: str
    confirmed_on: date | None
    zero_hazards_on: date | None = Field(description="零隐患确认日期")
    enterprises: Count | None = Field(description="检查企业家次")
    expert_visits: Count | None = Field(description="专家人次")
    vehicle_trips: Count | None = Field(description="车辆台次")
    equipment_sets: Count | None = Field(description="设备台(套)")
    notices: Count | None = Field(description="整改通知书")
    suggestions: Count | None = Field(description="建议")
    hazards_found: Count | None = Field(description="发现隐患")
    hazards_general: Count | None = Field(description="其中一般隐患")
    hazards_major: Count | None = Field(description="其中重大隐患")
    rectified: Count | None = Field(description="已整改")
    rectified_general: Count | None = Field(description="其中一般隐患")
    rectified_major: Count | None = Field(description="其中重大隐患")
    people_trained: Count | None = Field(description="培训人次")
    enterprises_trained: Count | None = Field(description="培训企业家次")
    officials_trained: Count | None = Field(description="培训机关干部人次")


class RoundSheet(RoundOut):
    """服务轮次及其设备、企业名单、退回经过。"""

    equipment: list[EquipmentOut]
    visited: list[VisitOut] = Field(description="检查的企业")
    returns: list[ReturnOut]


class ProgressLine(BaseModel):
    """计划的一轮与实际：没有计划的实际轮次，计划各项为 null。"""

    number: int
    kind: RoundKind
    window_from: date | None
    window_to: date | None
    state: RoundState
    pace: Pace | None
    days_behind: int | None
    behind_since: date | None
    round_id: UUID | None = Field(description="实际轮次的 id；未开始为 null")
    round_number: int | None
    started_on: date | None
    ended_on: date | None
    enterprises_planned: int | None
    enterprises: int | None
    in_plan: bool = Field(description="是否列入已审定方案")


class Progress(BaseModel):
    """合同的进度，以所问日期为准。"""

    plan_number: int | None = Field(description="据以衡量的方案版本；没有已审定的为 null")
    planned: int = Field(description="计划轮次数")
    done: int = Field(description="已完成的计划轮次数")
    behind: int = Field(description="滞后的计划轮次数，含逾期才完成的")
    rounds_held: int = Field(description="已结束的实际轮次数，合并登记的逐轮计")
    timely_rate: Decimal | None = Field(description="完成及时率，%；没有可判断的为 null")
    lines: list[ProgressLine]
