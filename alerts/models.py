"""Alerts and their history: what is wrong, since when, how bad, whose; and the runs that saw it."""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.models import Contract, Organisation
from kernel.columns import JsonValue, UtcInstant, words
from kernel.database import Base
from kernel.keys import new_key


class Severity(IntEnum):
    """提示 / 一般 / 较重 / 严重; kept as its number so that the database can compare."""

    INFO = 1
    MINOR = 2
    MAJOR = 3
    CRITICAL = 4


class AlertState(StrEnum):
    """Whether the condition holds. Acknowledging and escalating come on top of it."""

    OPEN = "open"
    RESOLVED = "resolved"


class Change(StrEnum):
    """What a scan did to an alert; ``seen``: it is as it was."""

    OPENED = "opened"
    RAISED = "raised"
    LOWERED = "lowered"
    REFRESHED = "refreshed"
    SEEN = "seen"
    RESOLVED = "resolved"


class EndReason(StrEnum):
    """Why an alert ended: done; its day passed undone; or the ledger shows that it never held."""

    FULFILLED = "fulfilled"
    LAPSED = "lapsed"
    CORRECTED = "corrected"


class ScanRun(Base):
    """One run of the scan, finished or failed, with its counts by rule and its duration."""

    __tablename__ = "scan_run"
    __table_args__ = (Index("ix_scan_run_as_of", "as_of", "started_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    as_of: Mapped[date]
    started_at: Mapped[datetime] = mapped_column(UtcInstant)
    duration_ms: Mapped[int]
    actor: Mapped[str] = mapped_column(String(120))
    error: Mapped[str] = mapped_column(String(1000), default="")
    counts: Mapped[dict[str, dict[str, int]]] = mapped_column(JsonValue)


class Alert(Base):
    """预警: unique on rule, subject and period; ``facts`` hold nothing derived from the scan's day.

    ``change`` and ``change_scan_id`` stamp what the last scan that touched it did, so that its
    events follow by one INSERT … SELECT.
    """

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("rule", "subject_id", "period"),
        CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        CheckConstraint("(state = 'resolved') = (resolved_on IS NOT NULL)", name="resolved_on"),
        Index(
            "ix_alert_open",
            "rule",
            "severity",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_alert_contract", "contract_id"),
        Index("ix_alert_change", "change_scan_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    rule: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(String(20), default="")
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    severity: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[AlertState] = mapped_column(words(AlertState, "state"))
    since: Mapped[date]
    facts: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    opened_on: Mapped[date]
    resolved_on: Mapped[date | None]
    end_reason: Mapped[EndReason | None] = mapped_column(words(EndReason, "end_reason"))
    episode: Mapped[int] = mapped_column(default=1)
    seen_scan_id: Mapped[UUID]
    change: Mapped[Change] = mapped_column(words(Change, "change"))
    change_scan_id: Mapped[UUID]
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    version: Mapped[int] = mapped_column(default=1)

    contract: Mapped[Contract] = relationship()
    organisation: Mapped[Organisation] = relationship()


class AlertEpisode(Base):
    """One time an alert was open: from the scan that opened it to the day its cause ended."""

    __tablename__ = "alert_episode"

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[date]
    opened_on: Mapped[date]
    resolved_on: Mapped[date | None]
    end_reason: Mapped[EndReason | None] = mapped_column(words(EndReason, "end_reason"))
    worst_severity: Mapped[int] = mapped_column(SmallInteger)


class AlertEvent(Base):
    """One change of an alert, with what was known at that moment. Append-only."""

    __tablename__ = "alert_event"
    __table_args__ = (
        UniqueConstraint("alert_id", "scan_id"),
        Index("ix_alert_event_scan", "scan_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id"))
    scan_id: Mapped[UUID] = mapped_column(ForeignKey("scan_run.id"))
    change: Mapped[Change] = mapped_column(words(Change, "change"))
    as_of: Mapped[date]
    severity: Mapped[int] = mapped_column(SmallInteger)
    facts: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
