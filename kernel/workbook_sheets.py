"""Sheets as clerks keep them: titles above, headings in any order, blank rows, sums below."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from kernel.workbook_cells import AmountUnit, Cell, is_blank, narrow
from kernel.workbook_columns import (
    Kind,
    LedgerRow,
    base_key,
    columns_of,
    field_by_heading,
    required_headings,
    stored_values,
    unit_of,
)
from kernel.workbook_problems import Problem, Problems
from kernel.workbook_scan import column_letters

R = TypeVar("R", bound=LedgerRow)

HEADING_ROWS = 30
"""Rows from the top among which the headings are looked for."""
SUM_WORDS = {"小计", "合计", "总计", "本页合计"}
SUBTOTAL = "小计"
ASSUMED, NOTE = "假定", "备注"
EXAMPLE = "示例行，导入时不读取"
"""What the remark of a template's example says, so that it is no row of the ledger."""
_CLOSING = re.compile(r"(注|备注|说明|制表|制表人|填表人|审核|审核人|填报单位|填报日期)[:：].*")
_UNIT_LINE = re.compile(r"单位[:：](万元|元)")

Line = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Heading:
    """A column found in a sheet: its place, its heading as written, its unit."""

    at: int
    text: str
    unit: AmountUnit | None

    @property
    def letter(self) -> str:
        """The column's letters: G."""
        return column_letters(self.at)

    @property
    def label(self) -> str:
        """Column letters and heading: ``G 本次付款额(万元)``."""
        return f"{self.letter} {self.text}"


@dataclass(slots=True)
class SheetRow(Generic[R]):
    """A row and its number in the sheet, from 1."""

    number: int
    record: R


@dataclass(slots=True)
class Sheet(Generic[R]):
    """A sheet that was read: what it has columns for, its rows, what was left unread.

    ``closing`` says which of ``assumed`` and ``note`` the sheet has a column for; ``totalled``
    whether it has a 合计 or 小计 row, ``sums`` which figures of these are not the sum of their rows."""

    name: str
    headings: dict[str, Heading]
    rows: list[SheetRow[R]] = field(default_factory=list)
    closing: frozenset[str] = frozenset()
    totalled: bool = False
    sums: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def values(self, row: SheetRow[R]) -> dict[str, Any]:
        """The row's values by the ledger's names, remark and assumptions where there is a column.

        What a sheet has no column for it does not state, so the ledger keeps what it knows.
        """
        values = stored_values(row.record, self.headings)
        if "assumed" in self.closing:
            values["assumed"] = list(row.record.assumed)
        if "note" in self.closing:
            values["note"] = row.record.note
        return values

    def problem(self, row: int, name: str, value: object, message: str) -> Problem:
        """A problem with the field ``name`` of a row; the sheet may lack its column."""
        heading = self.headings.get(name)
        text = "" if value is None else str(value)
        return Problem(self.name, row, heading.label if heading else None, text, message)


@dataclass(slots=True)
class Layout:
    """Where a sheet's columns are."""

    headings: dict[str, Heading]
    assumed_at: int | None
    note_at: int | None
    first_row: int
    ignored: list[str]


def find_layout(
    name: str, lines: list[Line], row_type: type[LedgerRow], problems: Problems
) -> Layout | None:
    """Find the heading row: the first that names most of the required columns."""
    known = field_by_heading(row_type)
    required = required_headings(row_type)
    best, best_at = 0, -1
    for at, line in enumerate(lines[:HEADING_ROWS]):
        named = {known.get(base_key(cell)) for cell in line if isinstance(cell, str)} - {None}
        score = len(named & required.keys())
        if score > best:
            best, best_at = score, at
    if best * 2 < len(required):
        wanted = "、".join(required.values())
        problems.add(Problem(name, None, None, "", f"找不到表头行；应有 {wanted}"))
        return None
    layout = _layout(name, lines, best_at, row_type, problems)
    for missing in required.keys() - layout.headings.keys():
        # Of the sheet, not of the heading row: without the column no row can be taken.
        told = (
            f"缺少表头“{required[missing]}”；表头在第 {best_at + 1} 行，请补上这一列或改用这个名称"
        )
        problems.add(Problem(name, None, None, "", told))
    return layout


def _layout(
    name: str, lines: list[Line], at: int, row_type: type[LedgerRow], problems: Problems
) -> Layout:
    known = field_by_heading(row_type)
    kinds = columns_of(row_type)
    sheet_unit = _sheet_unit(lines[:at])
    layout = Layout({}, None, None, at + 1, [])
    for column, cell in enumerate(lines[at]):
        if is_blank(cell):
            continue
        text = str(cell).strip().replace("\n", "")
        key = base_key(text)
        found = known.get(key)
        if key == ASSUMED:
            layout.assumed_at = column
        elif key == NOTE:
            layout.note_at = column
        elif found is None:
            layout.ignored.append(f"{name}：表头“{text}”")
        elif found in layout.headings:
            twin = layout.headings[found].label
            problems.add(
                Problem(
                    name, at + 1, column_letters(column), text, f"与 {twin} 是同一列，只能有一列"
                )
            )
        else:
            unit = unit_of(text) or sheet_unit if kinds[found].kind is Kind.AMOUNT else None
            layout.headings[found] = Heading(column, text, unit)
    return layout


def _sheet_unit(lines: list[Line]) -> AmountUnit | None:
    for line in lines:
        for cell in line:
            matched = _UNIT_LINE.search(narrow(cell)) if isinstance(cell, str) else None
            if matched:
                return AmountUnit(matched[1])
    return None


def is_sum(line: Line) -> str | None:
    """The word of a 合计 or 小计 row, None for another row."""
    first = next((cell for cell in line if not is_blank(cell)), None)
    word = narrow(first) if isinstance(first, str) else ""
    return word if word in SUM_WORDS else None


def is_remark(line: Line) -> bool:
    """A line below the table such as 制表人：… or 注：…; it holds nothing else."""
    filled = (cell for cell in line if not is_blank(cell))
    first = next(filled, None)
    return _closes(first) and all(_closes(cell) for cell in filled)


def _closes(cell: Cell) -> bool:
    return isinstance(cell, str) and _CLOSING.match(narrow(cell)) is not None


class Sums:
    """Running sums of the columns, to compare with what the sheet says they are."""

    def __init__(self, names: Iterator[str]) -> None:
        self._since_subtotal = dict.fromkeys(names, Decimal(0))
        self._whole = dict(self._since_subtotal)

    def add(self, record: LedgerRow) -> None:
        """Count a row."""
        for name in self._whole:
            value = getattr(record, name)
            if value is not None:
                self._whole[name] += value
                self._since_subtotal[name] += value

    def close(self, word: str) -> dict[str, Decimal]:
        """What a sum row with this word should hold."""
        if word != SUBTOTAL:
            return self._whole
        closed, self._since_subtotal = (
            self._since_subtotal,
            dict.fromkeys(self._since_subtotal, Decimal(0)),
        )
        return closed
