"""Imports into contracts of one number, and lists that were changed here since the first import."""

from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from contracts.disclosure.entries import DisclosureEntry
from contracts.disclosure.kinds import DISCLOSURES
from contracts.disclosure.models import Disclosure
from contracts.enterprises.models import ContractEnterprise
from contracts.enterprises.schemas import TargetListIn
from contracts.enterprises.targets import set_target_list
from contracts.finding_models import Finding
from contracts.records.keeping import Edit, change_record
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.clocks import StoppedClock
from tests.web import NOW
from tests.workbooks import LATER, Book, bring_in


def test_records_of_two_contracts_of_one_number_are_found_each(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample().put("信息公开", 4, "公开日期", date(2026, 1, 1))
    assert bring_in(database, book.save(tmp_path / "a.xlsx")).errors == ()
    book.put("合同台账", 4, "实施单位(甲方)", "哈密市工业和信息化局")
    book.drop("合同分摊", 4)
    assert bring_in(database, book.save(tmp_path / "b.xlsx"), LATER).errors == ()
    with database.reading(LOCAL_OPERATOR) as session:
        opened = select(func.count(Finding.contract_id.distinct())).where(
            Finding.code == "disclosures_rule", Finding.ended_at.is_(None)
        )
        assert session.scalar(opened) == 2


def test_a_finding_of_an_import_ends_when_its_record_is_put_right(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample().put("信息公开", 4, "公开日期", date(2026, 1, 1))
    assert bring_in(database, book.save(tmp_path / "a.xlsx")).errors == ()
    opened = select(Finding).where(Finding.code == DISCLOSURES.rule_code)
    with database.writing(LOCAL_OPERATOR) as session:
        finding = session.scalars(opened).one()
        record = session.get_one(Disclosure, UUID(finding.subject))
        fields = {name: getattr(record, name) for name in DisclosureEntry.model_fields}
        entry = DisclosureEntry(**{**fields, DISCLOSURES.day: date(2023, 2, 1)})
        clock = StoppedClock(NOW, date(2023, 12, 31))
        edit = Edit(DISCLOSURES, record.id, entry, record.version)
        change_record(session, LOCAL_OPERATOR, clock, edit)
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(opened).one().ended_at == NOW


def test_an_enterprise_taken_off_a_list_stays_off(database: Database, tmp_path: Path) -> None:
    book = Book.sample()
    book.sheets["企业名录"] = [
        ["企业名称", "合同编号"], ["甲矿", "HAMI-2023-01"], ["乙厂", "HAMI-2023-01"],
    ]  # fmt: skip
    path = book.save(tmp_path / "a.xlsx")
    assert bring_in(database, path).errors == ()
    day = date(2023, 12, 1)
    with database.writing(LOCAL_OPERATOR) as session:
        rows = session.scalars(select(ContractEnterprise)).all()
        stays = {"enterprise_id": rows[0].enterprise_id}
        entry = TargetListIn.model_validate({"day": day, "enterprises": [stays]})
        clock = StoppedClock(NOW, date(2023, 12, 31))
        set_target_list(session, LOCAL_OPERATOR, clock, rows[0].contract_id, entry, 1)
    assert bring_in(database, path, LATER).errors == ()
    with database.reading(LOCAL_OPERATOR) as session:
        ends = session.scalars(select(ContractEnterprise.listed_to)).all()
        assert sorted(map(str, ends)) == ["2023-12-01", "None"]
