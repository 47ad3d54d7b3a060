"""What comes in about users and memberships, what goes out, and what may be asked of their lists."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from unicodedata import category
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)
from pydantic import StringConstraints as Text

from contracts.schemas import OrganisationRef, Out
from kernel.access.actor import LOCAL_OPERATOR, NOBODY
from kernel.access.roles import Role
from kernel.fields import Day, SearchWords, printable
from kernel.paging import ListQuery

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}", re.ASCII)
RESERVED_LOGINS = frozenset({LOCAL_OPERATOR.name, NOBODY.name, "local", "demo"})
"""What the ledger and the trail call who has no account: nobody may be taken for one of them."""


def _none_if_empty(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _plain_login(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _checked_login(login: str) -> str:
    if not _LOGIN.fullmatch(login):
        raise ValueError("应为 2 至 64 位小写字母、数字、点或横线，并以字母或数字开头")
    if login in RESERVED_LOGINS:
        raise ValueError(f"{login} 在审计记录中另有所指，请换一个")
    return login


def _readable(name: str) -> str:
    """Without signs that nobody sees: they hide a name, turn it around, or make two look alike."""
    if any(category(sign) in {"Cc", "Cf", "Zl", "Zp"} for sign in name):
        raise ValueError("不能含看不见的字符")
    return name


Login = Annotated[
    str,
    BeforeValidator(_plain_login),
    AfterValidator(_checked_login),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$"}),
]
"""Latin letters, digits, dots and dashes; typed in capitals it is the same account."""
PersonName = Annotated[
    Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=60)],
    AfterValidator(printable),
    AfterValidator(_readable),
]
Reason = Annotated[
    Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=200)],
    AfterValidator(printable),
]
OptionalDay = Annotated[Day | None, BeforeValidator(_none_if_empty)]
OptionalKey = Annotated[UUID | None, BeforeValidator(_none_if_empty)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _given(record: BaseModel, first: str, emptied: str) -> dict[str, Any]:
    values = {
        name: getattr(record, name) for name in (first, emptied) if name in record.model_fields_set
    }
    if values.get(first, "") is None:
        del values[first]
    return values


class NewUser(_In):
    """新增用户。"""

    login: Login = Field(description="登录名：小写字母、数字、点、横线，2 至 64 位")
    name: PersonName = Field(description="姓名")
    expires_on: OptionalDay = Field(None, description="临时账号的最后一天；长期账号为 null")


class UserEdit(_In):
    """修改用户：只写要改的字段。"""

    name: PersonName | None = Field(None, description="姓名")
    expires_on: OptionalDay = Field(None, description="临时账号的最后一天；长期账号为 null")

    def given(self) -> dict[str, Any]:
        """The fields that the caller wrote; only the last day can be emptied."""
        return _given(self, "name", "expires_on")


class Disabling(_In):
    """停用账号。"""

    reason: Reason = Field(description="停用原因")


class NewMembership(_In):
    """授予角色。"""

    user_id: UUID = Field(description="用户 id")
    role: Role = Field(description="角色")
    organisation_id: OptionalKey = Field(None, description="所在机构 id；管理员角色为 null")
    valid_from: Day = Field(description="自（含）")
    valid_to: OptionalDay = Field(None, description="至（含）；长期为 null")


class MembershipEdit(_In):
    """修改任职的起止日期：只写要改的字段。"""

    valid_from: Day | None = Field(None, description="自（含）")
    valid_to: OptionalDay = Field(None, description="至（含）；长期为 null")

    def given(self) -> dict[str, Any]:
        """The fields that the caller wrote; only the last day can be emptied."""
        return _given(self, "valid_from", "valid_to")


class UserState(StrEnum):
    """账号状态."""

    ACTIVE = "active"
    TEMPORARY = "temporary"
    EXPIRED = "expired"
    DISABLED = "disabled"


class UserRef(Out):
    """用户的简要。"""

    id: UUID
    login: str
    name: str


class MembershipOut(Out):
    """任职：一个用户在一个机构的一个角色。"""

    id: UUID
    user: UserRef
    role: Role
    role_name: str
    organisation: OrganisationRef | None = Field(description="管理员角色为 null")
    valid_from: date
    valid_to: date | None
    ended_at: datetime | None = Field(description="被收回的时刻；未收回为 null")
    effective: bool = Field(description="在所问日期是否有效（不看账号是否停用）")
    recorded_at: datetime
    recorded_by: str
    version: int


class UserOut(Out):
    """用户。"""

    id: UUID
    login: str
    name: str
    state: UserState
    expires_on: date | None
    disabled_at: datetime | None
    disabled_reason: str
    recorded_at: datetime
    recorded_by: str
    version: int


class UsersWanted(ListQuery):
    """Which users."""

    q: SearchWords | None = Field(None, description="登录名或姓名中的文字")
    organisation: UUID | None = Field(None, description="任职于该机构或其下级")
    role: Role | None = Field(None, description="现任角色")
    state: UserState | None = Field(None, description="账号状态")


class MembershipsWanted(ListQuery):
    """Which memberships."""

    user: UUID | None = Field(None, description="用户 id")
    organisation: UUID | None = Field(None, description="机构 id（含下级）")
    role: Role | None = Field(None, description="角色")
