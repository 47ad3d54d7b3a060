"""What comes in and goes out of implementation plans."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.entry_fields import (
    Number,
    OptionalCount,
    OptionalDay,
    Paragraph,
    Reason,
    Sentence,
    Serial,
    Title,
)
from contracts.schemas import ContractRef, FactOut, Out
from contracts.service_models import PlanState, RoundKind
from kernel.entry_fields import OnDay

MOST_ROUNDS = 200


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlannedRoundIn(_In):
    """计划轮次。"""

    number: Serial = Field(title="轮次")
    kind: RoundKind = Field(title="种类")
    window_from: OptionalDay = Field(None, title="计划起")
    window_to: OptionalDay = Field(None, title="计划止")
    enterprises: OptionalCount = Field(None, title="计划检查企业（家次）")
    headcount: OptionalCount = Field(None, title="投入人数")
    deliverables: Sentence = Field("", title="交付成果")


PlannedRounds = Annotated[tuple[PlannedRoundIn, ...], Field(max_length=MOST_ROUNDS)]


class PlanText(_In):
    """What a version says of itself."""

    title: Title = Field("", title="方案名称")
    document_number: Number = Field("", title="文号")
    method: Paragraph = Field("", title="工作方式")
    deliverables: Paragraph = Field("", title="交付成果")
    headcount: OptionalCount = Field(None, title="投入人数")
    note: Paragraph = Field("", title="备注")


class NewPlan(PlanText):
    """登记承接方报送的一版实施方案；版本号自动编排。"""

    contract_id: UUID = Field(title="合同")
    submitted_on: OnDay = Field(title="报送日期")
    rounds: PlannedRounds = Field((), title="计划轮次")


class PlanEdit(PlanText):
    """修改待审核的一版：只写要改的字段；写 `rounds` 即以其替换全部计划轮次。"""

    submitted_on: OnDay | None = Field(None, title="报送日期")
    rounds: PlannedRounds | None = Field(None, title="计划轮次")

    def given(self) -> dict[str, object]:
        """The fields of the version itself that the caller wrote."""
        return {
            name: getattr(self, name)
            for name in self.model_fields_set
            if name != "rounds" and not (name == "submitted_on" and self.submitted_on is None)
        }


class PlanSubmission(_In):
    """以已退回或已审定的一版为底报送新版，内容和计划轮次照搬，再行修改。"""

    submitted_on: OnDay = Field(title="报送日期")
    document_number: Number = Field("", title="文号")
    note: Paragraph = Field("", title="备注")


class PlanReturn(_In):
    """退回承接方修改。"""

    returned_on: OnDay = Field(title="退回日期")
    return_reason: Reason = Field(title="退回原因")


class PlannedRoundOut(Out):
    """计划轮次。"""

    number: int
    kind: RoundKind
    window_from: date | None = Field(description="计划起")
    window_to: date | None = Field(description="计划止；次日起未完成即为滞后")
    enterprises: int | None = Field(description="计划检查企业家次")
    headcount: int | None = Field(description="投入人数")
    deliverables: str


class PlanOut(FactOut):
    """实施方案的一个版本，以所问日期为准：其后的退回、审定不显示。"""

    id: UUID
    contract: ContractRef
    number: int
    state: PlanState
    title: str
    document_number: str
    method: str = Field(description="工作方式")
    deliverables: str = Field(description="交付成果")
    headcount: int | None = Field(description="投入人数")
    submitted_on: date
    returned_on: date | None
    return_reason: str
    approved_on: date | None
    due_on: date | None = Field(description="应审定日：服务开始前一日；开始日期不详时为 null")
    days_late: int | None = Field(
        description="首次审定晚于应审定日的天数，未审定过的算到所问日期，按期为 0；另有版本先审定的为 null"
    )
    counts: bool = Field(description="所问日期据以衡量轮次的版本")


class PlanSheet(PlanOut):
    """实施方案的一个版本及其计划轮次。"""

    rounds: list[PlannedRoundOut]
