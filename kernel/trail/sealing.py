"""Seal committed entries, in order, into a chain: each seal holds the hash of the one before it.

Chaining inside the triggers would fork where two transactions write at once, and SQLite knows no
SHA-256; so one sealer at a time follows behind. It may be killed at any instant: a batch is one
transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

from kernel.access.actor import SEAL_JOB
from kernel.clock import Clock
from kernel.database import Database
from kernel.sql import lock_transaction
from kernel.trail.canonical import BEGINNING, any_bytes, as_text, entry_digest, seal_hash
from kernel.trail.models import ENTRY, ENTRY_COLUMNS, AuditEntry, AuditSeal

BATCH = 1000
RECENT = 20_000
"""How far behind the newest sealed entry a quick pass looks for one that was committed late.

On PostgreSQL entries are numbered when written and seen when committed, so a long transaction's
come late. One that is later still is found by the whole pass, at start and once a day.
"""

_LOCK = "trail.seal"
_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal; kept elsewhere, it shows later whether the trail's end was cut off."""

    position: int
    entry_id: int
    hash: str
    sealed_at: str


def seal(database: Database, clock: Clock, *, whole: bool) -> int:
    """Seal what is committed and unsealed; gives how many entries were.

    ``whole`` looks at all entries, else at the recent ones. Does nothing while another sealer is
    at it.
    """
    total = 0
    with database.reading(SEAL_JOB) as session:
        since = 0 if whole else _recent(session)
    while True:
        with database.reading(SEAL_JOB) as session:
            # Asked first, so that an idle sealer takes no write lock of SQLite.
            if session.scalar(select(AuditEntry.id).where(*_unsealed(since)).limit(1)) is None:
                return total
        with database.writing(SEAL_JOB) as session:
            sealed = _seal_batch(session, clock, since)
        total += len(sealed)
        if len(sealed) < BATCH:
            return total
        # One pass goes over the trail once; what is committed behind it is the next pass's.
        since = sealed[-1]


def head(session: Session) -> Head | None:
    """The newest seal, None where nothing is sealed yet."""
    newest = session.scalars(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).first()
    if newest is None:
        return None
    return Head(newest.position, newest.entry_id, newest.hash, newest.sealed_at.isoformat())


def _recent(session: Session) -> int:
    # SQLite keeps text in a number's place and sorts it last: it must not mislead the sealer.
    newest = session.scalar(
        select(func.max(AuditSeal.entry_id)).where(AuditSeal.entry_id < _LARGEST)
    )
    return max(0, (newest or 0) - RECENT)


def _unsealed(since: int) -> tuple[ColumnElement[bool], ...]:
    sealed = select(AuditSeal.entry_id).where(AuditSeal.entry_id == AuditEntry.id).exists()
    return (AuditEntry.id > since, ~sealed)


def _seal_batch(session: Session, clock: Clock, since: int) -> list[int]:
    """Seal the next entries; gives their numbers, none while another sealer is at it."""
    if not lock_transaction(session, _LOCK):
        return []
    newest = head(session)
    position, previous = (newest.position, newest.hash) if newest else (0, BEGINNING)
    statement = select(*as_text(ENTRY)).where(*_unsealed(since)).order_by(AuditEntry.id)
    with any_bytes(session):
        found = session.execute(statement.limit(BATCH)).mappings().all()
    seals = _chain(found, position, previous, clock)
    if seals:
        session.execute(insert(AuditSeal), seals)
    return [made["entry_id"] for made in seals]


def _chain(
    entries: Sequence[Any], position: int, previous: str, clock: Clock
) -> list[dict[str, Any]]:
    now, seals = clock.now(), []
    for place, entry in enumerate(entries, start=position + 1):
        digest, entry_id = entry_digest(entry, ENTRY_COLUMNS), int(entry["id"])
        link = seal_hash(place, entry_id, digest, previous, now.isoformat())
        seals.append(
            {
                "position": place,
                "entry_id": entry_id,
                "digest": digest,
                "previous": previous,
                "hash": link,
                "sealed_at": now,
            }
        )
        previous = link
    return seals
