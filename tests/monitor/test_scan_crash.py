"""The scan killed in mid-run: what it began is gone, what it finished stands, nothing doubles."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select, text

import samples
from alerts.channel_book import NewChannel, add_channel, new_secret
from alerts.delivery_models import Delivery
from alerts.models import Alert, AlertEvent, Change, ScanRun
from alerts.receivers import ReceiverRules
from alerts.scan import run_scan
from alerts.scan_queries import Episode, history
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB
from kernel.database import Database
from kernel.settings import Settings
from kernel.workbook_guard import WorkbookLimits
from monitor.importing import import_workbook
from monitor.wiring import rules
from tests.alert_ledger import KEYS
from tests.counts import and_in_proof

pytestmark = pytest.mark.crash
SETTINGS = Settings(business_date=date(2023, 12, 31))
CLOCK = SETTINGS.clock()
YEAR = ("--from", "2023-01-01", "--to", "2023-12-31")


def prepare(database: Database) -> None:
    for name in samples.NAMES:
        result = import_workbook(
            database, samples.path(name), LOCAL_OPERATOR, CLOCK, WorkbookLimits.of(SETTINGS)
        )
        assert not result.errors
    with database.writing(LOCAL_OPERATOR) as session:
        new = NewChannel("渠道", "http://127.0.0.1:9/", new_secret())
        networks = ReceiverRules(("127.0.0.0/8",), 1.0)
        add_channel(session, LOCAL_OPERATOR, CLOCK.now(), networks, KEYS, new)


@contextmanager
def monitor(address: str, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {
        "MONITOR_DATABASE_URL": address,
        "MONITOR_DATA_DIR": str(folder),
        "MONITOR_BUSINESS_DATE": "2023-12-31",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def days_scanned(database: Database) -> int:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalar(select(func.count(func.distinct(ScanRun.as_of)))) or 0


def wait_until(process: subprocess.Popen[bytes], done: Event, look: float = 0.01) -> None:
    assert not done.wait(look)
    assert process.poll() is None, "the process ended before it could be killed"


def episodes(database: Database) -> list[Episode]:
    with database.reading(LOCAL_OPERATOR) as session:
        return history(session, LOCAL_OPERATOR)


@pytest.mark.parametrize("backend", and_in_proof(["postgresql"], ["sqlite"]), indirect=True)
def test_a_walk_killed_midway_ends_as_one_that_was_not(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    prepare(database)
    with monitor(database_address, tmp_path, "replay", *YEAR, "--keep", "--deliver") as walk:
        while days_scanned(database) < 120:
            wait_until(walk, Event())
        walk.send_signal(signal.SIGKILL)
        walk.wait()
    reached = days_scanned(database)
    assert 120 <= reached < 365
    with monitor(database_address, tmp_path, "replay", *YEAR, "--keep", "--deliver") as walk:
        assert walk.wait(100) == 0
    assert days_scanned(database) == 365
    late = [one for one in episodes(database) if one.rule == "late_payment"]
    assert {(one.subject, one.opened_on, one.resolved_on) for one in late} == {
        ("ZIBO-2023-01/8", date(2023, 6, 27), date(2023, 7, 4)),
        ("ZIBO-2023-01/10", date(2023, 8, 26), date(2023, 9, 14)),
        ("ZIBO-2023-01/4", date(2023, 10, 17), date(2023, 11, 20)),
    }
    with database.reading(LOCAL_OPERATOR) as session:
        told = session.scalar(
            select(func.count()).where(AlertEvent.change.in_(["opened", "raised", "resolved"]))
        )
        assert session.scalar(select(func.count()).select_from(Delivery)) == told
        opened = session.scalar(select(func.count()).where(AlertEvent.change == Change.OPENED))
        assert (
            opened
            == len(episodes(database))
            == session.scalar(select(func.count()).select_from(Alert))
        )


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_scan_killed_between_two_of_its_statements_leaves_no_trace(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    """Only PostgreSQL can be made to stand still inside a scan: by holding what it needs next."""
    prepare(database)
    with database.engine.begin() as blocker:
        blocker.execute(text("LOCK TABLE alert_event IN ACCESS EXCLUSIVE MODE"))
        with monitor(database_address, tmp_path, "scan", "--as-of", "2023-12-31") as scan:
            while not blocker.scalar(
                text(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = "
                    "'alert_event'::regclass"
                )
            ):
                wait_until(scan, Event())
            scan.send_signal(signal.SIGKILL)
            scan.wait()
            backend = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE NOT granted"
            blocker.execute(text(backend))
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(Alert)) == 0
        assert session.scalar(select(func.count()).select_from(ScanRun)) == 0
    report = run_scan(database, CLOCK, date(2023, 12, 31), SCAN_JOB, rules(SETTINGS))
    assert report.counts["missing_plan"]["opened"] == 8
