"""What goes out of the alerts and of their deliveries, and what may be asked of the lists."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field

from alerts.delivery_models import MessageState
from alerts.models import AlertState, Change, EndReason
from contracts.schemas import ContractRef, Count, OfContracts, OrganisationRef, Out
from kernel.fields import SearchWords
from kernel.paging import PagedQuery


class SeverityWord(StrEnum):
    """提示 / 一般 / 较重 / 严重, in the order of ``alerts.models.Severity``."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def number(self) -> int:
        """The number that the database keeps: 1 to 4."""
        return list(SeverityWord).index(self) + 1


def severity_word(number: int) -> SeverityWord:
    """The word of a severity kept as 1 to 4."""
    return list(SeverityWord)[number - 1]


class AlertOut(Out):
    """预警，以所问日期为准：其后的变化不显示。"""

    id: UUID
    rule: str
    rule_name: str
    severity: SeverityWord
    state: AlertState
    since: date = Field(description="从哪一天起")
    days: Count | None = Field(
        description="逾期天数，到期次日为第 1 天；即将到期的为剩余天数；已办结的算到办结日"
    )
    opened_on: date = Field(description="本次开启的业务日期")
    resolved_on: date | None
    end_reason: EndReason | None
    episode: int = Field(description="第几次开启")
    facts: dict[str, Any] = Field(description="为何预警；金额为两位小数的字符串，元")
    contract: ContractRef
    organisation: OrganisationRef
    version: int


class EpisodeOut(Out):
    """预警的一次开启。"""

    number: int
    since: date
    opened_on: date
    resolved_on: date | None
    end_reason: EndReason | None
    worst_severity: SeverityWord


class AlertEventOut(Out):
    """预警的一次变化。"""

    id: UUID
    change: Change
    as_of: date
    severity: SeverityWord
    facts: dict[str, Any]
    recorded_at: datetime


class AlertDetail(AlertOut):
    """一条预警及其历史。"""

    episodes: list[EpisodeOut]
    events: list[AlertEventOut]
    message_ids: list[UUID] = Field(
        description="告知过它的消息，即 deliveries 的 id；没有查看消息的权限时为空"
    )


class DeliveryOut(Out):
    """一条消息：一次投递可以合并多条预警。"""

    id: UUID
    webhook_id: str = Field(description="接收方看到的 webhook-id，重试不变")
    channel: str = Field(description="渠道名称")
    state: MessageState
    alert_count: Count = Field(description="所告知的预警变化数，只计可见的")
    tries: Count
    next_attempt_at: datetime | None = Field(description="下次发送的时刻；已结束为 null")
    created_at: datetime
    ended_at: datetime | None
    park_reason: str


class AttemptOut(Out):
    """一次发送。"""

    number: int
    started_at: datetime
    latency_ms: Count
    status: int | None = Field(description="HTTP 状态码；没有应答时为 null")
    answer: str | None = Field(
        description="应答的开头部分；消息还告知了看不到的预警时为 null，应答可能引用其内容"
    )
    error: str


class DeliveryDetail(DeliveryOut):
    """一条消息及其各次发送。"""

    attempts: list[AttemptOut]
    alert_ids: list[UUID]


class AlertsWanted(OfContracts):
    """Which alerts."""

    rule: SearchWords | None = Field(None, description="规则代码，如 late_payment")
    severity: SeverityWord | None = Field(None, description="程度")
    state: AlertState | None = Field(None, description="状态")
    organisation: UUID | None = Field(None, description="责任机构 id")


class DeliveriesWanted(PagedQuery):
    """Which messages."""

    state: MessageState | None = Field(None, description="状态")
    channel: SearchWords | None = Field(None, description="渠道名称")
    alert: UUID | None = Field(None, description="预警 id")
