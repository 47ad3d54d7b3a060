"""Findings about 合计 rows: a file ends those of the rows that it adds up again, and no others."""

from pathlib import Path

from sqlalchemy import select

from contracts.finding_models import Finding
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.workbooks import LATER, Book, bring_in

PAYMENTS = "支付台账"


def with_total(figure: float) -> Book:
    """The Hami sample, whose payments are 200.00 万元, with a 合计 row below them."""
    book = Book.sample()
    book.sheets[PAYMENTS].append(["合计", "", "", "", "", "", figure])
    return book


def other_contracts() -> Book:
    """Another file of the same programme, with two other contracts and a payment of 5 万元."""
    book = Book.sample()
    for sheet in ("支付节点", PAYMENTS, "服务轮次", "核对记录"):
        del book.sheets[sheet][3:]
    contracts = book.sheets["合同台账"]
    del contracts[5:]
    for row, number in ((4, "HAMI-2023-11"), (5, "HAMI-2023-12")):
        book.put("合同台账", row, "合同编号", number)
        for heading in ("已付(万元)", "未付(万元)"):
            book.put("合同台账", row, heading, "")
    return book.add(PAYMENTS, 合同编号="HAMI-2023-11", 支付时间="2023.12.1",
                    本次付款额="5万元", 支付凭证号="X1")  # fmt: skip


def open_totals(database: Database) -> list[str]:
    with database.reading(LOCAL_OPERATOR) as session:
        return list(
            session.scalars(
                select(Finding.message)
                .where(Finding.code == "sum_row", Finding.ended_at.is_(None))
                .order_by(Finding.message)
            )
        )


FIRST_TOTAL = "合计行写 201.00 万元，各行相加为 200.00 万元"
OTHER_TOTAL = "合计行写 6.00 万元，各行相加为 5.00 万元"


def test_another_file_of_the_programme_keeps_the_totals_of_the_first(
    database: Database, tmp_path: Path
) -> None:
    bring_in(database, with_total(201.0).save(tmp_path / "a.xlsx"))
    other = other_contracts()
    other.sheets[PAYMENTS].append(["合计", "", "", "", "", "", 6.0])
    assert not bring_in(database, other.save(tmp_path / "b.xlsx"), LATER).errors
    assert open_totals(database) == [FIRST_TOTAL, OTHER_TOTAL]


def test_a_file_without_totals_or_without_the_sheet_says_nothing_of_them(
    database: Database, tmp_path: Path
) -> None:
    book = with_total(201.0)
    bring_in(database, book.save(tmp_path / "a.xlsx"))
    bring_in(database, Book.sample().save(tmp_path / "b.xlsx"), LATER)
    assert open_totals(database) == [FIRST_TOTAL]
    del book.sheets[PAYMENTS]
    bring_in(database, book.save(tmp_path / "c.xlsx"), LATER)
    assert open_totals(database) == [FIRST_TOTAL]


def test_a_right_total_under_another_file_name_ends_the_wrong_one(
    database: Database, tmp_path: Path
) -> None:
    bring_in(database, with_total(201.0).save(tmp_path / "a.xlsx"))
    bring_in(database, with_total(200.0).save(tmp_path / "a-2.xlsx"), LATER)
    assert open_totals(database) == []


def test_totals_below_empty_sheets_and_organisations_are_taken(
    database: Database, tmp_path: Path
) -> None:
    book = with_total(201.0)
    del book.sheets[PAYMENTS][3:-1]
    book.sheets["组织机构"].append(["合计"])
    path = book.save(tmp_path / "a.xlsx")
    assert not bring_in(database, path).errors
    assert not bring_in(database, path, LATER).errors
    assert open_totals(database) == ["合计行写 201.00 万元，各行相加为 0.00 万元"]
