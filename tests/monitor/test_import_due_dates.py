"""Due dates that an import works out: one beyond the calendar is refused in the cell of its term."""

from datetime import date
from pathlib import Path

from kernel.database import Database
from tests.workbooks import LATER, Book, bring_in, dump

MESSAGE = "应付日期推算不出：2150-01-01 超出可推算的范围（1950-01-01 至 2100-12-31）"


def thirty_days(signed: date) -> Book:
    """The Zibo sample, its first milestone due 30 days after a signing on that day."""
    book = Book.sample("zibo-2023").put("合同台账", 4, "签订时间", signed)
    book.put("支付节点", 4, "付款条件", "合同签订").put("支付节点", 4, "应付日期", "")
    return book.put("支付节点", 4, "付款期限(天)", 30)


def test_a_term_that_ends_beyond_the_calendar_is_refused_by_its_cell(
    database: Database, tmp_path: Path
) -> None:
    before = dump(database)
    book = thirty_days(date(2150, 1, 1))
    result = bring_in(database, book.save(tmp_path / "b.xlsx"))
    label = f"{'ABCDEFGHIJ'[book.column('支付节点', '付款期限(天)')]} 付款期限(天)"
    assert [each.as_json() for each in result.errors] == [
        {"sheet": "支付节点", "row": 4, "column": label, "value": "30", "message": MESSAGE}
    ]
    assert dump(database) == before


def test_the_term_of_a_milestone_that_the_file_lacks_is_named_by_its_contract(
    database: Database, tmp_path: Path
) -> None:
    assert not bring_in(database, thirty_days(date(2023, 4, 4)).save(tmp_path / "a.xlsx")).errors
    book = thirty_days(date(2150, 1, 1))
    del book.sheets["支付节点"]
    result = bring_in(database, book.save(tmp_path / "a.xlsx"), LATER)
    assert [each.sentence() for each in result.errors] == [f"ZIBO-2023-01 节点1：{MESSAGE}"]
