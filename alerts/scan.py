"""The scan: opens, refreshes, raises, lowers and resolves alerts for one business date.

Nothing depends on when it last ran: alerts follow from the ledger's dated versions on ``as_of``,
so skipping ten days and scanning once opens what daily scans would have left open.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from alerts import scan_statements
from alerts.models import ScanRun
from alerts.rules.rule import Rule
from alerts.scan_queries import last_scanned
from alerts.scan_statements import Counts
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import ConflictError, InputError
from kernel.keys import new_key
from kernel.sql import lock_transaction

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2200, 12, 31)
"""No ledger holds a day outside."""


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan did, by rule."""

    scan_id: UUID
    as_of: date
    counts: Counts


def run_scan(
    database: Database,
    clock: Clock,
    as_of: date,
    actor: Actor,
    rules: Sequence[Rule],
    *,
    deliver: bool = True,
) -> ScanReport:
    """Scan in one transaction of its own; a run that fails is recorded too.

    Its statements see one moment of the ledger: an import that commits between two of them must
    not end what it has only just changed. Raises ``ConflictError`` when ``as_of`` is before the
    last committed scan or another scan runs, and ``InputError`` as ``scan`` does and for a day yet
    to come: a slip of the pen there would shut out every scan until then.
    """
    started = clock.now()
    latest = max(clock.business_date(), started.date() + timedelta(days=1))
    if as_of > latest:
        raise InputError("as_of", f"{as_of} 还没有到；最晚可核查 {latest}，以后的日子只能试算")
    try:
        with database.writing(actor, snapshot=True) as session:
            if not lock_transaction(session, "scan"):
                raise ConflictError("另一次核查正在进行，请稍后再试")
            _refuse_going_back(session, as_of)
            return scan(session, clock, as_of, actor, rules, deliver=deliver)
    except (ConflictError, InputError):
        raise
    except Exception as error:
        failed = ScanRun(as_of=as_of, started_at=started, duration_ms=0, actor=actor.name)
        failed.error, failed.counts = repr(error)[:1000], {}
        with database.writing(actor) as session:
            session.add(failed)
        raise


def scan(
    session: Session,
    clock: Clock,
    as_of: date,
    actor: Actor,
    rules: Sequence[Rule],
    *,
    deliver: bool,
) -> ScanReport:
    """Scan any day in the caller's transaction, which may be rolled back to only ask.

    Raises ``InputError`` for a day that no ledger can hold.
    """
    if not FIRST_DAY <= as_of <= LAST_DAY:
        raise InputError("as_of", f"{as_of}，应在 {FIRST_DAY} 至 {LAST_DAY} 之间")
    now, began, scan_id = clock.now(), time.monotonic(), new_key()
    for rule in rules:
        scan_statements.stamp_seen(session, rule, scan_id, now, as_of)
        scan_statements.resolve_unseen(session, rule, scan_id, as_of)
    counts, happened = scan_statements.count_changes(session, scan_id, rules)
    run = ScanRun(id=scan_id, as_of=as_of, started_at=now, duration_ms=0, actor=actor.name)
    run.counts = counts
    session.add(run)
    session.flush()
    scan_statements.write_episodes(session, scan_id, as_of, happened)
    if not happened.isdisjoint(scan_statements.RECORDED_CHANGES):
        scan_statements.write_events(session, scan_id, now, as_of)
        if deliver:
            scan_statements.write_deliveries(session, scan_id, now)
    run.duration_ms = round((time.monotonic() - began) * 1000)
    return ScanReport(scan_id, as_of, counts)


def _refuse_going_back(session: Session, as_of: date) -> None:
    last = last_scanned(session)
    if last is not None and as_of < last:
        raise ConflictError(f"上次核查的业务日期为 {last}，不能再核查更早的 {as_of}；可用试算")
