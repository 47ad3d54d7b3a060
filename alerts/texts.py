"""Alerts in Chinese words: names of rules and states, and one sentence for each change.

The sentence says what is wrong, since when, how much, whose it is and what to do, short enough
for a chat robot.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from alerts.models import AlertState, Change, EndReason, Severity
from kernel.money import format_wan, from_fen

RULE_NAMES: Final[Mapping[str, str]] = {
    "late_payment": "逾期付款",
    "payment_due": "即将到期",
    "missing_plan": "缺实施方案",
}
SEVERITY_NAMES: Final[Mapping[int, str]] = {
    Severity.INFO: "提示",
    Severity.MINOR: "一般",
    Severity.MAJOR: "较重",
    Severity.CRITICAL: "严重",
}
STATE_NAMES: Final[Mapping[AlertState, str]] = {
    AlertState.OPEN: "待签收",
    AlertState.RESOLVED: "已办结",
}
END_REASON_NAMES: Final[Mapping[EndReason, str]] = {
    EndReason.FULFILLED: "已履行",
    EndReason.LAPSED: "到期未履行",
    EndReason.CORRECTED: "台账更正",
}
CHANGE_NAMES: Final[Mapping[Change, str]] = {
    Change.OPENED: "开启",
    Change.RAISED: "升级",
    Change.LOWERED: "减轻",
    Change.REFRESHED: "更新",
    Change.SEEN: "延续",
    Change.RESOLVED: "办结",
}

Facts = Mapping[str, Any]

_AMOUNT_FIELDS: Final = frozenset({"amount_given", "share"})
_DATE_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "due_on": frozenset({"due_on_given", "triggered_on", "trigger_kind", "days_allowed"}),
    "service_start": frozenset({"service_start"}),
}
"""Which assumed fields of the ledger a date in a sentence rests on."""


@dataclass(frozen=True, slots=True)
class Names:
    """How a sentence calls the contract (民爆合同) and who answers for it (工信局)."""

    contract: str
    organisation: str


def contract_label(name: str, sectors: str) -> str:
    """The contract as people call it: by its sector where the ledger gives one."""
    return f"{sectors}合同" if sectors else f"“{name}”合同"


def rule_name(rule: str) -> str:
    """The rule in Chinese; a rule without a name here goes by its code."""
    return RULE_NAMES.get(rule, rule)


def days_counted(rule: str, facts: Facts, as_of: date) -> int | None:
    """Whole days late on ``as_of``, or for ``payment_due`` days left; ``None`` when undated.

    The first day is not counted (民法典 201): due yesterday is one day late.
    """
    due_on = _day(facts, "plan_due_on" if rule == "missing_plan" else "due_on")
    if due_on is None:
        return None
    days = (as_of - due_on).days
    return -days if rule == "payment_due" else days


def sentence(
    rule: str,
    change: Change,
    facts: Facts,
    since: date,
    as_of: date,
    names: Names,
    *,
    severity: int | None = None,
    end_reason: EndReason | None = None,
) -> str:
    """Say an alert's ``change`` as one sentence, with days counted on ``as_of``."""
    if change is Change.RESOLVED:
        return _resolved(rule, facts, as_of, names, end_reason)
    body = _BODIES.get(rule, _plain)(facts, since, as_of, names)
    raised = change is Change.RAISED and severity in SEVERITY_NAMES
    level = f"（升为{SEVERITY_NAMES[severity]}）" if raised and severity is not None else ""
    return f"【{rule_name(rule)}】{level}{body}"


def _late_payment(facts: Facts, since: date, as_of: date, names: Names) -> str:
    late = (as_of - since).days + 1
    return (
        f"{_what_is_due(facts, names)} {_when(facts, 'due_on', as_of)}到期，"
        f"逾期 {late} 天，{names.organisation}；请今日报支付或登记争议。"
    )


def _payment_due(facts: Facts, since: date, as_of: date, names: Names) -> str:
    _ = since
    left = days_counted("payment_due", facts, as_of)
    remaining = "今日到期" if left == 0 else f"还有 {left} 天"
    return (
        f"{_what_is_due(facts, names)} {_when(facts, 'due_on', as_of)}到期，"
        f"{remaining}，{names.organisation}；请备齐付款资料按期支付。"
    )


def _missing_plan(facts: Facts, since: date, as_of: date, names: Names) -> str:
    started = f"{names.contract} {_when(facts, 'service_start', as_of)}已开始服务"
    late = (as_of - since).days + 1
    if facts.get("plan_state") == "submitted":
        return f"{started}，方案已报送未审定，逾期 {late} 天，{names.organisation}；请 3 日内审定。"
    if facts.get("plan_state") == "returned":
        return (
            f"{started}，方案退回后未重报，逾期 {late} 天，"
            f"{names.organisation}；请催承接方 3 日内重报。"
        )
    return f"{started}，方案逾期 {late} 天，{names.organisation}；请催承接方 3 日内报送。"


def _plain(facts: Facts, since: date, as_of: date, names: Names) -> str:
    _ = facts
    days = (as_of - since).days + 1
    return f"{names.contract}自{_spoken(since, as_of)}起 {days} 天，{names.organisation}；请处理。"


def _resolved(
    rule: str, facts: Facts, as_of: date, names: Names, end_reason: EndReason | None
) -> str:
    subject = names.contract
    if "due_on" in facts:
        milestone = facts.get("milestone") or "款项"
        subject = f"{names.contract}{milestone} {_when(facts, 'due_on', as_of)}到期"
    elif "service_start" in facts:
        subject = f"{names.contract}实施方案"
    if end_reason is EndReason.LAPSED:
        return f"【已办结】{subject}，到期未履行，{names.organisation}；转为逾期，另行预警。"
    if end_reason is EndReason.CORRECTED:
        outcome = f"台账更正，“{rule_name(rule)}”不成立"
    else:
        outcome = f"“{rule_name(rule)}”已消除"
    return f"【已办结】{subject}，{outcome}，{names.organisation}；无需再处理。"


_BODIES: Final[Mapping[str, Callable[[Facts, date, date, Names], str]]] = {
    "late_payment": _late_payment,
    "payment_due": _payment_due,
    "missing_plan": _missing_plan,
}


def _what_is_due(facts: Facts, names: Names) -> str:
    fen = facts.get("unpaid_fen")
    mark = _mark(facts, _AMOUNT_FIELDS)
    amount = "金额未提供" if fen is None else f"{format_wan(from_fen(int(fen)))} 万元{mark}"
    return f"{names.contract}{facts.get('milestone') or '款项'} {amount}"


def _when(facts: Facts, field: str, as_of: date) -> str:
    day = _day(facts, field)
    if day is None:
        return "日期未提供，"
    return _spoken(day, as_of) + _mark(facts, _DATE_FIELDS[field])


def _mark(facts: Facts, fields: frozenset[str]) -> str:
    """What rests on a value that the source did not give says so."""
    return "（假定）" if fields.intersection(facts.get("assumed") or ()) else ""


def _day(facts: Facts, field: str) -> date | None:
    value = facts.get(field)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _spoken(day: date, as_of: date) -> str:
    """3月1日, with its year when that is not the year of ``as_of``."""
    year = "" if day.year == as_of.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"
