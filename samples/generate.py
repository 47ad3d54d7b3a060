"""Write the sample workbooks: `python -m samples.generate`.

The bytes depend on the facts alone, so a committed workbook can be compared with its script.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from samples import hami_2023, path, zibo_2023
from samples.ledger import (
    Contract,
    Contradiction,
    Kind,
    Ledger,
    Milestone,
    Organisation,
    Payment,
    Plan,
    Programme,
    Row,
    ServiceRound,
    Supervision,
    Table,
    assumed_headings,
    columns,
    headings,
)

LEDGERS = {"hami-2023": hami_2023.LEDGER, "zibo-2023": zibo_2023.LEDGER}
FIRST_ROW = 3
HEADING_ROW = 2
CREATED = datetime(2024, 1, 2, 9, 0, 0, tzinfo=UTC)
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
TABLE_WIDTH = 20.0
WIDTHS = {"假定": 30.0, "备注": 60.0}
NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "0",
    Kind.SHARE: "0.##",
    Kind.AMOUNT: "#,##0.00",
    Kind.DATE: "yyyy-mm-dd",
}
Value = str | int | Decimal | date | None


@dataclass(frozen=True)
class SheetPlan:
    """A sheet: its name, its rows' class, and the line under the title."""

    name: str
    row_type: type[Row]
    unit: str


SHEETS = (
    (SheetPlan("组织机构", Organisation, "截至2023年12月31日"), "organisations"),
    (SheetPlan("预算项目", Programme, "单位：万元"), "programmes"),
    (SheetPlan("合同台账", Contract, "单位：万元"), "contracts"),
    (SheetPlan("支付节点", Milestone, "单位：万元"), "milestones"),
    (SheetPlan("支付台账", Payment, "单位：万元"), "payments"),
    (SheetPlan("服务轮次", ServiceRound, "单位：家次、人次、台次、台套、份、条、项"), "rounds"),
    (SheetPlan("实施方案", Plan, "截至2023年12月31日"), "plans"),
    (SheetPlan("督促检查", Supervision, "截至2023年12月31日"), "supervisions"),
    (SheetPlan("核对记录", Contradiction, "评价报告内部不一致及本台账的取舍"), "contradictions"),
)


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._cells: dict[tuple[Kind, bool, bool], Format] = {}
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
        self._base = base
        self.title = book.add_format({**base, "font_size": 14, "bold": True, "align": "center"})
        self.unit = book.add_format({**base, "align": "right"})
        self.heading = book.add_format(
            {**base, "bold": True, "align": "center", "text_wrap": True, "border": 1,
             "bg_color": "#D9E1F2"}
        )  # fmt: skip

    def cell(self, kind: Kind, *, assumed: bool = False, bold: bool = False) -> Format:
        """Return the format of a data cell; an assumed one is light yellow."""
        key = (kind, assumed, bold)
        if key not in self._cells:
            properties = {
                **self._base,
                "border": 1,
                "bold": bold,
                "num_format": NUMBER_FORMATS[kind],
                "text_wrap": kind is Kind.TEXT,
            }
            if assumed:
                properties["bg_color"] = "#FFF2CC"
            self._cells[key] = self._book.add_format(properties)
        return self._cells[key]


def written_date(day: date, row: int) -> date | str:
    """Return a date as that row's clerk wrote it: a date cell, 2023.4.7 or 2023年4月7日."""
    spellings: tuple[date | str, ...] = (
        day,
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    )
    return spellings[row % len(spellings)]


def _write_cell(sheet: Worksheet, row: int, col: int, value: Value, style: Format) -> None:
    if value is None:
        sheet.write_blank(row, col, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, col, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, col, value, style)
    else:
        sheet.write_number(row, col, value, style)


def _write_row(sheet: Worksheet, styles: Styles, at: int, row: Row) -> None:
    assumed = assumed_headings(row)
    col = 0
    for each in columns(type(row)):
        value: Value = getattr(row, each.name)
        if isinstance(value, date):
            value = written_date(value, at)
        style = styles.cell(each.metadata["kind"], assumed=each.metadata["heading"] in assumed)
        _write_cell(sheet, at, col, value, style)
        col += 1
    closing = {"假定": "、".join(assumed), "备注": row.note}
    for heading in headings(type(row))[col:]:
        _write_cell(sheet, at, col, closing[heading] or None, styles.cell(Kind.TEXT))
        col += 1


def _write_totals(sheet: Worksheet, styles: Styles, plan: SheetPlan, rows: Sequence[Row]) -> None:
    """Add 合计 under the amounts; a column where a row has a share instead is no sum."""
    last = FIRST_ROW + len(rows) - 1
    totals = {
        col: sum(getattr(row, each.name) or Decimal(0) for row in rows)
        for col, each in enumerate(columns(plan.row_type))
        if each.metadata["kind"] is Kind.AMOUNT
    }
    shares = any(isinstance(row, Milestone) and row.share is not None for row in rows)
    if not totals or shares or len(rows) < 1:
        return
    for col in range(len(headings(plan.row_type))):
        sheet.write_blank(last + 1, col, None, styles.cell(Kind.TEXT, bold=True))
    sheet.write_string(last + 1, 0, "合计", styles.cell(Kind.TEXT, bold=True))
    for col, total in totals.items():
        cells = f"{xl_rowcol_to_cell(FIRST_ROW, col)}:{xl_rowcol_to_cell(last, col)}"
        style = styles.cell(Kind.AMOUNT, bold=True)
        sheet.write_formula(last + 1, col, f"=SUM({cells})", style, total)


def _write_sheet(
    book: Workbook, styles: Styles, plan: SheetPlan, rows: Sequence[Row], title: str
) -> None:
    sheet = book.add_worksheet(plan.name)
    names = headings(plan.row_type)
    widths = [float(each.metadata["width"]) for each in columns(plan.row_type)]
    widths += [WIDTHS[name] for name in names[len(widths) :]]
    for col, width in enumerate(widths):
        sheet.set_column(col, col, width)
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, len(names) - 1, f"{title} {plan.name}", styles.title)
    sheet.merge_range(1, 0, 1, len(names) - 1, plan.unit, styles.unit)
    for col, name in enumerate(names):
        sheet.write_string(HEADING_ROW, col, name, styles.heading)
    for offset, row in enumerate(rows):
        _write_row(sheet, styles, FIRST_ROW + offset, row)
    _write_totals(sheet, styles, plan, rows)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.repeat_rows(0, HEADING_ROW)
    sheet.print_area(f"A1:{xl_col_to_name(len(names) - 1)}{FIRST_ROW + len(rows) + 1}")
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)


def _write_table(book: Workbook, styles: Styles, table: Table, title: str) -> None:
    sheet = book.add_worksheet(table.name)
    names = [*(name for name, _kind in table.headings), "假定", "备注"]
    sheet.set_column(0, len(names) - 1, TABLE_WIDTH)
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, len(names) - 1, f"{title} {table.name}", styles.title)
    sheet.merge_range(1, 0, 1, len(names) - 1, table.unit, styles.unit)
    for col, name in enumerate(names):
        sheet.write_string(HEADING_ROW, col, name, styles.heading)
    for at, cells in enumerate(table.rows):
        assumed = table.assumed[at] if table.assumed else ()
        note = table.notes[at] if table.notes else ""
        for col, ((name, kind), value) in enumerate(zip(table.headings, cells, strict=True)):
            _write_cell(
                sheet, FIRST_ROW + at, col, value, styles.cell(kind, assumed=name in assumed)
            )
        text = styles.cell(Kind.TEXT)
        _write_cell(sheet, FIRST_ROW + at, len(names) - 2, "、".join(assumed) or None, text)
        _write_cell(sheet, FIRST_ROW + at, len(names) - 1, note or None, text)
    sheet.freeze_panes(FIRST_ROW, 0)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)


def _stored(workbook: bytes) -> bytes:
    """Repack without compression: compressed bytes differ between builds of zlib."""
    packed = BytesIO()
    with ZipFile(BytesIO(workbook)) as source, ZipFile(packed, "w", ZIP_STORED) as target:
        for name in source.namelist():
            entry = ZipInfo(name, ZIP_DATE)
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return packed.getvalue()


def render(ledger: Ledger) -> bytes:
    """Return the ledger's workbook; the same facts give the same bytes."""
    buffer = BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": ledger.title, "created": CREATED})
        styles = Styles(book)
        for plan, attribute in SHEETS:
            _write_sheet(book, styles, plan, getattr(ledger, attribute), ledger.title)
        for table in ledger.tables:
            _write_table(book, styles, table, ledger.title)
    return _stored(buffer.getvalue())


def main(folder: Path | None = None) -> None:
    """Write every sample beside this script, or into `folder`, and name each file."""
    for name, ledger in LEDGERS.items():
        target = path(name) if folder is None else folder / path(name).name
        target.write_bytes(render(ledger))
        sys.stdout.write(f"{target.name}\n")


if __name__ == "__main__":
    main()
