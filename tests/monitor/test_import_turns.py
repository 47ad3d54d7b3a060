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
from contracts.models import Contract, Organisation
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from monitor.import_results import ImportResult
from monitor.wiring import event_bus
from payments.models import Payment
from tests.locks import waits_or_is_done
from tests.workbooks import LATER, Book, bring_in

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


def test_an_act_on_a_contract_and_an_import_that_renames_its_buyer_do_not_wait_in_a_ring(
    database: Database, owned: Database, tmp_path: Path
) -> None:
    bring_in(database, HAMI)
    results: list[ImportResult] = []
    book = Book.sample()
    for lines in book.sheets.values():
        for line in lines:
            line[:] = ["哈密市工信厅" if cell == "哈密市工业和信息化局" else cell for cell in line]
    renaming = book.save(tmp_path / "hami-2023.xlsx")
    importing = Thread(target=lambda: results.append(bring_in(database, renaming, LATER)))
    with database.writing(LOCAL_OPERATOR) as session:
        buyers = session.scalars(select(Contract.purchaser_id).with_for_update()).all()
        importing.start()
        waits_or_is_done(owned, importing)
        row_kept = select(Organisation.id).where(Organisation.id.in_(buyers))
        assert session.scalars(row_kept.with_for_update(read=True, key_share=True)).all()
    importing.join()
    assert results[0].changed[LedgerKind.ORGANISATIONS] > 0


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
