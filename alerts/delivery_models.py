"""How an alert's change reaches staff: channels, deliveries, messages and attempts."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from alerts.models import Severity
from kernel.columns import Recorded, UtcInstant, words
from kernel.database import Base
from kernel.keys import new_key


def webhook_id(message_id: UUID) -> str:
    """The id a receiver sees, the same on every attempt (Standard Webhooks 1.0.0)."""
    return f"msg_{message_id.hex}"


def signing_secrets(
    secret: str, former: str | None, former_until: datetime | None, now: datetime
) -> tuple[str, ...]:
    """The secrets that sign at ``now``, newest first, as they are kept (sealed)."""
    overlaps = former is not None and former_until is not None and now < former_until
    return (secret, former) if former is not None and overlaps else (secret,)


class MessageState(StrEnum):
    """待发送 / 已送达 / 已搁置 (exhausted or refused; a person may send it again)."""

    PENDING = "pending"
    DELIVERED = "delivered"
    PARKED = "parked"


class Channel(Recorded, Base):
    """消息渠道: where messages go.

    ``url`` and ``secret`` are sealed (``kernel.sealed_secrets``): a chat robot's address holds its
    key. ``address`` is the part of the url that may be shown. A secret that was exchanged signs
    beside the new one until ``former_until``.
    """

    __tablename__ = "channel"
    __table_args__ = (CheckConstraint("min_severity BETWEEN 1 AND 4", name="min_severity"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120), unique=True)
    url: Mapped[str] = mapped_column(String(2000))
    address: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    secret: Mapped[str] = mapped_column(String(400))
    former_secret: Mapped[str | None] = mapped_column(String(400))
    former_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    min_severity: Mapped[int] = mapped_column(SmallInteger, default=Severity.INFO)
    enabled: Mapped[bool] = mapped_column(default=True)
    disabled_reason: Mapped[str] = mapped_column(String(400), default="")


class Message(Base):
    """One post: a stable id, a frozen body and where it stands on its retry schedule."""

    __tablename__ = "message"
    __table_args__ = (
        Index(
            "ix_message_due",
            "channel_id",
            "next_attempt_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_message_state", "state", "id"),
        CheckConstraint("tries >= 0", name="tries"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel.id"))
    body: Mapped[str] = mapped_column(Text)
    alert_count: Mapped[int]
    state: Mapped[MessageState] = mapped_column(words(MessageState, "state"))
    tries: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcInstant)
    leased_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    leased_by: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    park_reason: Mapped[str] = mapped_column(String(400), default="")

    channel: Mapped[Channel] = relationship()

    @property
    def webhook_id(self) -> str:
        """The id its receiver sees."""
        return webhook_id(self.id)


class Delivery(Base):
    """One event to one channel; ``message_id`` is set when it joins a message."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "channel_id"),
        Index(
            "ix_delivery_waiting",
            "channel_id",
            "id",
            sqlite_where=text("message_id IS NULL"),
            postgresql_where=text("message_id IS NULL"),
        ),
        Index("ix_delivery_message", "message_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("alert_event.id"))
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("channel.id"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class DeliveryAttempt(Base):
    """One post that was made: what came back, how long it took, the answer's first bytes."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (UniqueConstraint("message_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"))
    number: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcInstant)
    latency_ms: Mapped[int]
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(String(1000), default="")
    error: Mapped[str] = mapped_column(String(400), default="")
