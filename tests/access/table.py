"""The table of routes and roles: ``table.csv`` beside this file, what each route answers to whom.

``python -m tests.access.table`` prints the table as it is now. Nothing accepts it by itself: a cell
that differs is read by a person, who changes the file or the route.
"""

import csv
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from kernel.database import Database
from migrations.schema import upgrade
from tests.access.cast import COLUMNS
from tests.access.routes import Route

FILE = Path(__file__).parent / "table.csv"
Table = Mapping[Route, Mapping[str, int]]


def expected_table() -> dict[Route, dict[str, int]]:
    """The table in the repository."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {
            Route(row["route"], row["method"]): {who: int(row[who]) for who in COLUMNS}
            for row in csv.DictReader(file)
        }


def write_table(table: Table, file: TextIO) -> None:
    """The same shape, to be read beside the file."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["method", "route", *COLUMNS])
    for route, cells in table.items():
        writer.writerow([route.method, route.path, *(cells[who] for who in COLUMNS)])


def differences(actual: Table, expected: Table) -> list[str]:
    """Routes that one of them lacks, and cells that differ, in words."""
    missing = [
        f"{r.method} {r.path}: not in table.csv" for r in sorted(actual.keys() - expected.keys())
    ]
    gone = [f"{r.method} {r.path}: no such route" for r in sorted(expected.keys() - actual.keys())]
    wrong = [
        f"{route.method} {route.path} as {who}: answers {actual[route][who]}, table.csv says {status}"
        for route in sorted(actual.keys() & expected.keys())
        for who, status in expected[route].items()
        if actual[route][who] != status
    ]
    return missing + gone + wrong


def _print_now() -> None:
    from tests.access.extent import Extent
    from tests.access.stage import actual_table, set_up

    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/monitor.db"
        database = Database(address)
        upgrade(database)
        database.dispose()
        write_table(actual_table(set_up(address, None, Path(folder)), Extent.WHOLE), sys.stdout)


if __name__ == "__main__":
    _print_now()
