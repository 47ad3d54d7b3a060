"""A list as a workbook: what is on screen, all its pages, row after row in constant memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any, Protocol, TypeVar

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from contracts.lists.columns import CellKind, ListColumn

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Paged(Protocol[T_co]):
    """One page of a list, and the key of the next."""

    @property
    def items(self) -> Sequence[T_co]: ...  # noqa: D102 — the protocol says it
    @property
    def next(self) -> str | None: ...  # noqa: D102


EXPORT_PAGE = 200
"""Records that an export reads at once."""
MOST_ROWS = 20_000
"""So many rows an export has at most; it says so where there are more."""
WITHHELD, NOT_GIVEN = "无权限", "未提供"
_WIDTHS = {CellKind.TEXT: 24, CellKind.MONEY: 16, CellKind.COUNT: 10, CellKind.DAY: 12}
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""What a user typed is text in the workbook, whatever sign it begins with."""


def every_page(read: Callable[[str], Paged[T]]) -> Iterator[T]:
    """All records of a list, page after page; ``read`` gives the page at a cursor, ``""`` the first."""
    cursor: str | None = ""
    while cursor is not None:
        page = read(cursor)
        yield from page.items
        cursor = page.next


def write_workbook(
    target: IO[bytes], title: str, columns: Sequence[ListColumn], records: Iterable[Any]
) -> int:
    """Write ``records`` under the columns' titles; gives how many there are.

    At most ``MOST_ROWS`` are taken; a row below says when there would be more.
    """
    book = Workbook(target, _OPTIONS)
    sheet = book.add_worksheet("清单")
    bold = book.add_format({"bold": True})
    looks = {
        CellKind.MONEY: book.add_format({"num_format": "#,##0.00"}),
        CellKind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    sheet.write_string(0, 0, title, bold)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _WIDTHS[column.kind])
        unit = "（元）" if column.kind is CellKind.MONEY else ""
        sheet.write_string(1, place, column.title + unit, bold)
    sheet.freeze_panes(2, 0)
    count = 0
    for record in records:
        if count == MOST_ROWS:
            sheet.write_string(count + 2, 0, f"只导出前 {MOST_ROWS:,} 行，请缩小条件分次导出。")
            break
        for place, column in enumerate(columns):
            _write(sheet, count + 2, place, _cell(record, column), looks.get(column.kind))
        count += 1
    book.close()
    return count


def _cell(record: Any, column: ListColumn) -> object:
    if column.field and column.field in getattr(record, "withheld", ()):
        return WITHHELD
    value = column.value(record)
    return NOT_GIVEN if value is None else value


def _write(sheet: Worksheet, row: int, place: int, value: object, look: Format | None) -> None:
    match value:
        case date():
            sheet.write_datetime(row, place, value, look)
        case Decimal() | int():
            sheet.write_number(row, place, value, look)
        case _:
            sheet.write_string(row, place, str(value))
