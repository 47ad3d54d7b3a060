"""What an import writes: the samples whole, tried out, and spelled otherwise."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select

import samples
from contracts.models import (
    Contract,
    ContractParty,
    ContractTotal,
    Organisation,
    PartyRole,
    Programme,
)
from contracts.service_models import PlanStanding
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from payments.models import Payment, Settlement
from tests.workbooks import FIRST, Book, added, bring_in, dump

HAMI, ZIBO = samples.path("hami-2023"), samples.path("zibo-2023")


def test_hami_arrives_whole_with_the_sums_of_the_report(database: Database) -> None:
    result = bring_in(database, HAMI)
    assert result.as_json()["errors"] == []
    assert added(result) == {
        "organisations": 7,
        "programmes": 1,
        "vendors": 9,
        "contracts": 8,
        "milestones": 17,
        "payments": 7,
        "rounds": 24,
        "shares": 6,
        "members": 1,
        "equipment": 2,
        "surveys": 1,
        "hazard_counts": 2,
        "penalties": 1,
        "disclosures": 6,
        "regulations": 5,
        "approval_documents": 1,
        "outcome_facts": 5,
    }
    with database.reading(LOCAL_OPERATOR) as session:
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
    with hami.reading(LOCAL_OPERATOR) as session:
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
    with hami.reading(LOCAL_OPERATOR) as session:
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
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(Contract)) == 9
        late = session.scalar(
            select(func.count(func.distinct(Settlement.milestone_id))).where(
                Settlement.valid_to > Settlement.due_on, Settlement.unpaid > Decimal(0)
            )
        )
        assert late == 3


def test_a_dry_run_says_what_the_import_does_and_writes_nothing(database: Database) -> None:
    before = dump(database)
    tried = bring_in(database, HAMI, dry_run=True)
    assert dump(database) == before
    done = bring_in(database, HAMI)
    assert tried.as_json() == {**done.as_json(), "dry_run": True}


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
    with database.reading(LOCAL_OPERATOR) as session:
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


def test_a_programme_budget_may_be_unknown(database: Database, tmp_path: Path) -> None:
    book = Book.sample("zibo-2023").put("预算项目", 4, "到位资金(万元)", "")
    bring_in(database, book.save(tmp_path / "a.xlsx"))
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(Programme)).one().received is None
