"""One column of a sheet: its cells read, and what was read once remembered."""

from collections.abc import Callable
from functools import partial
from typing import Final

from kernel.workbook_cells import (
    Cell,
    read_amount,
    read_code,
    read_count,
    read_date,
    read_percent,
    read_text,
    read_word,
    read_year,
)
from kernel.workbook_columns import Column, Kind
from kernel.workbook_sheets import Heading

_READERS: Final[dict[Kind, Callable[[Cell], object]]] = {
    Kind.TEXT: read_text,
    Kind.CODE: read_code,
    Kind.DATE: read_date,
    Kind.COUNT: read_count,
    Kind.YEAR: read_year,
    Kind.PERCENT: read_percent,
}
MOST_REMEMBERED: Final = 5_000
"""Texts of a column that are remembered: names and words recur, descriptions do not."""


class ColumnReader:
    """Reads a column's cells; the same text is read once."""

    def __init__(self, column: Column, heading: Heading) -> None:
        self._read = _reader(column, heading)
        self._known: dict[str, object] = {}

    def __call__(self, cell: Cell) -> object:
        """The value of a cell, None for an empty one; raises ``CellError``."""
        if type(cell) is not str:
            return self._read(cell)
        if cell in self._known:
            return self._known[cell]
        value = self._read(cell)
        if len(self._known) < MOST_REMEMBERED:
            self._known[cell] = value
        return value


def _reader(column: Column, heading: Heading) -> Callable[[Cell], object]:
    if column.kind is Kind.AMOUNT:
        return partial(read_amount, unit=heading.unit)
    if column.kind is Kind.WORD:
        return partial(read_word, words=column.words or {})
    return _READERS[column.kind]
