"""What goes in and out of channels: never a secret but the one just made, never a whole address."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from alerts.schemas import SeverityWord
from contracts.schemas import Count, Out
from kernel.paging import ListQuery


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChannelOut(Out):
    """消息渠道：不含密钥与完整网址。"""

    id: UUID
    name: str
    kind: str
    address: str = Field(description="网址中可以显示的部分")
    min_severity: SeverityWord = Field(description="这一级及以上的预警才发")
    enabled: bool
    disabled_reason: str
    former_until: datetime | None = Field(description="旧签名密钥并用到何时；未更换为 null")
    waiting: Count = Field(description="待发送的消息")
    delivered: Count = Field(description="已送达的消息")
    parked: Count = Field(description="已搁置的消息")


class ChannelsWanted(ListQuery):
    """Which channels: all, by id."""


class NewChannelIn(_In):
    """A channel to add."""

    name: str = Field(description="名称", min_length=1, max_length=120)
    url: str = Field(repr=False, description="接收方网址", min_length=1, max_length=1_400)
    secret: str | None = Field(None, repr=False, description="签名密钥 whsec_…；不给则生成")
    min_severity: SeverityWord = Field(SeverityWord.INFO, description="低于这一级的预警不发")


class SwitchIn(_In):
    """On or off."""

    enabled: bool = Field(description="true 启用，false 停用")


class ChannelSecret(Out):
    """The one answer that gives a signing secret."""

    id: UUID
    secret: str = Field(repr=False, description="签名密钥，只在这次回答中给出")


class TrialOut(Out):
    """What a test message came to."""

    accepted: bool
    reason: str
    status: int | None = Field(description="HTTP 状态码；没有应答时为 null")
    latency_ms: int
    error: str
