"""Walk past days in order, so that history shows when each alert opened and closed.

By default on a scratch copy of the ledger, without its alerts: asking how 2023 would have gone
must not touch what people have seen and answered.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from alerts.rules.rule import Rule
from alerts.scan import run_scan
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.clock import Clock
from kernel.database import Base, Database
from kernel.errors import InputError
from migrations import walls
from migrations.schema import upgrade
from migrations.tables import METADATA

LONGEST_WALK = 3_660
_CHUNK = 2_000
_LEFT_OUT = (
    "alerts.", "people.", "kernel.trail.", "contracts.steps.", "contracts.search.",
    "contracts.lists.",
)  # fmt: skip
"""A walk on a copy makes its own alerts, and needs neither accounts nor the trail of the ledger."""


def walk(
    database: Database,
    clock: Clock,
    first: date,
    last: date,
    actor: Actor,
    rules: tuple[Rule, ...],
    *,
    deliver: bool,
    progress: Callable[[date], None],
) -> int:
    """Scan each day from ``first`` to ``last``, a transaction a day; gives the number of days.

    An interrupted walk goes on where it stopped. Raises ``InputError`` for a walk that goes back
    or is longer than ten years.
    """
    days = (last - first).days + 1
    if not 1 <= days <= LONGEST_WALK:
        raise InputError("--from/--to", f"{first} 至 {last} 共 {days} 天，须为 1 至 {LONGEST_WALK}")
    for offset in range(days):
        day = first + timedelta(days=offset)
        progress(day)
        run_scan(database, clock, day, actor, rules, deliver=deliver)
    return days


@contextmanager
def scratch_copy(source: Database) -> Iterator[Database]:
    """An embedded copy of the ledger without alerts and channels, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="monitor-replay-") as folder:
        scratch = Database(f"sqlite:///{Path(folder) / 'scratch.db'}")
        try:
            upgrade(scratch)
            _copy(source, scratch)
            yield scratch
        finally:
            scratch.dispose()


def _copy(source: Database, scratch: Database) -> None:
    with source.reading(LOCAL_OPERATOR) as reader, scratch.engine.connect() as writer:
        # Rows that name a later row of their own table (a parent) may arrive before it.
        writer.exec_driver_sql("COMMIT")
        writer.exec_driver_sql("PRAGMA foreign_keys = OFF")
        writer.exec_driver_sql("BEGIN IMMEDIATE")
        walls.take_down(writer)  # nothing follows from a copy that is not in the copy
        copied = {
            mapper.local_table
            for mapper in Base.registry.mappers
            if not mapper.class_.__module__.startswith(_LEFT_OUT)
        }
        for table in METADATA.sorted_tables:
            if table in copied:
                for rows in _chunks(reader, table):
                    writer.execute(insert(table), rows)
        writer.commit()
        writer.exec_driver_sql("PRAGMA foreign_keys = ON")


def _chunks(reader: Session, table: Table) -> Iterator[list[dict[str, object]]]:
    stored = [column for column in table.columns if column.computed is None]
    found = reader.execute(select(*stored), execution_options={"yield_per": _CHUNK})
    for partition in found.mappings().partitions():
        yield [dict(row) for row in partition]
