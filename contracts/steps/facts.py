"""What is stated when an act is entered: one model a kind, told apart by ``kind``.

Payments are stated here too, because their steps are those of every act; the payment ledger, a
floor above, judges and writes them.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    TypeAdapter,
)

from contracts.steps.models import Act, ActKind
from kernel.entry_fields import YuanPaid, line
from kernel.fields import Day


class Decision(StrEnum):
    """审定 or 退回."""

    APPROVED = "approved"
    RETURNED = "returned"


class Entry(BaseModel):
    """An act as it is entered, for one contract."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contract_id: UUID = Field(description="合同 id")


class PlanDecision(Entry):
    """审定方案：一个版本审定或退回。"""

    kind: Literal[ActKind.PLAN_DECISION] = ActKind.PLAN_DECISION
    plan_id: UUID = Field(description="实施方案版本 id")
    decision: Decision = Field(description="审定或退回")
    decided_on: Day = Field(description="审定或退回的日期")
    reasons: line(500) = Field("", description="意见；退回时必须填写")  # type: ignore[valid-type]


class RoundConfirmation(Entry):
    """确认轮次。"""

    kind: Literal[ActKind.ROUND_CONFIRMATION] = ActKind.ROUND_CONFIRMATION
    round_id: UUID = Field(description="服务轮次 id")
    confirmed_on: Day = Field(description="确认日期")
    note: line(500) = Field("", description="说明")  # type: ignore[valid-type]


class PaymentEntry(Entry):
    """登记付款。"""

    kind: Literal[ActKind.PAYMENT] = ActKind.PAYMENT
    milestone_id: UUID = Field(description="支付节点 id")
    amount: YuanPaid = Field(description="金额，元")
    paid_on: Day = Field(description="支付日期")
    voucher: line(80, needed=True) = Field(description="支付凭证号")  # type: ignore[valid-type]
    payee: line(200, needed=True) = Field(description="收款单位")  # type: ignore[valid-type]
    resolution: line(200) = Field("", description="党组会议纪要文号")  # type: ignore[valid-type]
    reason: line(200) = Field("", description="付款事由")  # type: ignore[valid-type]


class PaymentReversal(Entry):
    """冲正付款：原支付保留，另记一笔同日的负数。"""

    kind: Literal[ActKind.PAYMENT_REVERSAL] = ActKind.PAYMENT_REVERSAL
    payment_id: UUID = Field(description="被冲正的支付 id")
    reason: line(200, needed=True) = Field(description="冲正原因，记入审计")  # type: ignore[valid-type]


AnyEntry = PlanDecision | RoundConfirmation | PaymentEntry | PaymentReversal
ENTRIES: dict[ActKind, type[AnyEntry]] = {
    ActKind.PLAN_DECISION: PlanDecision,
    ActKind.ROUND_CONFIRMATION: RoundConfirmation,
    ActKind.PAYMENT: PaymentEntry,
    ActKind.PAYMENT_REVERSAL: PaymentReversal,
}


class ActBody(RootModel[Annotated[AnyEntry, Field(discriminator="kind")]]):
    """提出的事项，由 `kind` 区分。"""


_ENTRY: TypeAdapter[AnyEntry] = TypeAdapter(Annotated[AnyEntry, Field(discriminator="kind")])


def stated(act: Act) -> AnyEntry:
    """What was stated when the act was entered."""
    return _ENTRY.validate_python(
        {**act.facts, "kind": act.kind.value, "contract_id": act.contract_id}
    )


def facts_of(entry: AnyEntry) -> dict[str, Any]:
    """What the act keeps of it beside its kind and its contract."""
    return entry.model_dump(mode="json", exclude={"kind", "contract_id"})


def why(entry: AnyEntry) -> str:
    """Why it is asked for, as the trail gets it; empty where nothing was said."""
    match entry:
        case PlanDecision():
            return str(entry.reasons)
        case RoundConfirmation():
            return str(entry.note)
        case PaymentEntry() | PaymentReversal():
            return str(entry.reason)


def subject_of(entry: AnyEntry) -> UUID:
    """Which record the act is about."""
    match entry:
        case PlanDecision():
            return entry.plan_id
        case RoundConfirmation():
            return entry.round_id
        case PaymentEntry():
            return entry.milestone_id
        case PaymentReversal():
            return entry.payment_id
