"""What goes out of the steps, and what may be asked of their lists."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.schemas import ContractRef, OrganisationRef, Out
from contracts.steps.models import ActKind, ActState, Steps
from kernel.entry_fields import line
from kernel.money import Money
from kernel.paging import ListQuery, PagedQuery


class Turn(StrEnum):
    """What the asker may do with an act now: 审核, 批准, 退回, 撤回."""

    CHECK = "check"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"


class Whose(StrEnum):
    """待我办理, 我提出的, or all in sight."""

    TO_DO = "to_do"
    MINE = "mine"
    ALL = "all"


class ActOut(Out):
    """一件事项：提出的内容、所经步骤与现在的状态。"""

    id: UUID
    kind: ActKind
    contract: ContractRef
    organisation: OrganisationRef = Field(description="按谁的步骤办理：购买主体，付款时为付款单位")
    about: str = Field(description="事由：方案版本、轮次、支付节点或原支付")
    facts: dict[str, Any] = Field(description="提出的内容")
    amount: Money | None = Field(description="金额，元；不涉及金额时为 null")
    steps: Steps = Field(description="提出时适用的步骤")
    state: ActState
    entered_by: str
    entered_at: datetime
    checked_by: str = Field(description="审核人；没有审核时为空")
    checked_at: datetime | None
    approved_by: str = Field(description="批准人；没有批准时为空")
    approved_at: datetime | None
    closed_by: str = Field(description="退回人或撤回人；没有时为空")
    closed_at: datetime | None
    closed_reason: str = Field(description="退回或撤回的原因")
    result_id: UUID | None = Field(description="办结时记入台账的那一行")
    version: int = Field(description="版本号，每办理一步加一")


class ActSheet(ActOut):
    """一件事项，并说明询问者现在可以办理什么。"""

    turns: list[Turn] = Field(description="您现在可以办理的步骤")


class SettingOut(Out):
    """一项步骤设置。"""

    id: UUID
    organisation: OrganisationRef | None = Field(description="机构；null 为全系统")
    kind: ActKind
    from_amount: Money = Field(description="起始金额，元")
    steps: Steps
    valid_from: date
    reason: str
    recorded_at: datetime
    recorded_by: str
    version: int


class ActsWanted(PagedQuery):
    """Which acts."""

    as_of: None = Field(None, description="事项只有现在的状态，不能按日期查看")
    whose: Whose = Field(Whose.ALL, description="待我办理、我提出的，或全部")
    kind: ActKind | None = Field(None, description="事项种类")
    state: ActState | None = Field(None, description="状态")
    contract: UUID | None = Field(None, description="合同 id")


class SettingsWanted(ListQuery):
    """Which settings."""

    as_of: None = Field(None, description="设置只有现在的，不能按日期查看")
    organisation: UUID | None = Field(None, description="机构 id")


class StepBody(BaseModel):
    """办理一步。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1, le=2**31 - 1, description="所见的版本号；已变则 409")


class ReasonBody(StepBody):
    """退回或撤回。"""

    reason: line(500) = Field("", description="原因；退回时必须填写")  # type: ignore[valid-type]


class EndBody(StepBody):
    """停用一项步骤设置。"""

    reason: line(500, needed=True) = Field(description="原因，记入审计")  # type: ignore[valid-type]
