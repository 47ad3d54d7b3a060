"""The scan runs daily at its hour and is made up for when a day was missed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from alerts.models import ScanRun
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.settings import Settings
from monitor.scheduler import scan_if_missed, scan_owed, scan_today, start_scheduler
from monitor.service import Service
from tests.clocks import StoppedClock

TODAY = date(2023, 7, 20)
NOON = datetime(2023, 7, 20, 4, tzinfo=UTC)
"""Twelve in Shanghai."""


@pytest.fixture
def service(database: Database) -> Service:
    return Service(Settings(), database, StoppedClock(NOON, TODAY))


def runs(database: Database) -> list[ScanRun]:
    with database.reading(LOCAL_OPERATOR) as session:
        return list(session.scalars(select(ScanRun).order_by(ScanRun.as_of)))


def at(service: Service, instant: datetime, today: date) -> Service:
    return replace(service, clock=StoppedClock(instant, today))


def test_a_missed_day_is_scanned_once(service: Service) -> None:
    report = scan_if_missed(service)
    assert report is not None
    assert report.as_of == TODAY
    assert scan_if_missed(service) is None
    (run,) = runs(service.database)
    assert (run.as_of, run.actor, run.error) == (TODAY, "system:scan", "")


def test_a_failed_run_does_not_count(service: Service) -> None:
    with service.database.writing(LOCAL_OPERATOR) as session:
        session.add(
            ScanRun(
                as_of=TODAY, started_at=NOON, duration_ms=1, actor="x", error="broke", counts={}
            )
        )
    assert scan_if_missed(service) is not None


def test_before_the_hour_only_yesterday_is_owed(service: Service) -> None:
    scan_today(service)
    early = at(service, datetime(2023, 7, 20, 21, tzinfo=UTC), date(2023, 7, 21))
    assert scan_if_missed(early) is None
    due = at(service, datetime(2023, 7, 20, 22, tzinfo=UTC), date(2023, 7, 21))
    assert scan_if_missed(due) is not None


@pytest.mark.parametrize(
    ("settings", "owed"),
    [
        ({"scan_at": time(12, 0)}, TODAY),
        ({"scan_at": time(12, 1)}, TODAY - timedelta(days=1)),
        ({"scan_at": time(23, 0), "business_date": TODAY}, TODAY),
        ({"scan_at": time(6, 0), "zone": "America/New_York"}, TODAY - timedelta(days=1)),
    ],
)
def test_what_is_owed_follows_the_hour_and_the_zone(settings: dict[str, Any], owed: date) -> None:
    assert scan_owed(Settings(**settings), TODAY, NOON) == owed


def test_a_scan_that_is_refused_leaves_the_scheduler_running(service: Service) -> None:
    scan_today(service)
    assert scan_today(at(service, NOON, TODAY - timedelta(days=3))) is None
    assert len(runs(service.database)) == 1


def test_the_jobs_are_timed_in_the_bureaus_zone(service: Service) -> None:
    scheduler = start_scheduler(service)
    try:
        daily = scheduler.get_job("daily-scan")
        missed = scheduler.get_job("missed-scan")
        assert daily.next_run_time.utcoffset() == timedelta(hours=8)
        assert (daily.next_run_time.hour, daily.next_run_time.minute) == (6, 0)
        assert daily.coalesce
        assert missed.misfire_grace_time is None
    finally:
        scheduler.shutdown(wait=True)
