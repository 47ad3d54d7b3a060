"""The trail in the words that people read: actions, kinds of objects, columns and their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Boolean

from kernel.columns import Percent, UtcInstant, Yuan
from kernel.database import Base
from kernel.money import format_yuan, from_fen
from kernel.shares import from_scaled
from monitor.words import FIELDS, NOT_GIVEN

ACTIONS: Final[Mapping[str, str]] = {
    "insert": "新增",
    "update": "修改",
    "delete": "删除",
    "conflict": "外部插入遇到已有",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出登录",
    "lock_out": "锁定",
    "read": "查阅",
    "export": "导出",
    "verify": "校验",
}
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
    "user_password": "口令",
    "vendor": "承接主体",
    "working_day_override": "工作日调整",
}
_COLUMNS: Final[Mapping[str, str]] = {
    **FIELDS,
    "assumed": "假定的项",
    "contract_id": "合同",
    "disabled_at": "停用时间",
    "disabled_reason": "停用原因",
    "ended_at": "结束时间",
    "expires_on": "到期日",
    "filter": "筛选",
    "login": "登录名",
    "note": "备注",
    "organisation_id": "机构",
    "parent_id": "上级机构",
    "recorded_at": "登记时间",
    "recorded_by": "登记人",
    "role": "角色",
    "secret": "密钥",
    "short_name": "简称",
    "source": "来源",
    "superseded_at": "被更正时间",
    "url": "地址",
    "user_id": "用户",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
    "vendor_id": "承接主体",
    "version": "版本",
}
_HOUSEKEEPING: Final = frozenset({"id", "version", "recorded_at", "recorded_by", "source_key"})
"""Columns that tell a reader nothing about a new row; a change of one is shown all the same."""


@dataclass(frozen=True, slots=True)
class Line:
    """One column of an entry: its name, and what stood there before and after (None: nothing)."""

    name: str
    before: str | None
    after: str | None


def lines(
    object_kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[Line]:
    """What an entry tells, column by column; a whole row without what is empty in it."""
    old, new = before or {}, after or {}
    is_change = before is not None and after is not None
    names = [*old, *(name for name in new if name not in old)]
    return [
        Line(
            _COLUMNS.get(name, name),
            _shown(object_kind, name, old[name]) if name in old else None,
            _shown(object_kind, name, new[name]) if name in new else None,
        )
        for name in names
        if is_change
        or not (name in _HOUSEKEEPING or new.get(name, old.get(name)) in (None, "", []))
    ]


def _shown(object_kind: str, name: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return NOT_GIVEN
    if isinstance(value, dict):
        return "，".join(f"{_COLUMNS.get(key, key)}：{part}" for key, part in value.items())
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
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
