"""Workbooks for tests: the samples with cells changed, and whole ones from rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Self

from python_calamine import CalamineWorkbook
from sqlalchemy import select
from xlsxwriter import Workbook

import samples
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.workbook_guard import WorkbookLimits
from migrations.rights import HIDDEN
from migrations.tables import METADATA
from monitor.import_results import ImportResult
from monitor.importing import import_workbook
from tests.clocks import StoppedClock

HEADING_ROW = 3
FIRST = StoppedClock(datetime(2024, 1, 2, 1, 0, tzinfo=UTC), date(2023, 12, 31))
LATER = StoppedClock(datetime(2024, 2, 2, 1, 0, tzinfo=UTC), date(2024, 1, 31))

Line = list[Any]
Dump = dict[str, list[tuple[object, ...]]]


class Book:
    """Sheets as lists of lines; rows count from 1 as a person sees them."""

    def __init__(self, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> None:
        self.sheets: dict[str, list[Line]] = {
            name: [list(line) for line in lines] for name, lines in sheets.items()
        }

    @classmethod
    def sample(cls, name: str = "hami-2023") -> Self:
        """A sample's cells, to be changed; 合计 rows are left out."""
        workbook = CalamineWorkbook.from_path(samples.path(name))
        sheets = {
            sheet: [
                line
                for line in workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
                if line[0] != "合计"
            ]
            for sheet in workbook.sheet_names
        }
        return cls(sheets)

    def column(self, sheet: str, heading: str) -> int:
        """Where a heading stands."""
        return self.sheets[sheet][HEADING_ROW - 1].index(heading)

    def put(self, sheet: str, row: int, heading: str, value: object) -> Self:
        """Write a cell."""
        self.sheets[sheet][row - 1][self.column(sheet, heading)] = value
        return self

    def drop(self, sheet: str, row: int) -> Self:
        """Delete a row; those below move up."""
        del self.sheets[sheet][row - 1]
        return self

    def add(self, sheet: str, **cells: object) -> Self:
        """Add a row below; headings not named stay empty. Units in headings may be left out."""
        line: Line = [""] * len(self.sheets[sheet][HEADING_ROW - 1])
        plain = [str(name).partition("(")[0] for name in self.sheets[sheet][HEADING_ROW - 1]]
        for heading, value in cells.items():
            line[plain.index(heading)] = value
        self.sheets[sheet].append(line)
        return self

    def save(self, path: Path) -> Path:
        """Write the workbook; a formula is one that failed."""
        with Workbook(str(path), {"constant_memory": True}) as book:
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for name, lines in self.sheets.items():
                sheet = book.add_worksheet(name)
                for at, line in enumerate(lines):
                    for column, value in enumerate(line):
                        if isinstance(value, date):
                            sheet.write_datetime(at, column, value, day)
                        elif isinstance(value, str) and value.startswith("="):
                            sheet.write_formula(at, column, value, None, "#DIV/0!")
                        elif value != "":
                            sheet.write(at, column, value)
        return path


def bring_in(
    database: Database, path: Path, clock: StoppedClock = FIRST, *, dry_run: bool = False
) -> ImportResult:
    """Import as the operator does."""
    return import_workbook(database, path, LOCAL_OPERATOR, clock, WorkbookLimits(), dry_run=dry_run)


def dump(database: Database) -> Dump:
    """Every row of every table that the service may read, in an order of its own."""
    with database.reading(LOCAL_OPERATOR) as session:
        return {
            table.name: sorted(
                (tuple(map(str, row)) for row in session.execute(select(table))), key=str
            )
            for table in METADATA.sorted_tables
            if table.name not in HIDDEN
        }


def added(result: ImportResult) -> dict[str, int]:
    """How many records of each kind an import added, where any."""
    return _some(result.as_json()["added"])


def changed(result: ImportResult) -> dict[str, int]:
    """How many records of each kind an import changed, where any."""
    return _some(result.as_json()["changed"])


def said(result: ImportResult) -> list[tuple[str, str, str, str, str]]:
    """What an import says it changed: kind, record, field, before, after."""
    return [
        (each["kind"], each["key"], each["field"], each["before"], each["after"])
        for each in result.as_json()["changes"]
    ]


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {kind: number for kind, number in counts.items() if number}
