"""The file once more, with each wrong cell coloured and a comment that says why."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from kernel.workbook_problems import Problem

_LIST = "错误清单"
_COMMENT = {"x_scale": 2, "y_scale": 1.2, "author": "核对"}
_MOST_NAME = 31
Places = Mapping[tuple[str, int, int], list[str]]


def annotate(source: Path, target: Path, problems: Iterable[Problem]) -> None:
    """Write the copy of a workbook that was read before, row by row.

    Cells are written as values, so that no formula of the file gets into the copy. What is no single
    cell's fault is on the sheet of errors, which lists them all.
    """
    listed = list(problems)
    places = _places(listed)
    with Workbook(str(target), {"constant_memory": True, "strings_to_formulas": False}) as book:
        wrong = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        wrong_day = book.add_format(
            {"bg_color": "#FFC7CE", "font_color": "#9C0006", "num_format": "yyyy-mm-dd"}
        )
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        _write_list(book, listed)
        opened = CalamineWorkbook.from_path(source)
        for name in opened.sheet_names:
            if name == _LIST:
                continue
            read = opened.get_sheet_by_name(name)
            sheet = book.add_worksheet(name[:_MOST_NAME])
            first = read.start[1] if read.start else 0
            for at, line in enumerate(read.iter_rows()):
                for column, cell in enumerate([""] * first + list(line)):
                    told = places.get((name, at + 1, column))
                    formats = (wrong, wrong_day) if told else (None, day)
                    put(sheet, at, column, cell, formats)
                    if told:
                        sheet.write_comment(at, column, "\n".join(told), _COMMENT)


def put(
    sheet: Worksheet, at: int, column: int, cell: Any, formats: tuple[Any, Any] = (None, None)
) -> None:
    """Write a value as what it is; a text that looks like a formula stays a text."""
    plain, day = formats
    if isinstance(cell, bool):
        sheet.write_boolean(at, column, cell, plain)
    elif isinstance(cell, int | float):
        sheet.write_number(at, column, cell, plain)
    elif isinstance(cell, datetime | date):
        sheet.write_datetime(at, column, cell, day)
    elif cell in (None, ""):
        if plain is not None:
            sheet.write_blank(at, column, None, plain)
    else:
        sheet.write_string(at, column, str(cell), plain)


def _places(problems: Iterable[Problem]) -> Places:
    places: defaultdict[tuple[str, int, int], list[str]] = defaultdict(list)
    for problem in problems:
        if problem.row is not None:
            letters = (problem.column or "A").partition(" ")[0]
            places[problem.sheet, problem.row, _column(letters)].append(problem.message)
    return places


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _write_list(book: Workbook, problems: Iterable[Problem]) -> None:
    sheet = book.add_worksheet(_LIST)
    sheet.set_column(0, 3, 18)
    sheet.set_column(4, 4, 60)
    for column, heading in enumerate(("工作表", "行", "列", "单元格内容", "错误")):
        sheet.write_string(0, column, heading)
    for at, problem in enumerate(problems, start=1):
        cells = (problem.sheet, problem.row, problem.column, problem.value, problem.message)
        for column, cell in enumerate(cells):
            put(sheet, at, column, cell)
