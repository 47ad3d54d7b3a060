"""Idempotency-Key: a request that is sent again, because its answer was lost, adds nothing twice."""

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


def added_before(
    session: Session, actor: Actor, key: str, path: str, body: BaseModel
) -> UUID | None:
    """The record that this key already added; None when the key is new.

    Two requests with one key wait for each other. Raises ``ConflictError`` when the key was used
    for another address or another body.
    """
    caller = _caller(actor)
    wait_for_lock(session, f"request key {caller} {key}")
    known = session.get(RequestKey, (caller, key))
    if known is None:
        return None
    if (known.path, known.body_sha256) != (path, _hash(body)):
        raise ConflictError("这个 Idempotency-Key 已用于另一次提交；请换一个再提交")
    return known.record_id


def remember(
    session: Session,
    actor: Actor,
    key: str,
    path: str,
    body: BaseModel,
    record_id: UUID,
    now: datetime,
) -> None:
    """Note, in the transaction that adds the record, what the key was used for."""
    session.add(
        RequestKey(
            caller=_caller(actor),
            key=key,
            path=path,
            body_sha256=_hash(body),
            record_id=record_id,
            used_at=now,
        )
    )


def _caller(actor: Actor) -> str:
    return str(actor.user_id or actor.name)


def _hash(body: BaseModel) -> str:
    return sha256(body.model_dump_json(exclude_unset=True).encode()).hexdigest()
