"""What a person gives to make a token, and what is told of the tokens there are."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from contracts.schemas import Out
from kernel.access.permissions import Permission
from kernel.fields import printable
from kernel.paging import ListQuery

LONGEST_DAYS = 365
"""No token lives longer than a year: one that nobody remembers dies by itself."""

TokenName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    AfterValidator(printable),
]
"""What a token is for, in a few words."""


class TokenState(StrEnum):
    """有效 / 已过期 / 已撤销."""

    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"


class NewToken(BaseModel):
    """新令牌：用途、权限范围、有效天数。"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: TokenName = Field(description="用途，如 财政局看板")
    scopes: list[Permission] = Field(
        min_length=1, max_length=len(Permission), description="权限范围；不超过本人现有的权限"
    )
    valid_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = Field(
        90, description="有效天数，最多 365"
    )


class TokensWanted(ListQuery):
    """Which tokens."""

    user: UUID | None = Field(None, description="用户 id；缺省为本人，查看他人须有查看用户的权限")
    state: TokenState | None = Field(None, description="状态")


class TokenOut(Out):
    """接口令牌；令牌本身只在创建时给出一次。"""

    id: UUID
    user_id: UUID
    name: str = Field(description="用途")
    prefix: str = Field(description="令牌开头，用来辨认")
    scopes: list[Permission] = Field(description="权限范围")
    state: TokenState
    recorded_at: datetime = Field(description="创建时刻，UTC")
    expires_at: datetime = Field(description="到期时刻，UTC")
    last_used_at: datetime | None = Field(description="最近一次使用，精确到分钟；未用过为 null")
    revoked_at: datetime | None


class TokenMade(TokenOut):
    """刚创建的令牌。"""

    token: str = Field(repr=False, description="令牌全文，只此一次，请立即保存")
