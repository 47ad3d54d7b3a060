"""The worker's sealing job: seals, and outlives a database that is away."""

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.settings import Settings
from kernel.trail.models import AuditSeal
from monitor.scheduler import _jobs, seal_all, seal_recent
from monitor.service import Service
from tests.clocks import StoppedClock
from tests.ledger import city
from tests.web import NOW


def test_the_job_seals_what_was_written(database: Database, tmp_path: Path) -> None:
    service = Service(Settings(data_dir=tmp_path), database, StoppedClock(NOW, date(2023, 12, 31)))
    for job in (seal_recent, seal_all):
        with database.writing(LOCAL_OPERATOR) as session:
            city(session, job.__name__)
        before = _seals(database)
        job(service)
        assert _seals(database) >= before + 4


def test_a_database_that_is_away_does_not_end_the_job(tmp_path: Path) -> None:
    nowhere = Database(f"sqlite:///{tmp_path / 'none' / 'nowhere.db'}")
    service = Service(Settings(data_dir=tmp_path), nowhere, StoppedClock(NOW, date(2023, 12, 31)))
    seal_recent(service)
    nowhere.dispose()


def test_entries_wait_seconds_for_their_seal_and_the_whole_is_looked_at_each_day(
    tmp_path: Path,
) -> None:
    nowhere = Database("sqlite://")
    service = Service(Settings(data_dir=tmp_path), nowhere, StoppedClock(NOW, date(2023, 12, 31)))
    jobs = {name: trigger for name, _, trigger, _ in _jobs(service, ZoneInfo("UTC"))}
    assert jobs["seal"].interval <= timedelta(seconds=10)
    assert jobs["seal-all"].interval <= timedelta(days=1)
    nowhere.dispose()


def _seals(database: Database) -> int:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalar(select(func.count()).select_from(AuditSeal)) or 0
