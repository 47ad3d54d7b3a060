"""Kinds, states and steps in the words that people read."""

from collections.abc import Mapping
from typing import Any, Final

from contracts.steps.facts import Decision
from contracts.steps.models import ActKind, ActState, Steps

KIND_NAMES: Final[Mapping[ActKind, str]] = {
    ActKind.PLAN_DECISION: "审定方案",
    ActKind.ROUND_CONFIRMATION: "确认轮次",
    ActKind.PAYMENT: "登记付款",
    ActKind.PAYMENT_REVERSAL: "冲正付款",
}
STATE_NAMES: Final[Mapping[ActState, str]] = {
    ActState.TO_CHECK: "待审核",
    ActState.TO_APPROVE: "待批准",
    ActState.DONE: "已完成",
    ActState.RETURNED: "已退回",
    ActState.WITHDRAWN: "已撤回",
}
STATE_LOOKS: Final[Mapping[ActState, str]] = {
    ActState.TO_CHECK: "waiting",
    ActState.TO_APPROVE: "waiting",
    ActState.DONE: "done",
    ActState.RETURNED: "major",
    ActState.WITHDRAWN: "quiet",
}
STEPS_NAMES: Final[Mapping[Steps, str]] = {
    Steps.CLERK_CHECKER_HEAD: "经办 → 审核 → 负责人",
    Steps.CLERK_HEAD: "经办 → 负责人",
    Steps.CLERK: "经办一人（已取消审批步骤）",
}
_FACT_NAMES: Final[Mapping[str, str]] = {
    "decision": "决定",
    "decided_on": "日期",
    "reasons": "意见",
    "confirmed_on": "确认日期",
    "note": "说明",
    "paid_on": "支付日期",
    "voucher": "支付凭证号",
    "payee": "收款单位",
    "resolution": "党组会议纪要",
    "reason": "事由",
}
_DECISIONS: Final[Mapping[str, str]] = {Decision.APPROVED: "审定", Decision.RETURNED: "退回承接方"}


def fact_rows(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was entered, as label and value; ids and the amount are shown elsewhere."""
    return [
        (label, _DECISIONS.get(facts[name], facts[name]) or "—")
        for name, label in _FACT_NAMES.items()
        if name in facts
    ]
