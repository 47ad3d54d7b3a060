"""What an import refuses: each fault by its cell, all of them together, and nothing is changed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

import samples
from kernel.database import Database
from tests.workbooks import LATER, Book, bring_in, dump

MORNING = datetime(2023, 4, 7, 9, 30)  # noqa: DTZ001 — a cell has no zone
Edit = Callable[[Book], object]


def hami(edit: Edit) -> Book:
    book = Book.sample()
    edit(book)
    return book


FAULTS: dict[str, tuple[Edit, str, int, str | None, str]] = {
    "negative amount": (
        lambda book: book.put("支付台账", 4, "本次付款额(万元)", "-20.8"),
        "支付台账", 4, "G 本次付款额(万元)", "金额不能为负",
    ),
    "negative total": (
        lambda book: book.put("合同台账", 4, "合同总额(万元)", -125),
        "合同台账", 4, "M 合同总额(万元)", "金额不能为负",
    ),
    "payment of nothing": (
        lambda book: book.put("支付台账", 4, "本次付款额(万元)", 0),
        "支付台账", 4, "G 本次付款额(万元)", "必须大于 0",
    ),
    "shares above the whole": (
        lambda book: book.put("支付节点", 5, "比例(%)", 50),
        "支付节点", 6, "E 比例(%)", "该合同各节点比例合计 110 %，不能超过 100 %",
    ),
    "amounts above the total": (
        lambda book: book.put("支付节点", 20, "金额(万元)", "11万元"),
        "支付节点", 20, "E 比例(%)", "该合同各节点合计 19.74 万元，不能超过合同总额 19.70 万元",
    ),
    "share and amount": (
        lambda book: book.put("支付节点", 4, "金额(万元)", 50),
        "支付节点", 4, "E 比例(%)", "比例和金额只能填一项",
    ),
    "neither share nor amount": (
        lambda book: book.put("支付节点", 4, "比例(%)", ""),
        "支付节点", 4, "E 比例(%)", "比例和金额须填一项",
    ),
    "a share that may be a fraction": (
        lambda book: book.put("支付节点", 4, "比例(%)", 0.4),
        "支付节点", 4, "E 比例(%)", "请写 40",
    ),
    "a round condition without its round": (
        lambda book: book.put("支付节点", 5, "条件轮次", ""),
        "支付节点", 5, "H 条件轮次", "须填第几轮",
    ),
    "unknown organisation": (
        lambda book: book.put("合同台账", 4, "实施单位(甲方)", "哈密市交通局"),
        "合同台账", 4, "D 实施单位(甲方)", "没有这个机构",
    ),
    "unknown lead": (
        lambda book: book.put("预算项目", 4, "牵头单位", "应急局"),
        "预算项目", 4, "D 牵头单位", "没有这个机构",
    ),
    "unknown programme": (
        lambda book: book.put("合同台账", 4, "项目编码", "HAMI-X"),
        "合同台账", 4, "C 项目编码", "没有这个项目编码",
    ),
    "unknown contract": (
        lambda book: book.put("服务轮次", 4, "合同编号", "HAMI-2023-99"),
        "服务轮次", 4, "A 合同编号", "没有这个合同编号",
    ),
    "unknown milestone": (
        lambda book: book.put("支付台账", 4, "节点序号", 7),
        "支付台账", 4, "C 节点序号", "该合同没有这个节点序号",
    ),
    "one contract number twice": (
        lambda book: book.put("合同台账", 6, "合同编号", "HAMI-2023-02"),
        "合同台账", 6, "B 合同编号", "与第5行重复",
    ),
    "one milestone twice": (
        lambda book: book.put("支付节点", 5, "节点序号", 1),
        "支付节点", 5, "B 节点序号", "与第4行重复",
    ),
    "one round twice": (
        lambda book: book.put("服务轮次", 5, "轮次", 1),
        "服务轮次", 5, "B 轮次", "与第4行重复",
    ),
    "one voucher twice": (
        lambda book: book.put("支付台账", 10, "支付凭证号", "2023-HM-0002"),
        "支付台账", 10, "H 支付凭证号", "与第5行重复",
    ),
    "its own parent": (
        lambda book: book.put("组织机构", 4, "上级机构编码", "650500-03"),
        "组织机构", 4, "E 上级机构编码", "循环",
    ),
    "unknown parent": (
        lambda book: book.put("组织机构", 5, "上级机构编码", "999"),
        "组织机构", 5, "E 上级机构编码", "没有这个机构编码",
    ),
    "one organisation code twice": (
        lambda book: book.put("组织机构", 6, "机构编码", "650500-01"),
        "组织机构", 6, "A 机构编码", "与第5行重复",
    ),
    "a day that is none": (
        lambda book: book.put("合同台账", 4, "签订时间", "2023-02-30"),
        "合同台账", 4, "J 签订时间", "没有这一天",
    ),
    "a month without its day": (
        lambda book: book.put("合同台账", 4, "签订时间", 2023.4),
        "合同台账", 4, "J 签订时间", "日期应写作",
    ),
    "a time of day": (
        lambda book: book.put("合同台账", 4, "签订时间", MORNING),
        "合同台账", 4, "J 签订时间", "不带时刻",
    ),
    "half an enterprise": (
        lambda book: book.put("服务轮次", 4, "检查企业(家次)", 1.5),
        "服务轮次", 4, "G 检查企业(家次)", "应为 0 或正整数",
    ),
    "round nought": (
        lambda book: book.put("服务轮次", 4, "轮次", 0),
        "服务轮次", 4, "B 轮次", "不能小于 1",
    ),
    "a word that is none of the field's": (
        lambda book: book.put("服务轮次", 4, "服务类型", "排查"),
        "服务轮次", 4, "D 服务类型", "应为 隐患排查、专项检查",
    ),
    "a part of a fen": (
        lambda book: book.put("支付台账", 4, "本次付款额(万元)", "20.8000005"),
        "支付台账", 4, "G 本次付款额(万元)", "分以下",
    ),
    "no number at all": (
        lambda book: book.put("合同台账", 4, "合同编号", ""),
        "合同台账", 4, "B 合同编号", "必填",
    ),
    "an assumption about no heading": (
        lambda book: book.put("合同台账", 4, "假定", "签约时间"),
        "合同台账", 4, "R 假定", "只能写本表的表头",
    ),
    "a contradiction in no programme": (
        lambda book: book.put("核对记录", 4, "项目编码", "X"),
        "核对记录", 4, "A 项目编码", "没有这个项目编码",
    ),
    "too long a name": (
        lambda book: book.put("支付节点", 4, "节点名称", "款" * 121),
        "支付节点", 4, "C 节点名称", "最多 120 字",
    ),
    "a remark that failed": (
        lambda book: book.put("支付台账", 4, "备注", "=1/0"),
        "支付台账", 4, "K 备注", "错误值",
    ),
    "a formula that failed": (
        lambda book: book.put("支付台账", 4, "本次付款额(万元)", "=1/0"),
        "支付台账", 4, "G 本次付款额(万元)", "错误值",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_its_cell_and_nothing_is_written(
    database: Database, tmp_path: Path, name: str
) -> None:
    edit, sheet, row, column, message = FAULTS[name]
    before = dump(database)
    result = bring_in(database, hami(edit).save(tmp_path / "wrong.xlsx"))
    assert [(each.sheet, each.row, each.column) for each in result.errors] == [(sheet, row, column)]
    assert message in result.errors[0].message
    assert not any(result.as_json()["added"].values())
    assert dump(database) == before


def test_a_faulty_edit_leaves_the_ledger_as_it_was(database: Database, tmp_path: Path) -> None:
    bring_in(database, samples.path("hami-2023"))
    before = dump(database)
    book = Book.sample().put("支付台账", 4, "本次付款额(万元)", 19)
    book.put("服务轮次", 5, "轮次", 1)
    assert bring_in(database, book.save(tmp_path / "hami-2023.xlsx"), LATER).errors
    assert dump(database) == before


def test_all_faults_are_told_at_once(database: Database, tmp_path: Path) -> None:
    book = Book.sample()
    book.put("合同台账", 4, "实施单位(甲方)", "哈密市交通局")
    book.put("支付台账", 4, "本次付款额(万元)", -1)
    book.put("支付节点", 5, "比例(%)", 50)
    book.put("服务轮次", 4, "结束日期", "2023年13月1日")
    result = bring_in(database, book.save(tmp_path / "wrong.xlsx"))
    assert [(each.sheet, each.row) for each in result.errors] == [
        ("支付台账", 4),
        ("服务轮次", 4),
        ("合同台账", 4),
        ("支付节点", 6),
    ]


def test_every_empty_cell_that_must_be_filled_is_told(database: Database, tmp_path: Path) -> None:
    book = Book.sample().put("服务轮次", 4, "轮次", "").put("服务轮次", 4, "服务类型", "")
    book.put("服务轮次", 4, "建议(条)", "多")
    result = bring_in(database, book.save(tmp_path / "wrong.xlsx"))
    assert [each.column for each in result.errors] == ["B 轮次", "D 服务类型", "L 建议(条)"]


def test_a_row_that_holds_only_an_error_is_no_empty_row(database: Database, tmp_path: Path) -> None:
    book = Book.sample().add("支付台账", 备注="=1/0")
    result = bring_in(database, book.save(tmp_path / "wrong.xlsx"))
    assert {(each.sheet, each.row) for each in result.errors} == {("支付台账", 11)}


def test_two_hundred_faults_are_listed_and_all_are_counted(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample()
    for number in range(300):
        book.add("服务轮次", 合同编号="HAMI-2023-01", 轮次=100 + number, 服务类型="排查")
    result = bring_in(database, book.save(tmp_path / "wrong.xlsx"))
    assert (len(result.errors), result.error_count) == (200, 300)


def test_a_missing_sheet_heading_and_heading_row_are_told(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample()
    book.sheets["支付台账"][2][5] = "哪天付的"
    book.sheets["服务轮次"][2] = ["甲", "乙"]
    del book.sheets["合同台账"]
    result = bring_in(database, book.save(tmp_path / "wrong.xlsx"))
    told = {(each.sheet, each.message.partition("；")[0]) for each in result.errors}
    assert told == {
        ("合同台账", "缺少这个工作表"),
        ("支付台账", "缺少表头“支付时间”"),
        ("服务轮次", "找不到表头行"),
    }


def test_two_columns_of_one_meaning_are_refused(database: Database, tmp_path: Path) -> None:
    book = Book.sample()
    book.sheets["合同台账"][2][4] = "采购人"
    result = bring_in(database, book.save(tmp_path / "wrong.xlsx"))
    assert [each.message for each in result.errors] == ["与 D 实施单位(甲方) 是同一列，只能有一列"]


def test_an_amount_without_any_unit_is_refused(database: Database, tmp_path: Path) -> None:
    book = Book.sample("zibo-2023")
    book.sheets["合同台账"][1][0] = ""
    book.sheets["合同台账"][2][12] = "合同总额"
    result = bring_in(database, book.save(tmp_path / "wrong.xlsx"))
    assert ["没有写明单位" in each.message for each in result.errors] == [True]


def test_milestones_kept_from_before_count_towards_the_whole(
    database: Database, tmp_path: Path
) -> None:
    bring_in(database, samples.path("hami-2023"))
    book = Book.sample().put("支付节点", 6, "节点序号", 4)
    result = bring_in(database, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    assert ["合计 120 %" in each.message for each in result.errors] == [True]


def test_a_short_name_that_two_share_names_nobody(database: Database, tmp_path: Path) -> None:
    for name in ("hami-2023", "zibo-2023"):
        bring_in(database, samples.path(name))
    book = Book.sample("zibo-2023").put("合同台账", 4, "付款单位", "应急管理局")
    assert not bring_in(database, book.save(tmp_path / "a.xlsx"), LATER).errors
    del book.sheets["组织机构"]
    result = bring_in(database, book.save(tmp_path / "b.xlsx"), LATER)
    assert ["有几个机构用这个简称" in each.message for each in result.errors] == [True]


def test_a_name_taken_by_another_code_is_refused(database: Database, tmp_path: Path) -> None:
    bring_in(database, samples.path("hami-2023"))
    book = Book.sample().put("组织机构", 10, "机构编码", "650500-99")
    result = bring_in(database, book.save(tmp_path / "b.xlsx"), LATER)
    assert ["台账中机构 650500-06 已用这个名称" in each.message for each in result.errors] == [True]
