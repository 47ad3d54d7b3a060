"""A file that comes again: unchanged it changes nothing, edited what was edited."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

import samples
from contracts.finding_models import Finding
from contracts.models import ContractParty, Organisation, PartyRole
from contracts.service_models import ServiceRound
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.workbooks import FIRST, LATER, Book, added, bring_in, changed, dump, said

HAMI = samples.path("hami-2023")


@pytest.mark.parametrize("name", ["hami-2023", "zibo-2023"])
def test_the_same_file_twice_changes_nothing(database: Database, name: str) -> None:
    bring_in(database, samples.path(name))
    before = dump(database)
    again = bring_in(database, samples.path(name), LATER)
    assert not added(again)
    assert not changed(again)
    assert not again.missing
    assert dump(database) == before


def test_a_renamed_file_changes_nothing(hami: Database, tmp_path: Path) -> None:
    before = dump(hami)
    copy = tmp_path / "台账（最终版）.xlsx"
    copy.write_bytes(HAMI.read_bytes())
    result = bring_in(hami, copy, LATER)
    assert (added(result), changed(result)) == ({}, {})
    assert dump(hami) == before


def test_what_a_sheet_has_no_column_for_stays(hami: Database, tmp_path: Path) -> None:
    book = Book.sample()
    at = book.column("合同台账", "行业领域")
    for line in book.sheets["合同台账"]:
        del line[at]
    result = bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    assert changed(result) == {}


def test_an_edited_file_changes_what_was_edited(hami: Database, tmp_path: Path) -> None:
    book = Book.sample()
    book.put("支付台账", 6, "本次付款额(万元)", 49.5)
    book.drop("服务轮次", 5)
    book.add("服务轮次", 合同编号="HAMI-2023-01", 轮次=9, 合并轮数=1, 服务类型="复查",
             开始日期="2023年11月6日", 结束日期="2023.11.10")  # fmt: skip
    book.put("合同台账", 5, "合同总额(万元)", 60)
    result = bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    assert not result.errors
    assert added(result) == {"rounds": 1}
    assert changed(result) == {"payments": 1, "contracts": 1}
    assert said(result) == [
        ("contracts", "HAMI-2023-02", "合同总额", "588000.00", "600000.00"),
        ("payments", "HAMI-2023-01 2023-HM-0003", "本次付款额", "500000.00", "495000.00"),
    ]
    assert [(each.kind, each.key) for each in result.missing] == [("rounds", "HAMI-2023-01 第2轮")]
    with hami.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(ServiceRound)) == 25


def test_a_changed_row_is_updated_in_place_and_stamped_anew(hami: Database, tmp_path: Path) -> None:
    book = Book.sample().put("服务轮次", 4, "建议(条)", 58)
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    with hami.reading(LOCAL_OPERATOR) as session:
        rows = session.scalars(select(ServiceRound)).all()
        touched = [row for row in rows if row.recorded_at == LATER.instant]
        assert [(row.suggestions, row.version) for row in touched] == [(58, 2)]
        assert {row.recorded_at for row in rows if row not in touched} == {FIRST.instant}


def test_a_new_lead_is_party_to_contracts_outside_the_file_too(
    hami: Database, tmp_path: Path
) -> None:
    book = Book.sample().put("预算项目", 4, "牵头单位", "财政局").drop("合同台账", 11)
    result = bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    assert [(each.kind, each.key) for each in result.missing if each.kind == "contracts"] == [
        ("contracts", "HAMI-2023-08")
    ]
    with hami.reading(LOCAL_OPERATOR) as session:
        leads = set(session.scalars(
            select(Organisation.short_name)
            .join(ContractParty, ContractParty.organisation_id == Organisation.id)
            .where(ContractParty.role == PartyRole.LEAD)))  # fmt: skip
    assert leads == {"财政局"}


def test_findings_stand_in_the_ledger_and_end_when_they_no_longer_follow(
    hami: Database, tmp_path: Path
) -> None:
    with hami.reading(LOCAL_OPERATOR) as session:
        places = dict(session.execute(select(Finding.code, Finding.place).where(
            Finding.code.in_(["odd_share", "same_round_dates"]))).all())  # fmt: skip
    assert places == {"odd_share": "支付节点!F19", "same_round_dates": "服务轮次!E22"}
    book = Book.sample().put("服务轮次", 22, "开始日期", date(2023, 9, 23))
    book.put("服务轮次", 22, "结束日期", date(2023, 9, 27))
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    with hami.reading(LOCAL_OPERATOR) as session:
        ended = session.scalars(select(Finding).where(Finding.ended_at.is_not(None))).one()
        assert (ended.code, ended.ended_at) == ("same_round_dates", LATER.instant)
        assert session.scalar(select(func.count()).select_from(Finding)) == 20


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that the database ran."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_the_number_of_statements_does_not_follow_the_number_of_rows(
    database: Database, statements: list[str], tmp_path: Path
) -> None:
    book = Book.sample("zibo-2023")
    counts = []
    for rounds in (10, 400):
        for number in range(rounds):
            book.add("服务轮次", 合同编号="ZIBO-2023-01", 轮次=1000 * rounds + number,
                     合并轮数=1, 服务类型="演练")  # fmt: skip
        path = book.save(tmp_path / f"{rounds}.xlsx")
        bring_in(database, path)
        statements.clear()
        bring_in(database, path)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_changed_references_are_told_by_their_words(hami: Database, tmp_path: Path) -> None:
    book = Book.sample()
    line = list(book.sheets["预算项目"][3])
    line[0:2] = ["NEW-1", "另一项目"]
    book.sheets["预算项目"].append(line)
    book.put("合同台账", 5, "项目编码", "NEW-1").put("合同台账", 5, "承接单位(乙方)", "新单位")
    book.put("支付台账", 5, "节点序号", 2)
    first = bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    back = bring_in(hami, HAMI, LATER)
    told = [{(change.field, change.before, change.after) for change in one.changes}
            for one in (first, back)]  # fmt: skip
    vendor = "陕西信泽高新技术开发有限公司"
    assert told[0] == {
        ("项目编码", "HAMI-2023-DSF", "NEW-1"),
        ("承接单位(乙方)", vendor, "新单位"),
        ("节点序号", "1", "2"),
    }
    assert told[1] == {(name, after, before) for name, before, after in told[0]}
