"""The trail's own tables: who is writing now, what was done, and the seals over it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import JsonValue, UtcInstant
from kernel.database import Base

_Number = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite numbers rows by itself only in a column that it calls INTEGER."""


class TrailContext(Base):
    """SQLite's one row of who writes now; empty between transactions of this service."""

    __tablename__ = "trail_context"
    __table_args__ = (CheckConstraint("id = 1", name="only"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    actor: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[str] = mapped_column(String(36))
    client: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(1000))


class AuditEntry(Base):
    """审计记录: one change of one row, or one event such as a sign-in. Appended, never changed.

    Triggers write it (``migrations/trail_triggers.py``), whoever changes the row and however.
    ``before`` and ``after`` hold a whole row where it came or went, else the changed columns only.
    ``contract_id`` and ``organisation_id`` say whose the row is; they reference nothing, so that
    an entry outlives whatever it tells of.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_object", "object_kind", "object_id", "id"),
        Index("ix_audit_entry_actor", "actor", "id"),
        Index("ix_audit_entry_recorded_at", "recorded_at"),
        Index(
            "ix_audit_entry_contract",
            "contract_id",
            "id",
            sqlite_where=text("contract_id IS NOT NULL"),
            postgresql_where=text("contract_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(_Number, primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    actor: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[str] = mapped_column(String(36))
    client: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(64))
    object_id: Mapped[str] = mapped_column(String(200))
    contract_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    after: Mapped[dict[str, Any] | None] = mapped_column(JsonValue)
    reason: Mapped[str] = mapped_column(String(1000))


class AuditSeal(Base):
    """封印: one link of the hash chain, for one entry; positions are dense from 1.

    ``digest`` is of the entry, ``hash`` of this row with the ``previous`` hash in it. It references
    no entry, so that it stays to tell of one that was removed.
    """

    __tablename__ = "audit_seal"
    __table_args__ = (CheckConstraint("position >= 1", name="position"),)

    position: Mapped[int] = mapped_column(_Number, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcInstant)


ENTRY, SEAL = Base.metadata.tables["audit_entry"], Base.metadata.tables["audit_seal"]
ENTRY_COLUMNS = tuple(ENTRY.columns)
