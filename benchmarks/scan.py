"""The scan beside its floor: one hand-written INSERT … SELECT … ON CONFLICT of the same rule."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from sqlalchemy import select, text
from sqlalchemy.sql import func

from alerts.models import Alert
from alerts.rules.rule import Rule
from alerts.scan import run_scan
from benchmarks.ledger import AS_OF, build
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB
from kernel.database import Database
from kernel.settings import Settings
from monitor.wiring import rules
from tests import postgres
from tests.clocks import StoppedClock

CONTRACTS, OVERDUE, ROUNDS = 100_000, 1_000, 9
CLOCK = StoppedClock(datetime(2023, 12, 31, tzinfo=UTC), AS_OF)
_EMPTY = "TRUNCATE alert, alert_episode, alert_event, scan_run, delivery CASCADE"
_FLOOR = """
INSERT INTO alert (id, rule, subject_id, period, contract_id, organisation_id, severity,
  state, since, facts, opened_on, episode, seen_scan_id, change, change_scan_id, recorded_at,
  version)
SELECT gen_random_uuid(), 'late_payment', s.milestone_id, '', s.contract_id, c.purchaser_id,
  CASE WHEN s.due_on <= date '2023-11-01' THEN 4 WHEN s.due_on <= date '2023-12-16' THEN 3
  ELSE 2 END, 'open', s.due_on + 1, jsonb_build_object('milestone', m.name, 'milestone_number',
  m.number, 'due_on', s.due_on, 'amount_fen', s.amount, 'paid_fen', s.paid, 'unpaid_fen',
  s.unpaid, 'assumed', m.assumed), date '2023-12-31', 1, md5('scan')::uuid, 'opened',
  md5('scan')::uuid, now(), 1
FROM settlement s JOIN milestone m ON m.id = s.milestone_id JOIN contract c ON c.id = s.contract_id
WHERE s.unpaid_due_on < date '2023-12-31'
ON CONFLICT (rule, subject_id, period) DO UPDATE SET severity = excluded.severity,
  facts = excluded.facts, since = excluded.since, seen_scan_id = excluded.seen_scan_id,
  change = 'refreshed'
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Median seconds of the first run (opens) and of a later one (refreshes)."""

    first: float
    again: float


def measure() -> list[str]:
    """Build both ledgers, run scan and floor in turn, and give the lines to print."""
    with postgres.server() as base:
        small = build(postgres.create_database(base, "bench_small"), CONTRACTS, OVERDUE)
        scan, floor, every = _figures(small)
        small.dispose()
        large = build(postgres.create_database(base, "bench_large"), CONTRACTS * 10, OVERDUE)
        scan_large, floor_large, every_large = _figures(large)
        large.dispose()
    return [
        f"scan of late_payment, {CONTRACTS:,} contracts, {CONTRACTS * 3:,} milestones, "
        f"{OVERDUE:,} overdue, beside one INSERT … SELECT … ON CONFLICT:",
        f"  first scan (opens):    {scan.first / floor.first:.2f} x the floor (aim at most 3)",
        f"  next scan (refreshes): {scan.again / floor.again:.2f} x the floor (aim at most 3)",
        f"the same with {CONTRACTS * 10:,} contracts and as many overdue:",
        f"  first scan: {scan_large.first / scan.first:.2f} x as long (aim at most 1.5)",
        f"  next scan:  {scan_large.again / scan.again:.2f} x as long (aim at most 1.5)",
        f"  the floor:  {floor_large.first / floor.first:.2f} x as long",
        f"all three rules: first {every_large.first / every.first:.2f} x, "
        f"next {every_large.again / every.again:.2f} x as long",
    ]


def _figures(database: Database) -> tuple[Figures, Figures, Figures]:
    """Scan of one rule, floor, and scan of all rules, taken in turn so that drift hits all."""
    all_rules = rules(Settings())
    taken: dict[str, list[tuple[float, float]]] = {"scan": [], "floor": [], "every": []}
    for _ in range(ROUNDS):
        taken["scan"].append(_pair(database, lambda: _scan(database, all_rules[:1])))
        taken["floor"].append(_pair(database, lambda: _floor(database)))
        taken["every"].append(_pair(database, lambda: _scan(database, all_rules)))
    with database.reading(LOCAL_OPERATOR) as session:
        opened = session.scalar(select(func.count()).where(Alert.rule == "late_payment"))
    if opened != OVERDUE:
        raise RuntimeError(f"the scan opened {opened} alerts where {OVERDUE} are overdue")
    scan, floor, every = (
        Figures(median(a for a, _ in pairs), median(b for _, b in pairs))
        for pairs in taken.values()
    )
    return scan, floor, every


def _pair(database: Database, run: Callable[[], None]) -> tuple[float, float]:
    with database.engine.begin() as connection:
        # The trail refuses a TRUNCATE, which no row's trigger would see.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(_EMPTY))
    return _timed(run), _timed(run)


def _timed(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _scan(database: Database, chosen: tuple[Rule, ...]) -> None:
    run_scan(database, CLOCK, AS_OF, SCAN_JOB, chosen)


def _floor(database: Database) -> None:
    with database.engine.begin() as connection:
        # As the scan does it: what the service writes into these tables is its own log.
        connection.execute(text("SELECT set_config('monitor.actor', 'floor', true)"))
        connection.exec_driver_sql(_FLOOR)
