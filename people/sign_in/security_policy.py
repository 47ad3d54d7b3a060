"""安全策略: how long a session lasts, what a password must be, when tries are stopped.

The defaults are those that 等级保护 level 3 is usually met with: 90 days, ten characters, five tries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from kernel.access.roles import Role
from kernel.errors import ConflictError
from kernel.sql import wait_for_lock
from people.sign_in.models import SecurityPolicy


class PolicyTerms(BaseModel):
    """The policy's terms; each says its unit. ``max_age_days`` 0: passwords do not expire."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    idle_minutes: int = Field(30, ge=5, le=480, title="无操作自动退出（分钟）")
    absolute_hours: int = Field(12, ge=1, le=24, title="一次登录最长有效（小时）")
    min_length: int = Field(10, ge=8, le=64, title="密码最少字符数")
    history: int = Field(5, ge=0, le=24, title="不得与最近几个密码相同")
    max_age_days: int = Field(90, ge=0, le=365, title="密码有效天数（0 为不过期）")
    pair_failures: int = Field(5, ge=3, le=20, title="同一账号同一地址允许连续失败次数")
    account_failures: int = Field(20, ge=10, le=200, title="同一账号在陌生地址合计允许失败次数")
    address_failures: int = Field(100, ge=20, le=1000, title="同一地址合计允许失败次数")
    lockout_minutes: int = Field(15, ge=5, le=120, title="暂停登录时长（分钟）")
    second_factor_roles: tuple[Role, ...] = Field((), title="必须使用动态口令的角色")

    @property
    def idle(self) -> timedelta:
        """How long a session lives without a request."""
        return timedelta(minutes=self.idle_minutes)

    @property
    def absolute(self) -> timedelta:
        """How long a session lives at most."""
        return timedelta(hours=self.absolute_hours)

    @property
    def lockout(self) -> timedelta:
        """How long a block lasts, and over how long tries are counted together."""
        return timedelta(minutes=self.lockout_minutes)

    def asks_second_factor(self, roles: Iterable[Role]) -> bool:
        """Whether one of the roles must sign in with a second factor."""
        return not set(self.second_factor_roles).isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Policy:
    """The terms in force and the version to name when changing them; 1: never changed."""

    terms: PolicyTerms
    version: int


def terms_of(row: SecurityPolicy | None) -> PolicyTerms:
    """The terms that a row holds; without one the defaults."""
    return PolicyTerms() if row is None else PolicyTerms.model_validate(row)


def current_policy(session: Session) -> Policy:
    """The policy in force."""
    row = session.get(SecurityPolicy, 1)
    return Policy(terms_of(row), 1 if row is None else row.version)


def change_policy(session: Session, terms: PolicyTerms, version: int) -> Policy:
    """Put new terms in force; the trail's triggers note what changed.

    Raises ``ConflictError`` when the policy is no longer the ``version`` that was looked at.
    """
    wait_for_lock(session, "security policy")  # the first change finds no row to lock
    row = session.get(SecurityPolicy, 1, with_for_update=True)
    if (1 if row is None else row.version) != version:
        raise ConflictError("安全策略已被他人修改；请查看现在的内容后再改")
    values = terms.model_dump(mode="json")
    if row is None:
        row = SecurityPolicy(id=1, version=2, **values)
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
    session.flush()
    return Policy(terms, row.version)
