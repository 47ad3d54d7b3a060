"""Every column that is kept sealed, and sealing all of it with the newest key."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from alerts.delivery_models import Channel
from kernel.access.actor import Actor
from kernel.database import Database
from kernel.errors import UnavailableError
from kernel.sealed_secrets import MARK, SealedSecrets
from people.sign_in.models import SecondFactor

BATCH = 200
"""Rows sealed in one transaction: what an interruption takes back."""


@dataclass(frozen=True, slots=True)
class SealedColumns:
    """The sealed columns of one table, and its key."""

    key: InstrumentedAttribute[UUID]
    columns: tuple[InstrumentedAttribute[Any], ...]

    @property
    def table(self) -> str:
        """The table's name."""
        return str(self.key.class_.__tablename__)


SEALED = (
    SealedColumns(Channel.id, (Channel.url, Channel.secret, Channel.former_secret)),
    SealedColumns(SecondFactor.user_id, (SecondFactor.sealed_secret,)),
)


@dataclass(slots=True)
class Rotation:
    """How many values were sealed anew, how many already were, and which no key opens."""

    sealed: int = 0
    current: int = 0
    unopened: list[str] = field(default_factory=list)


def seal_all(
    database: Database, actor: Actor, keys: SealedSecrets, *, batch: int = BATCH
) -> Rotation:
    """Seal every value with the newest key, in batches; what was interrupted is gone on with."""
    rotation = Rotation()
    for kept in SEALED:
        last: UUID | None = None
        while True:
            with database.writing(actor) as session:
                rows = _rows(session, kept, last, batch)
                _seal(session, kept, rows, keys, rotation)
            if len(rows) < batch:
                break
            last = rows[-1][0]
    return rotation


def unsealed(session: Session) -> int:
    """How many rows hold a value from before secrets were sealed."""
    return sum(
        session.scalar(
            select(func.count())
            .select_from(kept.key.class_)
            .where(
                or_(*(and_(column != "", column.not_like(f"{MARK}%")) for column in kept.columns))
            )
        )
        or 0
        for kept in SEALED
    )


def _rows(
    session: Session, kept: SealedColumns, after: UUID | None, batch: int
) -> Sequence[Row[Any]]:
    statement = select(kept.key, *kept.columns).order_by(kept.key).limit(batch).with_for_update()
    if after is not None:
        statement = statement.where(kept.key > after)
    return session.execute(statement).all()


def _seal(
    session: Session,
    kept: SealedColumns,
    rows: Sequence[Row[Any]],
    keys: SealedSecrets,
    rotation: Rotation,
) -> None:
    changes = []
    for row in rows:
        change = _sealed_anew(kept, row, keys, rotation)
        if change:
            held: dict[str, Any] = dict(
                zip((column.key for column in kept.columns), row[1:], strict=True)
            )
            changes.append({kept.key.key: row[0], **held, **change})
    if changes:
        session.execute(update(kept.key.class_), changes)


def _sealed_anew(
    kept: SealedColumns, row: Row[Any], keys: SealedSecrets, rotation: Rotation
) -> dict[str, str]:
    change: dict[str, str] = {}
    values: Sequence[str | None] = row[1:]
    for column, value in zip(kept.columns, values, strict=True):
        if not value:  # an empty one was taken away: nothing is there to seal
            continue
        if keys.is_current(value):
            rotation.current += 1
            continue
        try:
            change[column.key] = keys.seal(keys.open(value))
        except UnavailableError:
            rotation.unopened.append(f"{kept.table}.{column.key} {row[0]}")
    rotation.sealed += len(change)
    return change
