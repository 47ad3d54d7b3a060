"""The trail in the words that people read: actions, kinds of objects, columns and their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from sqlalchemy import Boolean

from kernel.columns import Percent, Points, UtcInstant, Yuan
from kernel.database import Base
from kernel.money import format_yuan, from_fen
from kernel.shares import from_scaled
from monitor import trail_records
from monitor.trail_columns import column_word
from monitor.trail_values import LISTS, values_of
from monitor.words import NOT_GIVEN

ACTIONS: Final[Mapping[str, str]] = {
    "insert": "新增",
    "update": "修改",
    "delete": "删除",
    "conflict": "外部插入遇到已有",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_in_blocked": "登录受限",
    "sign_in_refused": "拒绝登录",
    "sign_out": "退出登录",
    "sign_out_everywhere": "全部退出登录",
    "session_revoked": "结束会话",
    "password_changed": "更改密码",
    "password_reset": "重置密码",
    "password_set_by_link": "以链接设置密码",
    "second_factor_enrolled": "启用动态口令",
    "second_factor_given_up": "停用动态口令",
    "set_up": "首次设置",
    "read": "查阅",
    "resend": "重新发送",
    "export": "导出",
    "verify": "校验",
}
CHANGES: Final = frozenset({"insert", "update", "delete", "conflict"})
"""Actions on a row; all others are events that are told by their name alone."""

KINDS: Final[Mapping[str, str]] = {
    **trail_records.TITLES,
    "act": "审批事项",
    "address": "网络地址",
    "alert": "预警",
    "alert_episode": "预警经过",
    "alert_event": "预警变化",
    "api_token": "接口令牌",
    "api_token_use": "接口令牌的使用",
    "app_user": "用户",
    "announced_year": "节假日年度",
    "audit_entry": "审计记录",
    "channel": "消息渠道",
    "contract": "合同",
    "request_key": "提交编号",
    "contract_enterprise": "受检企业名单",
    "contract_amendment": "补充合同",
    "contract_party": "合同当事人",
    "contract_reach": "合同可见范围",
    "contract_share": "分担份额",
    "contract_step": "合同状态变更",
    "contract_total": "合同总额",
    "delivery": "消息投递",
    "delivery_attempt": "投递尝试",
    "enterprise": "企业",
    "document": "附件",
    "finding": "核验发现",
    "hazard": "隐患",
    "hazard_count": "隐患统计",
    "hazard_event": "隐患办理经过",
    "implementation_plan": "实施方案",
    "import_run": "导入",
    "import_worklist": "导入未收的行",
    "membership": "任职",
    "message": "消息",
    "milestone": "付款节点",
    "milestone_amount": "付款节点金额调整",
    "one_time_link": "一次性链接",
    "organisation": "机构",
    "organisation_ancestor": "机构层级",
    "organisation_version": "机构沿革",
    "payment": "支付",
    "penalty_hazard": "处罚所依据的隐患",
    "plan_standing": "方案状态",
    "planned_round": "计划轮次",
    "programme": "预算项目",
    "recovery_code": "恢复码",
    "round_equipment": "轮次的设备",
    "round_return": "轮次退回",
    "scan_run": "核查",
    "saved_view": "保存的视图",
    "second_factor": "动态口令",
    "round_enterprise": "轮次检查的企业",
    "security_policy": "安全策略",
    "service_round": "服务轮次",
    "settlement": "付款状态",
    "sign_in_session": "登录会话",
    "sign_in_throttle": "登录计数",
    "single_sign_on": "统一身份认证",
    "sso_identity": "统一身份认证账号",
    "sso_membership": "统一身份认证任职",
    "step_setting": "审批步骤设置",
    "stored_file": "文件内容",
    "supervision_record": "督促检查记录",
    "user_password": "密码",
    "vendor": "承接主体",
    "vendor_admission": "准入",
    "vendor_evaluation": "履约评价",
    "vendor_former_name": "曾用名",
    "vendor_merge": "承接主体合并",
    "vendor_qualification": "资质",
    "contract_resource": "约定的人员与设备",
    "evaluation_condition": "付款所待的履约评价",
    "qualification_requirement": "资质要求",
    "resource_presence": "到位情况",
    "survey": "满意度调查",
    "survey_question": "满意度调查题目",
    "working_day_override": "工作日调整",
}
_OF_THE_TRAIL: Final[Mapping[str, Mapping[str, str]]] = {"action": ACTIONS, "kind": KINDS}
"""What was filtered by, where somebody read the trail."""
_HOUSEKEEPING: Final = frozenset(
    {"id", "version", "recorded_at", "recorded_by", "request_key", "source_key", "subject_id"}
)
"""Columns that tell a reader nothing about a new row; a change of one is shown all the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """One column of an entry: its name, and what stood there before and after (None: nothing)."""

    name: str
    before: str | None
    after: str | None


def lines(
    object_kind: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    names: Mapping[str, str],
    zone: tzinfo,
) -> list[Line]:
    """What an entry tells, column by column; a whole row without what is empty in it.

    ``names`` are what keys mean, where that is known; instants are told in ``zone``.
    """
    old, new = before or {}, after or {}
    is_change = before is not None and after is not None
    columns = [*old, *(name for name in new if name not in old)]
    # Beside the name that a person had then, the key of the same person tells nothing.
    columns = [c for c in columns if not c.endswith("_by_id") or c[:-3] not in columns]
    if is_change and len(columns) > 1:
        columns = [c for c in columns if c != "version"]
    return [
        Line(
            column_word(object_kind, name) or name,
            _shown(object_kind, name, old[name], names, zone) if name in old else None,
            _shown(object_kind, name, new[name], names, zone) if name in new else None,
        )
        for name in columns
        if is_change
        or not (name in _HOUSEKEEPING or new.get(name, old.get(name)) in (None, "", []))
    ]


def _shown(object_kind: str, name: str, value: Any, names: Mapping[str, str], zone: tzinfo) -> str:
    if value in (None, "", [], {}):
        return NOT_GIVEN
    if isinstance(value, dict):
        told = [key for key, part in value.items() if _tells(key, part, names)]
        parts = [(key, _shown(object_kind, key, value[key], names, zone)) for key in told]
        return "，".join(f"{column_word(object_kind, key) or key}：{part}" for key, part in parts)
    if isinstance(value, list):
        items = LISTS.get(name, {})
        return "、".join(items.get(str(item), str(item)) for item in value)
    if name.endswith("_id"):
        known = names
    elif object_kind == "audit_entry":
        known = _OF_THE_TRAIL.get(name, {})
    else:
        known = values_of(object_kind, name)
    if not isinstance(value, bool) and str(value) in known:
        return known[str(value)]
    table = Base.metadata.tables.get(object_kind)
    kind = None if table is None or name not in table.c else table.c[name].type
    return _typed(kind, value, zone)


def _tells(name: str, value: Any, names: Mapping[str, str]) -> bool:
    """Whether a part of what was filled in says anything to a person."""
    return value not in (None, "", [], {}) and (not name.endswith("_id") or value in names)


def _typed(kind: object, value: Any, zone: tzinfo) -> str:
    """A plain value by the type of its column: the trail holds what the database holds."""
    if isinstance(kind, Boolean) or isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(kind, Yuan) and isinstance(value, int):
        return f"{format_yuan(from_fen(value))} 元"
    if isinstance(kind, Percent) and isinstance(value, int):
        return f"{from_scaled(value)}{'' if isinstance(kind, Points) else '%'}"
    if isinstance(kind, UtcInstant):
        return f"{_instant(str(value)).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return str(value)


def _instant(told: str) -> datetime:
    """As the databases write it: without a zone, or with one, UTC."""
    found = datetime.fromisoformat(told)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
