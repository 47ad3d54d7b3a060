"""States, kinds and fields in the words that people read on screen."""

from collections.abc import Mapping
from typing import Any, Final

from alerts.delivery_models import MessageState
from contracts.rounds.rules import NAMES
from contracts.schemas import RoundState
from contracts.service_models import COUNTS, PlanState, RoundKind
from kernel.money import format_yuan, from_fen
from payments.models import MilestoneKind, Trigger
from payments.schemas import MilestoneOut, MilestoneState

NOT_GIVEN: Final = "未提供"

PLAN_STATES: Final[Mapping[PlanState, str]] = {
    PlanState.MISSING: "未报送",
    PlanState.SUBMITTED: "待审核",
    PlanState.RETURNED: "已退回",
    PlanState.APPROVED: "已审定",
}
MILESTONE_STATES: Final[Mapping[MilestoneState, str]] = {
    MilestoneState.NOT_DUE: "未到条件",
    MilestoneState.PAYABLE: "待支付",
    MilestoneState.PARTLY_PAID: "部分支付",
    MilestoneState.PAID: "已支付",
    MilestoneState.OVERDUE: "逾期",
}
MESSAGE_STATES: Final[Mapping[MessageState, str]] = {
    MessageState.PENDING: "待发送",
    MessageState.DELIVERED: "已送达",
    MessageState.PARKED: "已搁置",
}
MILESTONE_KINDS: Final[Mapping[MilestoneKind, str]] = {
    MilestoneKind.FIRST: "首付款",
    MilestoneKind.PROGRESS: "进度款",
    MilestoneKind.FINAL: "尾款",
    MilestoneKind.INSTALMENT: "分期",
}
ROUND_STATES: Final[Mapping[RoundState, str]] = {
    RoundState.NOT_BEGUN: "未开始",
    RoundState.RUNNING: "进行中",
    RoundState.TO_CONFIRM: "待确认",
    RoundState.RETURNED: "已退回",
    RoundState.CONFIRMED: "已确认",
    RoundState.UNKNOWN: NOT_GIVEN,
}
ROUND_KINDS: Final[Mapping[RoundKind, str]] = {
    RoundKind.HAZARD_INSPECTION: "隐患排查",
    RoundKind.SPECIAL_INSPECTION: "专项检查",
    RoundKind.GENERAL_INSPECTION: "综合检查",
    RoundKind.TECHNICAL_GUIDANCE: "技术指导",
    RoundKind.RECHECK: "复查",
    RoundKind.RESUMPTION_REVIEW: "复工复产审查",
    RoundKind.ACCIDENT_SUPPORT: "事故调查支持",
    RoundKind.DRILL: "演练",
    RoundKind.TRAINING: "培训",
    RoundKind.PUBLICITY: "宣传",
}
ROUND_COUNTS: Final[Mapping[str, str]] = {name: NAMES[name] for name in COUNTS}
_SERVICE: Final[Mapping[str, str]] = {
    "": "—",
    "operator": "本机操作员",
    "demo": "演示数据",
    "anonymous": "未登录",
    "system:sign-in": "登录服务",
    "system:scan": "定时核查",
    "system:delivery": "消息投递",
    "system:seal": "审计封印",
}


def service_name(actor: str) -> str:
    """Who recorded something, where that is no person; an account's name as it is."""
    return _SERVICE.get(actor, actor)


FIELDS: Final[Mapping[str, str]] = {
    "amount": "金额",
    "approved_on": "审定日期",
    "amount_given": "金额",
    "budget": "全年预算数",
    "code": "编码",
    "confirmed_on": "确认日期",
    "days_allowed": "付款期限",
    "due_on_given": "应付日",
    "ended_on": "结束日期",
    "initial_budget": "年初预算数",
    "kind": "类型",
    "milestone_id": "对应付款节点",
    "name": "名称",
    "number": "编号",
    "overdue": "逾期未付",
    "paid": "已付",
    "paid_on": "支付时间",
    "reason": "付款事由",
    "resolution": "会议纪要",
    "rounds_covered": "合并轮数",
    "service_end": "服务期限止",
    "service_start": "服务期限起",
    "share": "比例",
    "signed_on": "签订时间",
    "started_on": "开始日期",
    "submitted_on": "报送日期",
    "total": "合同总额",
    "trigger_kind": "付款条件",
    "trigger_round": "条件轮次",
    "unpaid": "未付",
    "voucher": "支付凭证号",
}
DECISIVE: Final = frozenset(
    {
        "amount_given",
        "days_allowed",
        "due_on_given",
        "service_start",
        "share",
        "trigger_kind",
        "trigger_round",
    }
)
"""Assumed fields on which it depends whether and since when an alert holds."""

_TRIGGERS: Final[Mapping[Trigger, str]] = {
    Trigger.SIGNING: "合同签订",
    Trigger.PLAN_APPROVED: "实施方案审定",
    Trigger.ACCEPTANCE: "验收合格",
    Trigger.INVOICE: "收到发票",
    Trigger.DATE: "约定日期",
}
_FACTS: Final[Mapping[str, str]] = {
    "milestone": "付款节点",
    "milestone_number": "节点序号",
    "due_on": "应付日",
    "amount_fen": "应付金额（元）",
    "paid_fen": "已付（元）",
    "unpaid_fen": "未付（元）",
    "service_start": "服务开始",
    "plan_due_on": "方案应报送日（服务开始前一日）",
    "plan_state": "方案状态",
}


def condition(milestone: MilestoneOut) -> str:
    """What makes a milestone payable and by when: 第 3 轮服务确认后 30 天内."""
    if milestone.trigger_kind is Trigger.DATE:
        return "到约定的应付日"
    what = _TRIGGERS.get(milestone.trigger_kind) or f"第 {milestone.trigger_round} 轮服务确认"
    days = milestone.days_allowed
    return f"{what}后" if days is None else f"{what}后 {days} 天内"


def fact_rows(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An alert's facts as label and value, in the order a reader asks for them."""
    known = [name for name in _FACTS if name in facts]
    others = [name for name in facts if name not in _FACTS]
    return [
        (_FACTS.get(name, name), _fact(name, facts[name]))
        for name in [*known, *others]
        if name != "assumed"
    ]


def decisive(facts: Mapping[str, Any]) -> list[str]:
    """The assumed fields on which an alert rests; a code or a name decides nothing."""
    return [field for field in facts.get("assumed", ()) if field in DECISIVE]


def field_names(fields: list[str]) -> str:
    """Names of assumed fields: 签订时间、服务期限起."""
    return "、".join(FIELDS.get(field, field) for field in fields)


def _fact(name: str, value: Any) -> str:
    if value is None:
        return NOT_GIVEN
    if name.endswith("_fen"):
        return format_yuan(from_fen(int(value)))
    if name == "plan_state":
        return PLAN_STATES[PlanState(value)]
    return str(value)
