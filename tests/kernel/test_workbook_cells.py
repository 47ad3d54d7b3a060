"""Cells as clerks write them: what is understood comes out exact, the rest is an error."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kernel.workbook_cells import (
    AmountUnit,
    Cell,
    CellError,
    exact,
    narrow,
    read_amount,
    read_code,
    read_count,
    read_date,
    read_percent,
    read_text,
    read_word,
    read_year,
)

WAN, YUAN = AmountUnit.WAN, AmountUnit.YUAN
FULL_WIDTH = str.maketrans("0123456789.-,/%", "０１２３４５６７８９．－，／％")
MIDNIGHT = datetime(2023, 4, 7, tzinfo=UTC).replace(tzinfo=None)

days = st.dates(date(1990, 1, 1), date(2200, 12, 31))
fen = st.integers(0, 10**13)
spaces = st.sampled_from(["", " ", "\u3000", "\u00a0"])


def spelled(day: date) -> list[str]:
    year, month, dom = day.year, day.month, day.day
    return [
        day.isoformat(),
        f"{year}.{month}.{dom}",
        f"{year}/{month:02}/{dom:02}",
        f"{year}年{month}月{dom}日",
        f"{year} 年 {month} 月 {dom} 日",
    ]


@given(days, st.integers(0, 4), st.booleans(), spaces)
def test_every_spelling_of_a_date_is_that_date(
    day: date, spelling: int, wide: bool, space: str
) -> None:
    text = spelled(day)[spelling]
    assert read_date(f"{space}{text.translate(FULL_WIDTH) if wide else text}{space}") == day


def test_a_date_cell_is_its_date() -> None:
    assert read_date(date(2023, 4, 7)) == date(2023, 4, 7)
    assert read_date(MIDNIGHT) == date(2023, 4, 7)


@pytest.mark.parametrize(
    "cell",
    ["2023.4", "2023年4月", "23.4.7", "2023-4.7", "2023.4.7日", "4月7日", "20230407", 45023.0, 2023.4,
     "2023-02-30", "2023-13-01", "2023-04-00", "1989-12-31", "2201-01-01", "待定", True,
     MIDNIGHT + timedelta(hours=9), timedelta(days=1), "2023-04-07 09:00", "0000-01-01"],
)  # fmt: skip
def test_what_is_no_date_for_certain_is_refused(cell: Cell) -> None:
    with pytest.raises(CellError):
        read_date(cell)


@given(fen, st.sampled_from(["plain", "grouped", "wide"]), spaces)
def test_an_amount_in_yuan_survives_its_spellings(
    whole_fen: int, spelling: str, space: str
) -> None:
    amount = Decimal(whole_fen) / 100
    text = f"{amount:,.2f}" if spelling == "grouped" else f"{amount:.2f}"
    if spelling == "wide":
        text = text.translate(FULL_WIDTH)
    assert read_amount(f"{space}{text}{space}", YUAN) == amount
    assert read_amount(f"{text}{space}元", WAN) == amount


@given(st.integers(0, 10**13))
def test_an_amount_in_wan_survives_the_float_of_its_cell(whole_fen: int) -> None:
    wan = Decimal(whole_fen) / 1_000_000
    expected = Decimal(whole_fen) / 100
    assert read_amount(f"{wan:f}万元", YUAN) == expected
    if whole_fen < 10**12:
        assert read_amount(float(wan), WAN) == expected


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_noise_of_a_formula_is_not_money(first: int, second: int) -> None:
    noisy = first / 100 + second / 100
    assert exact(noisy) == Decimal(first + second) / 100


def test_float_noise_is_told_from_a_part_of_a_fen() -> None:
    assert read_amount(58.8 * 0.8, WAN) == Decimal("470400.00")
    assert read_amount(0.1 + 0.2, WAN) == Decimal("3000.00")
    with pytest.raises(CellError, match="分以下"):
        read_amount("0.0000001", WAN)


@pytest.mark.parametrize(
    "cell",
    ["-1", -0.01, "1,23", "12,34.5", "7.88万", "7.88 亿元", "约50", "50-60", "1e3", "¥50", "五十", "无",
     True, date(2023, 4, 7), float("nan"), float("inf"), "99999999999999999", ".5", "5."],
)  # fmt: skip
def test_what_is_no_amount_for_certain_is_refused(cell: Cell) -> None:
    with pytest.raises(CellError):
        read_amount(cell, WAN)


def test_an_amount_without_a_unit_is_refused() -> None:
    assert read_amount("7.88万元", None) == Decimal("78800.00")
    assert read_amount("78,800.00元", WAN) == Decimal("78800.00")
    with pytest.raises(CellError, match="单位"):
        read_amount("7.88", None)


@given(st.integers(0, 10**9))
def test_a_count_survives_its_spellings(number: int) -> None:
    assert read_count(float(number)) == number
    assert read_count(f" {number} ".translate(FULL_WIDTH)) == number


@pytest.mark.parametrize("cell", [-1, 1.5, "1.0", "-1", "12家", "1e3", True, float("nan"), 2e9])
def test_what_is_no_count_is_refused(cell: Cell) -> None:
    with pytest.raises(CellError, match="正整数"):
        read_count(cell)


@given(st.integers(0, 10**8))
def test_a_percent_survives_its_spellings(scaled: int) -> None:
    percent = Decimal(scaled) / 10**6
    assert read_percent(f"{percent:f}%") == percent
    assert read_percent(f"{percent:f}％".translate(FULL_WIDTH)) == percent
    if percent > 1 or percent == 0:
        assert read_percent(float(percent)) == percent
        assert read_percent(f"{percent:f}") == percent


@pytest.mark.parametrize("cell", [0.4, "0.4", 1, 1.0, "1", 100.5, "101%", -5, "四十", True])
def test_a_percent_that_may_be_a_fraction_or_is_none_is_refused(cell: Cell) -> None:
    with pytest.raises(CellError):
        read_percent(cell)


def test_a_number_in_a_text_column_is_its_digits() -> None:
    assert read_text(1001.0) == "1001"
    assert read_text("  首付款 ") == "首付款"
    assert read_code(" ＨＭ－２０２３ 01 ") == "HM-202301"
    with pytest.raises(CellError, match="15 位"):
        read_text(1.2345678901234567e18)
    with pytest.raises(CellError, match="文本"):
        read_code(date(2023, 1, 1))
    with pytest.raises(CellError, match="控制字符"):
        read_text("甲\x00乙")


def test_a_year_may_say_that_it_is_one() -> None:
    assert read_year(2023.0) == read_year("2023年") == read_year("２０２３年度") == 2023
    for cell in ("23", "2023-2024", 1989, "去年"):
        with pytest.raises(CellError):
            read_year(cell)


def test_a_word_is_one_of_the_fields() -> None:
    assert read_word(" 首付款 ", {"首付款": 1}) == 1
    with pytest.raises(CellError, match="应为 首付款、尾款 之一"):
        read_word("预付款", {"首付款": 1, "尾款": 2})


READERS: list[Callable[[Cell], object]] = [
    read_text, read_code, read_date, read_count, read_percent, read_year,
    lambda cell: read_amount(cell, None), lambda cell: read_word(cell, {}),
]  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
def test_an_empty_cell_is_unknown_and_never_nought(reader: Callable[[Cell], object]) -> None:
    assert [reader(cell) for cell in (None, "", "  ", "\u3000")] == [None] * 4


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans()))
def test_any_cell_is_read_or_refused(cell: Cell) -> None:
    for reader in READERS:
        with suppress(CellError):
            reader(cell)


@given(st.text())
@example("A \u0301")
def test_narrow_is_settled(text: str) -> None:
    assert narrow(narrow(text)) == narrow(text)


@pytest.mark.parametrize("sign", ["\u200b", "\u200d", "\ufeff", "\u2060", "\u3000", "\xa0"])
def test_a_space_nobody_sees_makes_no_other_number(sign: str) -> None:
    assert read_code(f"{sign}HT-{sign}01{sign}") == "HT-01"
    assert read_code(sign) is None


@pytest.mark.parametrize("sign", ["\u202e", "\u200f", "\u2066"])
def test_a_sign_that_turns_the_writing_around_is_refused(sign: str) -> None:
    with pytest.raises(CellError, match="控制字符"):
        read_text(f"甲{sign}乙")
