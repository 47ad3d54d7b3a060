"""What an import writes: the samples, again, edited and tried out."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

import samples
from contracts.finding_models import Finding
from contracts.models import (
    Contract,
    ContractParty,
    ContractTotal,
    Organisation,
    PartyRole,
    Programme,
)
from contracts.service_models import PlanStanding, ServiceRound
from kernel.database import Database
from monitor.importing import ImportResult
from payments.models import Milestone, Payment, Settlement
from tests.workbooks import FIRST, LATER, Book, bring_in, dump

HAMI, ZIBO = samples.path("hami-2023"), samples.path("zibo-2023")


def kinds(counts: dict[str, int]) -> dict[str, int]:
    return {kind: number for kind, number in counts.items() if number}


def added(result: ImportResult) -> dict[str, int]:
    return kinds(result.as_json()["added"])


def changed(result: ImportResult) -> dict[str, int]:
    return kinds(result.as_json()["changed"])


def said(result: ImportResult) -> list[tuple[str, str, str, str, str]]:
    return [
        (each["kind"], each["key"], each["field"], each["before"], each["after"])
        for each in result.as_json()["changes"]
    ]


@pytest.fixture
def hami(database: Database) -> Database:
    """A ledger that holds the Hami sample."""
    assert bring_in(database, HAMI).errors == ()
    return database


def test_hami_arrives_whole_with_the_sums_of_the_report(database: Database) -> None:
    result = bring_in(database, HAMI)
    assert result.as_json()["errors"] == []
    assert added(result) == {
        "organisations": 7,
        "programmes": 1,
        "vendors": 8,
        "contracts": 8,
        "milestones": 17,
        "payments": 7,
        "rounds": 24,
    }
    with database.reading() as session:
        totals = session.scalars(select(ContractTotal.amount)).all()
        assert sum(filter(None, totals)) == Decimal("4737000.00")
        assert totals.count(None) == 2
        assert sum(session.scalars(select(Payment.amount))) == Decimal("2000000.00")
        assert session.scalar(select(func.sum(Settlement.paid)).where(
            Settlement.valid_to.is_(None))) == Decimal("2000000.00")  # fmt: skip
        wanting = select(func.count()).select_from(PlanStanding).where(
            PlanStanding.state == "missing", PlanStanding.valid_to.is_(None))  # fmt: skip
        assert session.scalar(wanting) == 8
        late = select(func.count()).select_from(Settlement).where(
            Settlement.unpaid > Decimal(0), Settlement.valid_to > Settlement.due_on)  # fmt: skip
        assert session.scalar(late) == 0


def test_a_row_says_where_it_was_read_and_what_is_assumed(hami: Database) -> None:
    with hami.reading() as session:
        contract = session.scalars(select(Contract).where(Contract.number == "HAMI-2023-01")).one()
        assert contract.assumed == ["number", "signed_on", "service_start", "service_end"]
        assert contract.source == "hami-2023.xlsx 合同台账 第4行"
        assert contract.recorded_by == "operator"
        assert contract.recorded_at == FIRST.instant
        assert contract.note.startswith("支付合同首付款40%")
        payment = session.scalars(select(Payment).where(Payment.voucher == "2023-HM-0003")).one()
        assert payment.assumed == ["milestone_id", "paid_on", "voucher", "resolution"]
        total = session.scalars(
            select(ContractTotal).where(ContractTotal.contract_id == contract.id)
        ).one()
        assert total.valid_from == contract.signed_on


def test_parties_are_purchaser_payer_lead_and_vendor(hami: Database) -> None:
    with hami.reading() as session:
        rows = session.execute(
            select(Contract.number, ContractParty.role, Organisation.name)
            .join(ContractParty, ContractParty.contract_id == Contract.id)
            .outerjoin(Organisation, Organisation.id == ContractParty.organisation_id)
            .where(Contract.number.in_(["HAMI-2023-05", "HAMI-2023-07"]))
        ).all()
    parties = {(number, role): name for number, role, name in rows}
    assert parties["HAMI-2023-05", PartyRole.PURCHASER] == "哈密高新技术开发区管理委员会"
    assert parties["HAMI-2023-05", PartyRole.PAYER] == "哈密市应急管理局"
    assert parties["HAMI-2023-05", PartyRole.LEAD] == "哈密市应急管理局"
    assert parties["HAMI-2023-05", PartyRole.VENDOR] is None
    assert ("HAMI-2023-07", PartyRole.PAYER) not in parties


def test_both_samples_stand_side_by_side_and_zibo_paid_three_late(database: Database) -> None:
    assert not bring_in(database, HAMI).errors
    assert not bring_in(database, ZIBO).errors
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Contract)) == 9
        late = session.scalar(
            select(func.count(func.distinct(Settlement.milestone_id))).where(
                Settlement.valid_to > Settlement.due_on, Settlement.unpaid > Decimal(0)
            )
        )
        assert late == 3


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


def test_payments_without_vouchers_are_known_by_their_content(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample()
    for row in range(4, 11):
        book.put("支付台账", row, "支付凭证号", "")
    bring_in(database, book.save(tmp_path / "a.xlsx"))
    before = dump(database)
    result = bring_in(database, book.save(tmp_path / "b.xlsx"), LATER)
    assert result.as_json()["unchanged"]["payments"] == 7
    assert dump(database) == before


def test_a_dry_run_says_what_the_import_does_and_writes_nothing(database: Database) -> None:
    before = dump(database)
    tried = bring_in(database, HAMI, dry_run=True)
    assert dump(database) == before
    done = bring_in(database, HAMI)
    assert tried.as_json() == {**done.as_json(), "dry_run": True}


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
    with hami.reading() as session:
        assert session.scalar(select(func.count()).select_from(ServiceRound)) == 25


def test_a_changed_payment_is_a_reversal_and_a_new_payment(hami: Database, tmp_path: Path) -> None:
    book = Book.sample().put("支付台账", 6, "本次付款额(万元)", 49.5)
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    with hami.reading() as session:
        original, reversal, new = session.scalars(
            select(Payment).where(Payment.voucher == "2023-HM-0003").order_by(Payment.id)
        ).all()
        assert (original.amount, original.reversed) == (Decimal("500000.00"), True)
        assert original.recorded_at == FIRST.instant
        assert reversal.amount == Decimal("-500000.00")
        assert reversal.paid_on == original.paid_on
        assert reversal.reverses_id == original.id
        assert (new.amount, new.reversed) == (Decimal("495000.00"), False)
        paid = session.scalar(
            select(Settlement.paid).where(
                Settlement.milestone_id == new.milestone_id, Settlement.valid_to.is_(None)
            )
        )
        assert paid == Decimal("495000.00")
    before = dump(hami)
    again = bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    assert (added(again), changed(again)) == ({}, {})
    assert dump(hami) == before


def test_a_voucher_filled_in_later_is_the_same_payment(hami: Database, tmp_path: Path) -> None:
    book = Book.sample().put("支付台账", 6, "支付凭证号", "")
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    result = bring_in(hami, HAMI, LATER)
    assert said(result) == [
        ("payments", "HAMI-2023-01 2023-03-28 500000.00 元", "支付凭证号", "", "2023-HM-0003")
    ]
    with hami.reading() as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == 7


def test_a_changed_total_is_a_new_version_and_moves_what_is_due(
    hami: Database, tmp_path: Path
) -> None:
    book = Book.sample().put("合同台账", 4, "合同总额(万元)", "126.00万元")
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    with hami.reading() as session:
        contract = session.scalars(select(Contract).where(Contract.number == "HAMI-2023-01")).one()
        old, new = session.scalars(
            select(ContractTotal)
            .where(ContractTotal.contract_id == contract.id)
            .order_by(ContractTotal.id)
        ).all()
        assert contract.version == 2
        assert (old.amount, old.superseded_at) == (Decimal("1250000.00"), LATER.instant)
        assert (new.amount, new.superseded_at) == (Decimal("1260000.00"), None)
        assert new.valid_from == contract.signed_on
        unpaid = session.scalar(
            select(Settlement.unpaid)
            .join(Milestone, Milestone.id == Settlement.milestone_id)
            .where(
                Milestone.contract_id == contract.id,
                Milestone.number == 1,
                Settlement.valid_to.is_(None),
            )
        )
        assert unpaid == Decimal("4000.00")


def test_a_changed_row_is_updated_in_place_and_stamped_anew(hami: Database, tmp_path: Path) -> None:
    book = Book.sample().put("服务轮次", 4, "建议(条)", 58)
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    with hami.reading() as session:
        touched = session.scalars(select(ServiceRound).where(ServiceRound.version == 2)).one()
        assert (touched.suggestions, touched.recorded_at) == (58, LATER.instant)
        others = session.scalars(select(ServiceRound).where(ServiceRound.version == 1)).all()
        assert {row.recorded_at for row in others} == {FIRST.instant}


def test_a_new_lead_is_party_to_contracts_outside_the_file_too(
    hami: Database, tmp_path: Path
) -> None:
    book = Book.sample().put("预算项目", 4, "牵头单位", "财政局").drop("合同台账", 11)
    result = bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    assert [(each.kind, each.key) for each in result.missing if each.kind == "contracts"] == [
        ("contracts", "HAMI-2023-08")
    ]
    with hami.reading() as session:
        leads = set(session.scalars(
            select(Organisation.short_name)
            .join(ContractParty, ContractParty.organisation_id == Organisation.id)
            .where(ContractParty.role == PartyRole.LEAD)))  # fmt: skip
    assert leads == {"财政局"}


def test_what_a_sheet_has_no_column_for_stays(hami: Database, tmp_path: Path) -> None:
    book = Book.sample()
    at = book.column("合同台账", "行业领域")
    for line in book.sheets["合同台账"]:
        del line[at]
    result = bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    assert changed(result) == {}


def test_columns_in_another_order_with_other_headings_and_spellings(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample("zibo-2023")
    sheet = book.sheets["合同台账"]
    book.sheets["合同台账"] = [list(reversed(line)) for line in sheet]
    headings = book.sheets["合同台账"][2]
    for old, new in (("实施单位(甲方)", "采购人"), ("承接单位(乙方)", "承接单位（乙方）"),
                     ("合同总额(万元)", "合同总额（元）")):  # fmt: skip
        headings[headings.index(old)] = new
    book.put("合同台账", 4, "合同总额（元）", "１，６００，０００.００")
    book.put("合同台账", 4, "合同编号", " ZIBO－2023－01 ")
    book.put("合同台账", 4, "签订时间", "2023 年 4 月 4 日")
    result = bring_in(database, book.save(tmp_path / "a.xlsx"))
    assert not result.errors
    with database.reading() as session:
        assert session.scalar(select(ContractTotal.amount)) == Decimal("1600000.00")
        contract = session.scalars(select(Contract)).one()
        assert (contract.number, contract.signed_on) == ("ZIBO-2023-01", date(2023, 4, 4))


def test_sheets_headings_and_lines_that_nothing_reads_are_listed(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample("zibo-2023")
    book.sheets["通讯录"] = [["姓名"], ["某"]]
    book.sheets["实施方案"][2].append("经办")
    book.sheets["实施方案"].append(["制表：办公室"])
    result = bring_in(database, book.save(tmp_path / "a.xlsx"))
    assert not result.errors
    assert list(result.ignored) == [
        "工作表“通讯录”",
        "实施方案：表头“经办”",
        "实施方案 第5行：“制表：办公室”",
    ]


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


def test_findings_stand_in_the_ledger_and_end_when_they_no_longer_follow(
    hami: Database, tmp_path: Path
) -> None:
    with hami.reading() as session:
        places = dict(session.execute(select(Finding.code, Finding.place).where(
            Finding.code.in_(["odd_share", "same_round_dates"]))).all())  # fmt: skip
    assert places == {"odd_share": "支付节点!F19", "same_round_dates": "服务轮次!E22"}
    book = Book.sample().put("服务轮次", 22, "开始日期", date(2023, 9, 23))
    book.put("服务轮次", 22, "结束日期", date(2023, 9, 27))
    bring_in(hami, book.save(tmp_path / "hami-2023.xlsx"), LATER)
    with hami.reading() as session:
        ended = session.scalars(select(Finding).where(Finding.ended_at.is_not(None))).one()
        assert (ended.code, ended.ended_at) == ("same_round_dates", LATER.instant)
        assert session.scalar(select(func.count()).select_from(Finding)) == 19


def test_a_programme_budget_may_be_unknown(database: Database, tmp_path: Path) -> None:
    book = Book.sample("zibo-2023").put("预算项目", 4, "到位资金(万元)", "")
    bring_in(database, book.save(tmp_path / "a.xlsx"))
    with database.reading() as session:
        assert session.scalars(select(Programme)).one().received is None
