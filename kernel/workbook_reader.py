"""From a guarded file to typed rows: every cell read or named as a problem."""

from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Generic, TypeVar

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from kernel.errors import InputError
from kernel.workbook_cells import is_blank, narrow
from kernel.workbook_columns import (
    LedgerRow,
)
from kernel.workbook_guard import FIELD, WorkbookLimits, read_guarded
from kernel.workbook_problems import Problems, shown
from kernel.workbook_row_reader import SheetReader
from kernel.workbook_scan import scan
from kernel.workbook_sheets import (
    HEADING_ROWS,
    Line,
    Sheet,
    SheetRow,
    find_layout,
)

R = TypeVar("R", bound=LedgerRow)
LONGEST_CODE = 200


class Workbook:
    """An open workbook; its sheets are read one at a time."""

    def __init__(self, path: Path, limits: WorkbookLimits) -> None:
        """Raises ``InputError`` for a file that `read_guarded` or `scan` refuses."""
        content = read_guarded(path, limits)
        self._unreadable = scan(content, limits)
        self.stem = path.stem
        self.name = path.name
        try:
            self._book = CalamineWorkbook.from_filelike(BytesIO(content))
        except CalamineError:
            raise InputError(FIELD, "不是 .xlsx 工作簿，无法读取") from None
        self._names = {narrow(name): name for name in self._book.sheet_names}

    def unknown_sheets(self, known: Collection[str]) -> list[str]:
        """Sheets that nobody reads."""
        return [name for key, name in self._names.items() if key not in known]

    def has(self, row_type: type[LedgerRow]) -> bool:
        """Whether there is a sheet of this name."""
        return row_type.SHEET in self._names

    def read(self, row_type: type[R], problems: Problems) -> Sheet[R] | None:
        """Read the sheet of ``row_type``; None when the file has none, or no headings in it."""
        found = self.stream(row_type, problems)
        if found is None:
            return None
        found.sheet.rows.extend(found.rows())
        return found.sheet

    def stream(self, row_type: type[R], problems: Problems) -> "Stream[R] | None":
        """The sheet of ``row_type``, its rows still to be read; None as for ``read``."""
        name = self._names.get(row_type.SHEET)
        if name is None:
            return None
        opened = self._open(name)
        head = list(islice(_lines(opened), HEADING_ROWS))
        layout = find_layout(name, head, row_type, problems)
        if layout is None:
            return None
        unreadable = self._unreadable.get(name, {})
        reader = SheetReader(name, row_type, layout, unreadable, problems)
        return Stream(reader, opened)

    def lines(self, name: str) -> Iterator[Line]:
        """The lines of a sheet from its first, each from column A; one at a time."""
        return _lines(self._open(name))

    @property
    def sheet_keys(self) -> Mapping[str, str]:
        """The sheets' names, by the same without spaces and full-width signs."""
        return self._names

    def _open(self, name: str) -> CalamineSheet:
        try:
            return self._book.get_sheet_by_name(name)
        except CalamineError:
            raise InputError(FIELD, f"工作表“{name}”无法读取") from None


def _lines(sheet: CalamineSheet) -> Iterator[Line]:
    before: Line = [""] * (sheet.start[1] if sheet.start else 0)
    return (([*before, *line] if before else line) for line in sheet.iter_rows())


class Stream(Generic[R]):
    """A sheet whose rows are read one at a time; totals and remarks are known after the last."""

    def __init__(self, reader: "SheetReader[R]", opened: CalamineSheet) -> None:
        self.sheet = reader.sheet
        self.height = int(opened.total_height)
        self._reader = reader
        self._opened = opened

    def rows(self) -> Iterator[SheetRow[R]]:
        """The rows, typed; what cannot be read is noted. To be called once."""
        return self._reader.rows(_lines(self._opened))

    def codes(self, name: str) -> set[str]:
        """What stands in a column, without anything noted: whom the sheet is about."""
        heading = self.sheet.headings.get(name)
        if heading is None:
            return set()
        cells = {line[heading.at] for line in _lines(self._opened)}
        return {narrow(shown(cell, LONGEST_CODE)) for cell in cells if not is_blank(cell)}
