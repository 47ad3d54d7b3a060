"""Sealing at any moment and by many: no fork, no gap, whatever is committed late or is nonsense."""

import multiprocessing
import os
import signal
import threading
from typing import Any

import pytest
from sqlalchemy import event

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.trail import sealing
from kernel.trail.record import record
from kernel.trail.sealing import seal
from kernel.trail.verification import Fault
from tests.trail.chain import CLOCK, counts, found, tamper, write


def test_many_sealers_at_once_make_one_chain(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 5)
    write(database, 60)
    failed: list[BaseException] = []

    def work() -> None:
        own = Database(database.url.render_as_string(hide_password=False))
        try:
            for _ in range(5):
                seal(own, CLOCK, whole=False)
        except BaseException as error:  # noqa: BLE001 — reported by the test's own thread
            failed.append(error)
        finally:
            own.dispose()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    write(database, 20)
    for thread in threads:
        thread.join()
    assert failed == []
    seal(database, CLOCK, whole=True)
    assert counts(database) == (80, 80, 80)
    assert found(database)[0] == []


def _seal_and_die(address: str, dies_at: int) -> None:
    """Seal, and be killed before the statement of that number."""
    sealing.BATCH = 4
    database = Database(address)
    met = 0

    def count(*_told: Any) -> None:
        nonlocal met
        met += 1
        if met == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)
    seal(database, CLOCK, whole=False)
    os._exit(0)


@pytest.mark.crash
def test_a_sealer_killed_at_any_statement_leaves_a_whole_chain(database: Database) -> None:
    write(database, 10)
    address = database.url.render_as_string(hide_password=False)
    database.dispose()
    forked = multiprocessing.get_context("fork")
    for dies_at in range(1, 40):
        process = forked.Process(target=_seal_and_die, args=(address, dies_at))
        process.start()
        process.join(60)
        faults, tally = found(database)
        assert faults == []
        assert tally.sealed + tally.unsealed == counts(database)[0]
        if process.exitcode == 0:
            break
        write(database, 9)
        database.dispose()
    assert dies_at > 5
    seal(database, CLOCK, whole=True)
    entries, seals, last = counts(database)
    assert entries == seals == last
    assert found(database)[0] == []


def test_an_entry_committed_late_is_sealed_late(
    database: Database, request: pytest.FixtureRequest
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    late = Database(database.url.render_as_string(hide_password=False))
    with late.writing(LOCAL_OPERATOR) as session:
        record(session, "read", "thing", "late", {})
        write(database, 3)
        assert seal(database, CLOCK, whole=False) == 3
    late.dispose()
    assert seal(database, CLOCK, whole=False) == 1
    faults, tally = found(database)
    assert (faults, tally.sealed, tally.unsealed) == ([], 4, 0)


def test_one_committed_later_than_the_recent_ones_is_found_by_the_whole_pass(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    monkeypatch.setattr(sealing, "RECENT", 2)
    late = Database(database.url.render_as_string(hide_password=False))
    with late.writing(LOCAL_OPERATOR) as session:
        record(session, "read", "thing", "late", {})
        write(database, 8)
        seal(database, CLOCK, whole=False)
    late.dispose()
    assert seal(database, CLOCK, whole=False) == 0
    assert found(database)[1].unsealed == 1
    assert seal(database, CLOCK, whole=True) == 1


@pytest.mark.parametrize("content", ["x'ff'", "cast(x'ff41' AS TEXT)", "'{broken'"])
def test_an_entry_of_nonsense_is_sealed_and_verified(
    database: Database, request: pytest.FixtureRequest, content: str
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL refuses text that is none")
    write(database, 2)
    seal(database, CLOCK, whole=False)
    tamper(
        database, request,
        f"UPDATE audit_entry SET actor = {content}, after = {content}, contract_id = {content}, "
        "recorded_at = 'yesterday' WHERE id = 2",
        "UPDATE audit_seal SET sealed_at = 'yesterday', entry_id = 'x' WHERE position = 1",
        f"INSERT INTO audit_entry VALUES (9, 'never', {content}, '', '', '', '', '', '', "
        f"NULL, NULL, NULL, {content}, '')",
    )  # fmt: skip
    seal(database, CLOCK, whole=False)
    faults = {(one.fault, one.position) for one in found(database)[0]}
    assert (Fault.CHANGED, 2) in faults
    assert {place for _, place in faults} == {1, 2}


def test_idle_sealing_writes_nothing(database: Database) -> None:
    write(database, 1)
    seal(database, CLOCK, whole=False)
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(str(told[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    seal(database, CLOCK, whole=False)
    event.remove(database.engine, "before_cursor_execute", note)
    assert not [one for one in said if one.startswith(("INSERT", "UPDATE"))]
