"""When the scan runs: daily at a set local time, and soon after start when a day was missed."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError

from alerts.scan import ScanReport, run_scan
from alerts.scan_queries import last_scanned
from kernel.access.actor import SCAN_JOB
from kernel.errors import ConflictError, MonitorError
from kernel.logs import get_logger
from kernel.settings import Settings
from kernel.trail.sealing import seal
from monitor.imports.folder import KEPT_DAYS
from monitor.imports.starting import imports_folder
from monitor.service import Service
from monitor.wiring import rules

FIRST_CHECK = timedelta(seconds=2)
"""After start, so that a worker that is started and stopped at once scans nothing."""

CHECK_EVERY = timedelta(minutes=10)
"""How soon a scan is made up for that failed, or that the machine slept through."""

SEAL_EVERY = timedelta(seconds=5)
"""How long an entry of the trail waits for its seal, while it could still be changed unnoticed."""

_log = get_logger("scheduler")


def start_scheduler(service: Service) -> BackgroundScheduler:
    """Start the jobs in threads of their own; the caller shuts the scheduler down."""
    zone = ZoneInfo(service.settings.zone)
    scheduler = BackgroundScheduler(
        timezone=zone,
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    for name, job, trigger, first in _jobs(service, zone):
        options = {} if first is None else {"next_run_time": first}
        scheduler.add_job(job, trigger, args=[service], id=name, **options)
    scheduler.start()
    return scheduler


def _jobs(service: Service, zone: ZoneInfo) -> list[tuple[str, Any, Any, datetime | None]]:
    at = service.settings.scan_at
    daily = CronTrigger(hour=at.hour, minute=at.minute, second=at.second, timezone=zone)
    often = IntervalTrigger(seconds=int(CHECK_EVERY.total_seconds()), timezone=zone)
    seconds = IntervalTrigger(seconds=int(SEAL_EVERY.total_seconds()), timezone=zone)
    days = IntervalTrigger(days=1, timezone=zone)
    soon = datetime.now(zone) + FIRST_CHECK
    return [
        ("daily-scan", scan_today, daily, None),
        ("missed-scan", scan_if_missed, often, soon),
        ("seal", seal_recent, seconds, None),
        ("seal-all", seal_all, days, soon),
        ("clear-imports", clear_imports, days, soon),
    ]


def scan_today(service: Service) -> ScanReport | None:
    """Scan the business date; a refusal or failure is logged and leaves the scheduler running."""
    as_of = service.clock.business_date()
    try:
        report = run_scan(service.database, service.clock, as_of, SCAN_JOB, rules(service.settings))
    except ConflictError as refusal:
        _log.info("scan_refused", as_of=as_of.isoformat(), why=refusal.message)
        return None
    except (MonitorError, SQLAlchemyError) as error:
        _log.error("scan_failed", as_of=as_of.isoformat(), error=type(error).__name__)
        return None
    _log.info("scan_done", as_of=as_of.isoformat(), counts=report.counts)
    return report


def scan_if_missed(service: Service) -> ScanReport | None:
    """Scan when no good scan reaches the date that should have been scanned by now."""
    owed = scan_owed(service.settings, service.clock.business_date(), service.clock.now())
    try:
        with service.database.reading(SCAN_JOB) as session:
            scanned = last_scanned(session)
    except SQLAlchemyError as error:
        _log.error("scan_check_failed", error=type(error).__name__)
        return None
    return scan_today(service) if scanned is None or scanned < owed else None


def seal_recent(service: Service) -> None:
    """Seal the newest entries of the trail; one of many workers does, the others find it done."""
    _seal(service, whole=False)


def seal_all(service: Service) -> None:
    """Look for unsealed entries in the whole trail: one that was committed very late."""
    _seal(service, whole=True)


def clear_imports(service: Service) -> None:
    """Clear away this node's old files of imports, which hold what the ledger has by now."""
    before = service.clock.now() - timedelta(days=KEPT_DAYS)
    try:
        cleared = imports_folder(service.settings).clear(before)
    except OSError as error:
        _log.error("clear_imports_failed", error=type(error).__name__)
        return
    if cleared:
        _log.info("imports_cleared", files=cleared)


def _seal(service: Service, *, whole: bool) -> None:
    try:
        sealed = seal(service.database, service.clock, whole=whole)
    except SQLAlchemyError as error:
        _log.error("seal_failed", error=type(error).__name__)
        return
    if sealed:
        _log.info("sealed", entries=sealed)


def scan_owed(settings: Settings, today: date, now: datetime) -> date:
    """The last business date whose time to scan has come.

    A fixed business date has no hour to wait for.
    """
    local = now.astimezone(ZoneInfo(settings.zone))
    if settings.business_date is not None or local.time() >= settings.scan_at:
        return today
    return today - timedelta(days=1)
