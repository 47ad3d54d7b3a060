"""Roles, and the one table of what each may do and how far it sees (domain, section 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kernel.access.permissions import Permission


class Role(StrEnum):
    """In what capacity a person works for an organisation; one may hold several in several."""

    CLERK = "clerk"
    CHECKER = "checker"
    HEAD = "head"
    OVERSIGHT = "oversight"
    FINANCE = "finance"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


class Reach(StrEnum):
    """Which contracts a role sees, from the organisation for which it is held.

    OWN: those that this organisation or one below it buys or pays for. LED: those in which one of
    them has any part, the programmes that it leads among them. LEVEL: the same from the government
    that the organisation serves, so all programmes of its level. NONE: no contract.
    """

    OWN = "own"
    LED = "led"
    LEVEL = "level"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RoleRule:
    """A role's Chinese name, what it is for, how far it sees and what it may do."""

    name: str
    purpose: str
    reach: Reach
    permissions: frozenset[Permission]


_FACTS = frozenset(
    {
        Permission.CONTRACTS_READ,
        Permission.SERVICE_READ,
        Permission.MONEY_READ,
        Permission.ALERTS_READ,
        Permission.FINDINGS_READ,
        Permission.SCORES_READ,
        Permission.MESSAGES_READ,
        Permission.ORGANISATIONS_READ,
    }
)

_PURCHASER = _FACTS - {Permission.SCORES_READ}
"""A score is of a whole programme, and a purchaser sees its own part of it."""

_KEEPS_FILES = frozenset(
    {Permission.SUPERVISION_WRITE, Permission.VENDORS_WRITE, Permission.IMPORTS_WRITE}
)
"""What both sides of a contract's file enter: who buys, and who leads."""

ROLES: Mapping[Role, RoleRule] = {
    Role.CLERK: RoleRule(
        "经办",
        "购买主体：登记合同、方案、轮次与隐患，提出审定、确认与支付",
        Reach.OWN,
        _PURCHASER
        | _KEEPS_FILES
        | {Permission.ACTS_ENTER, Permission.CONTRACTS_WRITE, Permission.SERVICE_WRITE},
    ),
    Role.CHECKER: RoleRule(
        "审核", "购买主体：审核经办提出的事项", Reach.OWN, _PURCHASER | {Permission.ACTS_CHECK}
    ),
    Role.HEAD: RoleRule(
        "负责人",
        "购买主体：批准审核过的事项，设置本单位的审批步骤",
        Reach.OWN,
        _PURCHASER | {Permission.ACTS_APPROVE, Permission.STEPS_WRITE},
    ),
    Role.OVERSIGHT: RoleRule(
        "牵头监管",
        "牵头或付款项目的全部合同：督促检查、督办、评分、通报",
        Reach.LED,
        _FACTS | _KEEPS_FILES | {Permission.MESSAGES_SEND},
    ),
    Role.FINANCE: RoleRule(
        "财政",
        "本级全部项目：资金与指标",
        Reach.LEVEL,
        frozenset(
            {
                Permission.CONTRACTS_READ,
                Permission.MONEY_READ,
                Permission.SCORES_READ,
                Permission.ORGANISATIONS_READ,
            }
        ),
    ),
    Role.AUDITOR: RoleRule(
        "审计评价",
        "只读：所在机构以下的全部合同与审计记录",
        Reach.LED,
        _FACTS | {Permission.TRAIL_READ, Permission.TRAIL_EXPORT},
    ),
    Role.SYSTEM_ADMIN: RoleRule(
        "系统管理员",
        "用户账号、机构、消息渠道与运行",
        Reach.NONE,
        frozenset(
            {
                Permission.ORGANISATIONS_READ,
                Permission.ORGANISATIONS_WRITE,
                Permission.USERS_READ,
                Permission.USERS_WRITE,
                Permission.CHANNELS_READ,
                Permission.CHANNELS_WRITE,
                Permission.METRICS_READ,
            }
        ),
    ),
    Role.SECURITY_ADMIN: RoleRule(
        "安全管理员",
        "角色授予与安全策略",
        Reach.NONE,
        frozenset(
            {
                Permission.ORGANISATIONS_READ,
                Permission.USERS_READ,
                Permission.MEMBERSHIPS_WRITE,
                Permission.POLICIES_WRITE,
                Permission.STEPS_WRITE,
            }
        ),
    ),
    Role.AUDIT_ADMIN: RoleRule(
        "审计管理员",
        "审计记录；合同内容不显示",
        Reach.NONE,
        frozenset({Permission.ORGANISATIONS_READ, Permission.TRAIL_READ, Permission.TRAIL_EXPORT}),
    ),
}
"""等级保护 level 3 asks for three administrators apart, none of whom sees contract facts."""

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
