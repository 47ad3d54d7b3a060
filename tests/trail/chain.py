"""A chain of seals over plain entries: write them, look what verifying finds, tamper."""

from datetime import date

import pytest
from sqlalchemy import func, select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.trail.models import AuditEntry, AuditSeal
from kernel.trail.record import record
from kernel.trail.sealing import Head, head
from kernel.trail.verification import Finding, Tally, verify
from tests.clocks import StoppedClock
from tests.trail.hand import by_hand, owners_address, tampering
from tests.web import NOW

CLOCK = StoppedClock(NOW, date(2023, 12, 31))


def write(database: Database, count: int) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        for number in range(count):
            record(session, "read", "thing", str(number), {"n": number, "part": 0.5})


def found(database: Database, known: Head | None = None) -> tuple[list[Finding], Tally]:
    tally = Tally()
    with database.reading(LOCAL_OPERATOR) as session:
        return [one for one in verify(session, tally, known) if one], tally


def newest(database: Database) -> Head:
    with database.reading(LOCAL_OPERATOR) as session:
        known = head(session)
    assert known is not None
    return known


def counts(database: Database) -> tuple[int, int, int]:
    with database.reading(LOCAL_OPERATOR) as session:
        return (
            session.scalar(select(func.count()).select_from(AuditEntry)) or 0,
            session.scalar(select(func.count()).select_from(AuditSeal)) or 0,
            session.scalar(select(func.max(AuditSeal.position))) or 0,
        )


def tamper(database: Database, request: pytest.FixtureRequest, *statements: str) -> None:
    with by_hand(owners_address(database, request)) as run:
        tampering(run, is_sqlite=database.is_sqlite)
        for statement in statements:
            run(statement)
