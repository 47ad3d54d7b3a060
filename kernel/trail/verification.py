"""Recompute the chain of seals and name every entry that is no longer what was sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import RowMapping, Text, cast, func, select
from sqlalchemy.orm import Session

from kernel.trail.canonical import BEGINNING, any_bytes, as_text, entry_digest, seal_hash
from kernel.trail.models import ENTRY, ENTRY_COLUMNS, SEAL, AuditEntry, AuditSeal
from kernel.trail.sealing import Head

BATCH = 2000
_TOLD = ("recorded_at", "actor", "action", "object_kind", "object_id")


class Fault(StrEnum):
    """What is wrong at a place of the chain."""

    CHANGED = "changed"
    REMOVED = "removed"
    MOVED = "moved"
    SEAL_CHANGED = "seal_changed"
    SEAL_REMOVED = "seal_removed"
    CUT = "cut"
    REWRITTEN = "rewritten"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: at which seal, of which entry, and when and what the entry was, where it is there.

    ``until`` is the last position where the fault is of several in a row.
    """

    fault: Fault
    position: int
    until: int
    entry_id: int | None = None
    recorded_at: str = ""
    actor: str = ""
    action: str = ""
    object_kind: str = ""
    object_id: str = ""


@dataclass(slots=True)
class Tally:
    """How far the verification is: ``sealed`` counts seals read, ``unsealed`` entries without."""

    total: int = 0
    sealed: int = 0
    unsealed: int = 0
    oldest_unsealed: str = ""


def verify(session: Session, tally: Tally, known: Head | None = None) -> Iterator[Finding | None]:
    """Read the whole chain, some thousand rows at a time, and give each fault as it is met.

    A None between them says that a batch was read and that ``tally`` moved on. ``known`` is a head
    exported before: what it saw must still be there.
    """
    _count(session, tally)
    walk = _Walk(known)
    while rows := _batch(session, walk.position):
        for row in rows:
            yield from walk.step(row)
        tally.sealed += len(rows)
        yield None
    yield from walk.end()


def _count(session: Session, tally: Tally) -> None:
    sealed = select(AuditSeal.entry_id).where(AuditSeal.entry_id == AuditEntry.id).exists()
    tally.total = session.scalar(select(func.count()).select_from(AuditSeal)) or 0
    unsealed = select(func.count(), cast(func.min(AuditEntry.recorded_at), Text)).where(~sealed)
    tally.unsealed, oldest = session.execute(unsealed).one()
    tally.oldest_unsealed = oldest or ""


def _batch(session: Session, after: int) -> list[RowMapping]:
    statement = (
        select(*as_text(SEAL, "seal_"), *as_text(ENTRY))
        .select_from(AuditSeal)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .where(AuditSeal.position > after)
        .order_by(AuditSeal.position)
        .limit(BATCH)
    )
    with any_bytes(session):
        return list(session.execute(statement).mappings())


class _Walk:
    """Where the walk along the chain is, and what the next seal must refer to."""

    def __init__(self, known: Head | None) -> None:
        self.position = 0
        self._hash = BEGINNING
        self._trusted = True
        self._known = known

    def step(self, row: RowMapping) -> Iterator[Finding]:
        """The faults at one seal."""
        position = int(row["seal_position"])
        if position != self.position + 1:
            yield Finding(Fault.SEAL_REMOVED, self.position + 1, position - 1)
            self._trusted = False
        is_whole = _seal_is_whole(row)
        fault = self._fault(row, is_whole=is_whole)
        if fault is not None:
            yield _named(fault, row)
        elif self._known and position == self._known.position and not self._is_known(row):
            yield _named(Fault.REWRITTEN, row)
        self._trusted = is_whole
        self.position, self._hash = position, row["seal_hash"]

    def end(self) -> Iterator[Finding]:
        """The fault behind the last seal: what a head exported before saw there is gone."""
        if self._known and self._known.position > self.position:
            yield Finding(Fault.CUT, self.position + 1, self._known.position)

    def _fault(self, row: RowMapping, *, is_whole: bool) -> Fault | None:
        if row["id"] is None:
            return Fault.REMOVED
        if entry_digest(dict(row), ENTRY_COLUMNS) != row["seal_digest"]:
            return Fault.CHANGED
        if not is_whole:
            return Fault.SEAL_CHANGED
        # After a gap or a seal that was changed nothing says what this one must refer to.
        return Fault.MOVED if self._trusted and row["seal_previous"] != self._hash else None

    def _is_known(self, row: RowMapping) -> bool:
        return self._known is not None and bool(row["seal_hash"] == self._known.hash)


def _seal_is_whole(row: RowMapping) -> bool:
    told = (row["seal_digest"], row["seal_previous"], row["seal_sealed_at"])
    whole = seal_hash(int(row["seal_position"]), _number(row["seal_entry_id"]), *told)
    return bool(whole == row["seal_hash"])


def _named(fault: Fault, row: RowMapping) -> Finding:
    place, entry_id = int(row["seal_position"]), _number(row["seal_entry_id"])
    if row["id"] is None:
        return Finding(fault, place, place, entry_id)
    told = {name: row[name] for name in _TOLD}
    return Finding(fault, place, place, entry_id, **told)


def _number(text: str) -> int:
    """The entry's number; -1 where SQLite was made to hold something else."""
    return int(text) if text.isascii() and text.isdigit() else -1
