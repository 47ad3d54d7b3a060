"""Idempotency-Key: a request that is sent again, because its answer was lost, adds nothing twice."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.access.actor import Actor
from kernel.columns import UtcInstant
from kernel.database import Base
from kernel.errors import ConflictError
from kernel.sql import wait_for_lock


class RequestKey(Base):
    """What one caller's key was used for: the address, the body's SHA-256, the record added."""

    __tablename__ = "request_key"

    caller: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    path: Mapped[str] = mapped_column(String(300))
    body_sha256: Mapped[str] = mapped_column(String(64))
    record_id: Mapped[UUID]
    used_at: Mapped[datetime] = mapped_column(UtcInstant)


@dataclass(frozen=True, slots=True)
class Request:
    """What was sent with a key: to which address, which body."""

    key: str
    path: str
    body: BaseModel

    @property
    def sha256(self) -> str:
        """The body's SHA-256, of the fields that were written."""
        return sha256(self.body.model_dump_json(exclude_unset=True).encode()).hexdigest()


def added_before(session: Session, actor: Actor, sent: Request) -> UUID | None:
    """The record that this key already added; None when the key is new.

    Two requests with one key wait for each other. Raises ``ConflictError`` when the key was used
    for another address or another body.
    """
    caller = _caller(actor)
    wait_for_lock(session, f"request key {caller} {sent.key}")
    known = session.get(RequestKey, (caller, sent.key))
    if known is None:
        return None
    if (known.path, known.body_sha256) != (sent.path, sent.sha256):
        raise ConflictError("这个 Idempotency-Key 已用于另一次提交；请换一个再提交")
    return known.record_id


def remember(session: Session, actor: Actor, sent: Request, record_id: UUID, now: datetime) -> None:
    """Note, in the transaction that adds the record, what the key was used for."""
    session.add(
        RequestKey(
            caller=_caller(actor),
            key=sent.key,
            path=sent.path,
            body_sha256=sent.sha256,
            record_id=record_id,
            used_at=now,
        )
    )


def _caller(actor: Actor) -> str:
    return str(actor.user_id or actor.name)
