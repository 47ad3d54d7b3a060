"""A ledger of 100,000 hazards imported beside the floor: calamine reads the file, and one bulk insert
writes as many rows into the same table with the same triggers and indexes.

Each in a process of its own, on both databases, in the same run.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from python_calamine import CalamineWorkbook
from sqlalchemy import insert, select
from xlsxwriter import Workbook

import samples
from contracts.enterprises.models import Enterprise
from contracts.enterprises.names import name_key
from contracts.hazards.models import Hazard, HazardLevel
from contracts.imports.hazard_rows import HazardRow
from contracts.models import Contract
from contracts.service_models import ServiceRound
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.keys import new_key
from kernel.workbook_guard import WorkbookLimits
from migrations.schema import upgrade
from monitor.importing import import_workbook
from monitor.wiring import event_bus
from tests import postgres
from tests.clocks import StoppedClock

ROWS = 100_000
CLOCK = StoppedClock(datetime(2024, 1, 2, 1, 0, tzinfo=UTC), date(2023, 12, 31))
_HEADINGS = (
    "合同编号", "序号", "排查时间", "轮次", "排查人", "企业", "隐患部位", "隐患描述", "等级", "治理措施",
    "整改期限", "责任人", "整改完成时间", "复查时间", "复查人", "复查结果",
)  # fmt: skip


def measure() -> list[str]:
    """Write the file, import it in turn with the floor on both databases, and give the lines."""
    with tempfile.TemporaryDirectory() as folder, postgres.server() as base:
        file = _write(Path(folder) / "hazards.xlsx")
        postgres.create_app_role(base)
        return [
            f"{ROWS:,} hazard rows (aim at most 2.00 x the floor, peak at most 400 MB):",
            *_compare("SQLite", file, lambda name: _sqlite(Path(folder), name)),
            *_compare("PostgreSQL", file, lambda name: _postgresql(base, name)),
        ]


def _compare(title: str, file: Path, make: Any) -> list[str]:
    floor = _run("floor", make("floor"), file)
    ours = _run("ours", make("ours"), file)
    return [
        f"  {title}: floor {floor['seconds']:.1f} s (read {floor['read']:.1f} s), import "
        f"{ours['seconds']:.1f} s: {ours['seconds'] / floor['seconds']:.2f} x; peak {ours['peak']} MB; "
        f"the same file again {ours['again']:.1f} s, {ours['again_changes']} changes"
    ]


def _run(what: str, address: str, file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.imports", what, address, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _sqlite(folder: Path, name: str) -> str:
    return _ready(f"sqlite:///{folder / name}.db", None)


def _postgresql(base: str, name: str) -> str:
    owner = postgres.create_database(base, f"bench_import_{name}")
    _ready(owner, postgres.APP_ROLE)
    return postgres.as_app_role(owner)


def _ready(address: str, role: str | None) -> str:
    database = Database(address, event_bus())
    upgrade(database, app_role=role)
    _import(database, samples.path("hami-2023"))
    database.dispose()
    return address


def _write(path: Path) -> Path:
    with Workbook(str(path), {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(HazardRow.SHEET)
        sheet.write_row(0, 0, _HEADINGS)
        for at in range(1, ROWS + 1):
            for column, cell in enumerate(_line(at)):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, column, cell, day)
                elif cell is not None:
                    sheet.write(at, column, cell)
    return path


def _line(at: int) -> list[Any]:
    found = datetime(2023, 1, 1) + timedelta(days=at % 300)  # noqa: DTZ001 — a day of a ledger
    done = found + timedelta(days=9)
    closed = [found + timedelta(days=12), f"专家{at % 30}", "合格"] if at % 10 else [None] * 3
    return [
        f"HAMI-2023-0{at % 8 + 1}", at, found, 1, f"专家{at % 30}", f"第{at % 600}化工有限公司",
        f"车间{at % 90}配电室", f"第{at}号配电箱未接地，电缆敷设不规范，未设置警示标识",
        "重大" if at % 50 == 0 else "一般", f"限期整改，完善接地{at % 40}", found + timedelta(days=15),
        f"负责人{at % 200}", f"{done.year}.{done.month}.{done.day}" if at % 10 else None, *closed,
    ]  # fmt: skip


def _floor(address: str, file: Path) -> dict[str, Any]:
    database = Database(address, event_bus())
    began = time.perf_counter()
    lines = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()[1:]
    read = time.perf_counter() - began
    with database.writing(LOCAL_OPERATOR) as session:
        contracts = dict(session.execute(select(Contract.number, Contract.id)).all())
        firms = {name: new_key() for name in {str(line[5]) for line in lines}}
        session.execute(insert(Enterprise), [_firm(name, key) for name, key in firms.items()])
        first = select(ServiceRound.contract_id, ServiceRound.id).where(ServiceRound.number == 1)
        known = _Known(contracts, firms, dict(session.execute(first).all()))
        session.execute(insert(Hazard.__table__), [_row(known, line) for line in lines])  # type: ignore[arg-type]  # a declared class's table is a Table
    return {"seconds": time.perf_counter() - began, "read": read}


class _Known(NamedTuple):
    """Keys by number, by name and by contract: what an import has to find out."""

    contracts: dict[str, Any]
    firms: dict[str, Any]
    rounds: dict[Any, Any]


def _firm(name: str, key: UUID) -> dict[str, Any]:
    return {
        "id": key,
        "root_id": key,
        "name": name,
        "name_key": name_key(name),
        "recorded_at": CLOCK.now(),
        "recorded_by": "floor",
    }


def _row(known: _Known, line: list[Any]) -> dict[str, Any]:
    contract = known.contracts[line[0]]
    return {
        "id": new_key(),
        "contract_id": contract,
        "round_id": known.rounds.get(contract),
        "enterprise_id": known.firms[line[5]],
        "natural_key": f"n:{line[1]:.0f}",
        "number": f"{line[1]:.0f}",
        "found_on": line[2],
        "found_by": line[4],
        "spot": line[6],
        "description": line[7],
        "level": HazardLevel.MAJOR if line[8] == "重大" else HazardLevel.GENERAL,
        "measures": line[9],
        "assigned_on": line[2],
        "deadline": line[10],
        "responsible": line[11],
        "rectified_on": line[13] or None,
        "rechecked_on": line[13] or None,
        "rechecked_by": line[14],
        "verified_on": line[13] or None,
        "verify_result": line[15],
        "recorded_at": CLOCK.now(),
        "recorded_by": "floor",
    }


def _ours(address: str, file: Path) -> dict[str, Any]:
    database = Database(address, event_bus())
    began = time.perf_counter()
    first = _import(database, file)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    second = _import(database, file)
    if sum(first.added.values()) < ROWS or first.errors:
        raise RuntimeError(f"imported {first.added}: {first.errors}")
    return {
        "seconds": seconds,
        "again": time.perf_counter() - began,
        "again_changes": sum(second.added.values()) + sum(second.changed.values()),
    }


def _import(database: Database, file: Path) -> Any:
    return import_workbook(database, file, LOCAL_OPERATOR, CLOCK, WorkbookLimits())


if __name__ == "__main__":
    run = {"floor": _floor, "ours": _ours}[sys.argv[1]]
    told = run(sys.argv[2], Path(sys.argv[3]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(json.dumps({**told, "peak": peak}))
