"""Reading single cells: what a clerk may write, and nothing that would have to be guessed.

Each reader gives None for an empty cell and raises `CellError`, whose message says what is
allowed. Full-width digits, letters and punctuation count as their half-width twins (NFKC).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from typing import TypeGuard, TypeVar

from kernel.errors import InputError
from kernel.money import YUAN_PER_WAN, from_fen, to_fen
from kernel.shares import to_scaled

Cell = str | int | float | bool | date | datetime | time | timedelta | None
W = TypeVar("W")

FIRST_YEAR, LAST_YEAR = 1990, 2200
MOST = 1_000_000_000
"""Largest count: beyond it, it is not a count of anything here."""
EXCEL_DIGITS = 15
"""Significant digits that Excel keeps; what it shows beyond them is float noise."""

_DATE = re.compile(
    r"(\d{4})(?:\.(\d{1,2})\.(\d{1,2})|-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)"
)
_AMOUNT = re.compile(r"(-?)(\d{1,17}|\d{1,3}(?:,\d{3}){1,5})(\.\d{1,10})?(万元|元)?")
_COUNT = re.compile(r"\d{1,12}")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,12})?)(%?)")
_YEAR = re.compile(r"(\d{4})(?:年度?)?")
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
_SPACE = re.compile(rf"[\s{_UNSEEN}]+")
"""Zero-width spaces too: pages that numbers are copied from hold them, and nobody sees them."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of writing too: what follows would not read as it stands."""
_DATE_HELP = "日期应写作 2023-04-07、2023.4.7、2023/4/7、2023年4月7日，或设为日期格式"


class CellError(ValueError):
    """The cell cannot be read; the message says what is allowed."""


class AmountUnit(StrEnum):
    """What an amount without a unit of its own is counted in."""

    YUAN = "元"
    WAN = "万元"


def narrow(text: str) -> str:
    """The text in NFKC without any space: what two spellings of a heading or name share."""
    # Taking a space out can bring a letter and its accent together, hence the second pass.
    compact = _SPACE.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", compact)


def _is_number(cell: Cell) -> TypeGuard[int | float]:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and isfinite(cell)


def is_blank(cell: Cell) -> bool:
    """The cell holds nothing but spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip().strip(_UNSEEN))


def read_text(cell: Cell) -> str | None:
    """Text as it stands, without spaces around it; a whole number becomes its digits."""
    if is_blank(cell):
        return None
    if isinstance(cell, str):
        if _CONTROL.search(cell):
            raise CellError("含有不可见的控制字符，请重新输入")
        return cell.strip()
    if not _is_number(cell):
        raise CellError("应为文字；请把单元格设为文本格式后重新输入")
    digits = f"{cell:.{EXCEL_DIGITS}g}"
    if abs(cell) >= 10**EXCEL_DIGITS or "e" in digits:
        raise CellError("数字超过 15 位，Excel 已丢失末位；请把单元格设为文本格式后重新输入")
    return digits


def read_code(cell: Cell) -> str | None:
    """A code or number that identifies something: half-width and without spaces."""
    text = read_text(cell)
    return None if text is None else narrow(text)


def read_date(cell: Cell) -> date | None:
    """A calendar date from 1990 to 2200; a year and month alone are not one."""
    if is_blank(cell):
        return None
    if isinstance(cell, datetime):
        if cell.time() != time():
            raise CellError("应为日期，不带时刻")
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    elif isinstance(cell, str):
        day = _date_of(narrow(cell))
    else:
        raise CellError(_DATE_HELP)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellError(f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")
    return day


def _date_of(text: str) -> date:
    matched = _DATE.fullmatch(text)
    if not matched:
        raise CellError(_DATE_HELP)
    year, month, day = (int(part) for part in matched.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError("没有这一天") from None


def read_amount(cell: Cell, unit: AmountUnit | None) -> Decimal | None:
    """Yuan, not negative, exact to the fen.

    A unit written in the cell wins over ``unit`` (that of the heading or the sheet); without
    either the amount cannot be read.
    """
    if is_blank(cell):
        return None
    number, written = _number_and_unit(cell)
    used = written or unit
    if used is None:
        raise CellError("没有写明单位；请在表头写“(万元)”或“(元)”")
    if number < 0:
        raise CellError("金额不能为负")
    try:
        return from_fen(to_fen(number * YUAN_PER_WAN if used is AmountUnit.WAN else number))
    except InputError as refusal:
        raise CellError(refusal.problems[0].message) from None


def _number_and_unit(cell: Cell) -> tuple[Decimal, AmountUnit | None]:
    if isinstance(cell, str):
        matched = _AMOUNT.fullmatch(narrow(cell))
        if matched:
            sign, whole, part, unit = matched.groups()
            number = Decimal(f"{sign}{whole.replace(',', '')}{part or ''}")
            return number, AmountUnit(unit) if unit else None
    elif _is_number(cell):
        return exact(cell), None
    raise CellError("金额应为数字，可带千分位逗号和“万元”或“元”，例如 7.88、7.88万元、78,800.00元")


def exact(number: float) -> Decimal:
    """The decimal that Excel shows: 15 significant digits, so 47.040000000000006 is 47.04."""
    return Decimal(f"{number:.{EXCEL_DIGITS}g}")


def read_count(cell: Cell) -> int | None:
    """A whole number, not negative."""
    if is_blank(cell):
        return None
    if isinstance(cell, str):
        text = narrow(cell)
        number = int(text) if _COUNT.fullmatch(text) else -1
    elif _is_number(cell) and cell == int(cell):
        number = int(cell)
    else:
        number = -1
    if not 0 <= number <= MOST:
        raise CellError("应为 0 或正整数")
    return number


def read_year(cell: Cell) -> int | None:
    """A year from 1990 to 2200, written 2023, 2023年 or 2023年度."""
    if is_blank(cell):
        return None
    matched = _YEAR.fullmatch(narrow(read_text(cell) or ""))
    if not matched or not FIRST_YEAR <= int(matched[1]) <= LAST_YEAR:
        raise CellError(f"应为年份，在 {FIRST_YEAR} 至 {LAST_YEAR} 之间，例如 2023")
    return int(matched[1])


def read_percent(cell: Cell) -> Decimal | None:
    """An exact percent from 0 to 100.

    A bare number above 0 and up to 1 is refused: a cell formatted as 40 % arrives as 0.4, so what
    0.4 means cannot be known. With a percent sign it can: ``0.4%``.
    """
    if is_blank(cell):
        return None
    signed = False
    if isinstance(cell, str):
        matched = _PERCENT.fullmatch(narrow(cell))
        if not matched:
            raise CellError("比例应为 0 至 100 的数，例如 40 或 40%")
        percent, signed = Decimal(matched[1]), bool(matched[2])
    elif _is_number(cell):
        percent = exact(cell)
    else:
        raise CellError("比例应为 0 至 100 的数，例如 40 或 40%")
    if 0 < percent <= 1 and not signed:
        raise CellError("无法确定是比例还是小数；百分之四十请写 40 或文本 40%")
    try:
        to_scaled(percent)
    except InputError as refusal:
        raise CellError(refusal.problems[0].message) from None
    return percent


def read_word(cell: Cell, words: Mapping[str, W]) -> W | None:
    """One of the words of the field."""
    text = read_code(cell)
    if text is None:
        return None
    if text not in words:
        raise CellError(f"应为 {'、'.join(words)} 之一")
    return words[text]
