"""Imports beside another writer, and on a database that cannot be written."""

import shutil
import sqlite3
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import ExceptionContext, event, func, select
from sqlalchemy.exc import OperationalError

import samples
from contracts.ledger_changes import LedgerKind
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from monitor.importing import ImportResult
from monitor.wiring import event_bus
from payments.models import Payment
from tests.workbooks import bring_in

HAMI = samples.path("hami-2023")


def test_a_second_import_at_once_waits_and_sees_the_first(
    database: Database, database_address: str
) -> None:
    results: list[ImportResult] = []

    def run() -> None:
        own = Database(database_address, database._bus)
        results.append(bring_in(own, HAMI))
        own.dispose()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = sorted(result.added[LedgerKind.CONTRACTS] for result in results)
    assert counts == [0, 8]
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == 7


def test_an_import_waits_longer_than_the_busy_timeout(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kernel.database.BUSY_TIMEOUT_MS", 1)
    path = tmp_path / "monitor.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", event_bus())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def let_go(context: ExceptionContext) -> None:
        assert "locked" in str(context.original_exception)
        other.rollback()

    event.listen(database.engine, "handle_error", let_go)
    assert bring_in(database, HAMI).added[LedgerKind.CONTRACTS] == 8
    other.close()
    database.dispose()


@pytest.mark.timeout(20)
def test_an_import_does_not_wait_for_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}", event_bus())
    with pytest.raises(OperationalError, match="unable to open"):
        bring_in(database, HAMI)
    database.dispose()
