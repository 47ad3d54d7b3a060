"""The trail in the words that people read: actions, kinds of objects, columns and their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Boolean

from contracts.organisations.words import KIND_NAMES
from kernel.access.roles import ROLES
from kernel.columns import Percent, UtcInstant, Yuan
from kernel.database import Base
from kernel.money import format_yuan, from_fen
from kernel.shares import from_scaled
from monitor.words import FIELDS, MILESTONE_KINDS, NOT_GIVEN, ROUND_COUNTS, ROUND_KINDS

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
    "act": "审批事项",
    "alert": "预警",
    "api_token": "接口令牌",
    "app_user": "用户",
    "announced_year": "节假日年度",
    "audit_entry": "审计记录",
    "channel": "消息渠道",
    "contract": "合同",
    "contract_party": "合同当事人",
    "contract_total": "合同总额",
    "implementation_plan": "实施方案",
    "membership": "任职",
    "message": "消息",
    "milestone": "付款节点",
    "one_time_link": "一次性链接",
    "organisation": "机构",
    "organisation_version": "机构沿革",
    "payment": "支付",
    "plan_standing": "方案状态",
    "programme": "预算项目",
    "recovery_code": "恢复码",
    "second_factor": "动态口令",
    "security_policy": "安全策略",
    "service_round": "服务轮次",
    "settlement": "付款状态",
    "sign_in_session": "登录会话",
    "sso_identity": "单点登录身份",
    "sso_membership": "单点登录任职",
    "step_setting": "审批步骤设置",
    "supervision_record": "督促检查记录",
    "user_password": "密码",
    "vendor": "承接主体",
    "working_day_override": "工作日调整",
}
_COLUMNS: Final[Mapping[str, str]] = {
    **FIELDS,
    **ROUND_COUNTS,
    "action": "动作",
    "approval_document": "批准文号",
    "by": "方式",
    "content": "服务内容",
    "contract": "合同",
    "credit_code": "统一社会信用代码",
    "division_code": "行政区划代码",
    "due_on": "应付日",
    "entered_by": "经办人",
    "fiscal_year": "年度",
    "lead_id": "牵头单位",
    "payee": "收款单位",
    "person": "人员",
    "programme_id": "预算项目",
    "purchaser_id": "购买主体",
    "received": "到位资金",
    "returned_on": "退回日期",
    "reversed": "已冲正",
    "reverses_id": "冲正的支付",
    "sectors": "行业领域",
    "state": "状态",
    "steps": "步骤",
    "triggered_on": "条件达成日期",
    "assumed": "假定的项",
    "contract_id": "合同",
    "disabled_at": "停用时间",
    "disabled_reason": "停用原因",
    "ended_at": "结束时间",
    "expires_on": "到期日",
    "faults": "发现的问题数",
    "format": "格式",
    "login": "登录名",
    "note": "备注",
    "object": "对象编号",
    "organisation_id": "机构",
    "parent_id": "上级机构",
    "recorded_at": "登记时间",
    "recorded_by": "登记人",
    "role": "角色",
    "sealed": "已封印条数",
    "secret": "密钥",
    "sessions": "会话数",
    "sessions_ended": "结束的会话数",
    "short_name": "简称",
    "since": "从",
    "source": "来源",
    "superseded_at": "被更正时间",
    "until": "至",
    "url": "地址",
    "user_id": "用户",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
    "vendor_id": "承接主体",
    "version": "版本",
}
_KIND_NAMES = {kind.value: word for kind, word in KIND_NAMES.items()}
_ROLE_NAMES = {role.value: rule.name for role, rule in ROLES.items()}
_VALUES: Final[Mapping[tuple[str, str], Mapping[str, str]]] = {
    ("audit_entry", "action"): ACTIONS,
    ("audit_entry", "kind"): KINDS,
    ("membership", "role"): _ROLE_NAMES,
    ("contract_party", "role"): {
        "purchaser": "购买主体", "payer": "付款单位", "lead": "牵头单位", "vendor": "承接主体",
    },
    ("service_round", "kind"): {kind.value: word for kind, word in ROUND_KINDS.items()},
    ("milestone", "kind"): {kind.value: word for kind, word in MILESTONE_KINDS.items()},
    ("milestone", "trigger_kind"): {
        "signing": "合同签订", "plan_approved": "实施方案审定", "round_confirmed": "轮次确认",
        "acceptance": "验收合格", "invoice": "收到发票", "date": "约定日期",
    },
    ("organisation", "kind"): _KIND_NAMES,
    ("organisation_version", "kind"): _KIND_NAMES,
}  # fmt: skip
_HOUSEKEEPING: Final = frozenset({"id", "version", "recorded_at", "recorded_by", "source_key"})
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
) -> list[Line]:
    """What an entry tells, column by column; a whole row without what is empty in it.

    ``names`` are what keys mean, where that is known.
    """
    old, new = before or {}, after or {}
    is_change = before is not None and after is not None
    columns = [*old, *(name for name in new if name not in old)]
    return [
        Line(
            _COLUMNS.get(name, name),
            _shown(object_kind, name, old[name], names) if name in old else None,
            _shown(object_kind, name, new[name], names) if name in new else None,
        )
        for name in columns
        if is_change
        or not (name in _HOUSEKEEPING or new.get(name, old.get(name)) in (None, "", []))
    ]


def _shown(object_kind: str, name: str, value: Any, names: Mapping[str, str]) -> str:
    if value in (None, "", [], {}):
        return NOT_GIVEN
    if isinstance(value, dict):
        return "，".join(f"{_COLUMNS.get(key, key)}：{part}" for key, part in value.items())
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    if isinstance(value, str):
        known = names if name.endswith("_id") else _VALUES.get((object_kind, name), {})
        value = known.get(value, value)
    table = Base.metadata.tables.get(object_kind)
    kind = None if table is None or name not in table.c else table.c[name].type
    return _typed(kind, value)


def _typed(kind: object, value: Any) -> str:
    """A plain value by the type of its column: the trail holds what the database holds."""
    if isinstance(kind, Boolean) or isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(kind, Yuan) and isinstance(value, int):
        return f"{format_yuan(from_fen(value))} 元"
    if isinstance(kind, Percent) and isinstance(value, int):
        return f"{from_scaled(value)}%"
    if isinstance(kind, UtcInstant):
        return f"{str(value)[:19].replace('T', ' ')}（UTC）"
    return str(value)
