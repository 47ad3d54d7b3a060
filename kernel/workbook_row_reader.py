"""The rows of one sheet, typed: every cell read or named as a problem."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from kernel.money import format_wan, format_yuan
from kernel.workbook_cells import AmountUnit, CellError, is_blank, narrow, read_text
from kernel.workbook_column_reader import ColumnReader
from kernel.workbook_columns import (
    SUMMED,
    LedgerRow,
    base_key,
    columns_of,
    field_by_heading,
)
from kernel.workbook_problems import Problem, Problems, shown
from kernel.workbook_scan import UNCALCULATED, CellKey, column_letters
from kernel.workbook_sheets import (
    ASSUMED,
    EXAMPLE,
    NOTE,
    Heading,
    Layout,
    Line,
    Sheet,
    SheetRow,
    Sums,
    is_remark,
    is_sum,
)

R = TypeVar("R", bound=LedgerRow)
SEQUENCE = "sequence"
"""A field that only numbers rows: a row that holds nothing else is blank."""

_BOUNDS = {
    "string_too_long": "文字过长，最多 {max_length} 字",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "必须大于 {gt}",
    "less_than_equal": "不能大于 {le}",
}


class SheetReader(Generic[R]):
    """Reads one sheet below its headings; ``sheet`` is what it has found."""

    def __init__(
        self,
        name: str,
        row_type: type[R],
        layout: Layout,
        unreadable: Mapping[CellKey, str],
        problems: Problems,
    ) -> None:
        self._type = row_type
        self._columns = columns_of(row_type)
        self._layout = layout
        self._unreadable = unreadable
        self._unreadable_rows = {row for row, _column in unreadable}
        self._problems = problems
        self._fields = row_type.model_fields
        self._whole = all(
            name in layout.headings or not self._fields[name].is_required()
            for name in self._columns
        )
        present = {"assumed": layout.assumed_at, "note": layout.note_at}
        closing = frozenset(name for name, at in present.items() if at is not None)
        self._readers = [
            (name, heading.at, ColumnReader(self._columns[name], heading))
            for name, heading in layout.headings.items()
        ]
        self._required = {name for name in layout.headings if self._fields[name].is_required()}
        self.sheet: Sheet[R] = Sheet(name, layout.headings, closing=closing, ignored=layout.ignored)

    def rows(self, lines: Iterable[Line]) -> Iterator[SheetRow[R]]:
        """Read every row below the headings."""
        sheet = self.sheet
        sums = Sums(
            name
            for name in sheet.headings
            if self._columns[name].kind in SUMMED and name != SEQUENCE
        )
        for at, line in enumerate(lines):
            if at < self._layout.first_row or self._is_empty(at, line):
                continue
            word = is_sum(line)
            if word:
                sheet.totalled = True
                self._compare(at, line, sums.close(word))
            elif is_remark(line) or self._is_example(line):
                sheet.ignored.append(f"{sheet.name} 第{at + 1}行：“{shown(line[0] or '附注')}”")
            else:
                record = self._record(at, line)
                if record is not None:
                    sums.add(record)
                    yield SheetRow(at + 1, record)

    def _is_example(self, line: Line) -> bool:
        at = self._layout.note_at
        return at is not None and line[at] == EXAMPLE

    def _is_empty(self, at: int, line: Line) -> bool:
        if at in self._unreadable_rows:
            return False
        sequence = self._layout.headings.get(SEQUENCE)
        return all(
            is_blank(cell) or (sequence is not None and column == sequence.at)
            for column, cell in enumerate(line)
        )

    def _record(self, at: int, line: Line) -> R | None:
        before = self._problems.total
        values: dict[str, Any] = {}
        for name, column, reader in self._readers:
            refused = self._problems.total
            value = self._value(at, line, column, reader)
            if value is not None:
                values[name] = value
            elif name in self._required and self._problems.total == refused:
                self._refuse(at, column, "", "必填，不能为空")
        values["assumed"] = self._assumed(at, line)
        values["note"] = self._note(at, line)
        if self._problems.total > before or not self._whole:
            return None
        try:
            return self._type.model_validate(values)
        except ValidationError as error:
            self._refuse_fields(at, error)
            return None

    def _value(self, at: int, line: Line, column: int, reader: ColumnReader) -> object:
        try:
            if at in self._unreadable_rows:
                self._check_readable(at, column)
            return reader(line[column])
        except CellError as fault:
            self._refuse(at, column, self._shown(at, line, column), str(fault))
            return None

    def _check_readable(self, at: int, column: int) -> None:
        fault = self._unreadable.get((at, column))
        if fault == UNCALCULATED:
            raise CellError("公式没有计算结果；请在 Excel 中打开并保存后再导入")
        if fault is not None:
            raise CellError("单元格是错误值；请改正公式")

    def _shown(self, at: int, line: Line, column: int) -> str:
        return self._unreadable.get((at, column)) or shown(line[column])

    def _assumed(self, at: int, line: Line) -> tuple[str, ...]:
        column = self._layout.assumed_at
        if column is None:
            return ()
        known = field_by_heading(self._type)
        stored: list[str] = []
        for heading in re.split(r"[、,;]", narrow(self._text(at, line, column))):
            if not heading:
                continue
            name = known.get(base_key(heading))
            if name is None:
                self._refuse(at, column, heading, "“假定”列只能写本表的表头，用顿号分隔")
            elif self._columns[name].kept:
                stored.append(self._columns[name].stored or name)
        return tuple(dict.fromkeys(stored))

    def _note(self, at: int, line: Line) -> str:
        column = self._layout.note_at
        if column is None:
            return ""
        return self._text(at, line, column)

    def _text(self, at: int, line: Line, column: int) -> str:
        try:
            self._check_readable(at, column)
            return read_text(line[column]) or ""
        except CellError as fault:
            self._refuse(at, column, self._shown(at, line, column), str(fault))
            return ""

    def _compare(self, at: int, line: Line, sums: Mapping[str, Decimal]) -> None:
        readers = {name: reader for name, _column, reader in self._readers}
        for name, follows in sums.items():
            heading = self._layout.headings[name]
            stated = self._value(at, line, heading.at, readers[name])
            if isinstance(stated, int | Decimal) and stated != follows:
                self.sheet.sums.append(
                    self._problem(
                        at,
                        heading.at,
                        self._shown(at, line, heading.at),
                        f"合计行写 {_figure(Decimal(stated), heading)}，"
                        f"各行相加为 {_figure(follows, heading)}",
                    )
                )

    def _refuse_fields(self, at: int, error: ValidationError) -> None:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else ""
            heading = self._layout.headings.get(name)
            told = _BOUNDS.get(fault["type"], "不在允许范围内").format(**fault.get("ctx", {}))
            column = heading.at if heading else self._layout.note_at
            self._refuse(at, column, shown(fault["input"]), told)

    def _refuse(self, at: int, column: int | None, value: str, message: str) -> None:
        self._problems.add(self._problem(at, column, value, message))

    def _problem(self, at: int, column: int | None, value: str, message: str) -> Problem:
        label = next(
            (found.label for found in self._layout.headings.values() if found.at == column), None
        )
        if label is None and column is not None:
            label = (
                f"{column_letters(column)} {ASSUMED if column == self._layout.assumed_at else NOTE}"
            )
        return Problem(self.sheet.name, at + 1, label, value, message)


def _figure(value: Decimal, heading: Heading) -> str:
    """A sum in the unit of its column."""
    if heading.unit is AmountUnit.WAN:
        return f"{format_wan(value)} 万元"
    return f"{format_yuan(value)} 元" if heading.unit else f"{value}"
