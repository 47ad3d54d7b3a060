"""A ledger that names another member of a consortium as the one that leads it."""

from pathlib import Path

from sqlalchemy import select

from contracts.models import Contract, ContractParty, PartyRole, Vendor
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.workbooks import LATER, Book, bring_in

NUMBER = "HAMI-2023-03"


def _members(database: Database) -> list[str]:
    asked = (
        select(Vendor.name)
        .join(ContractParty, ContractParty.vendor_id == Vendor.id)
        .join(Contract, Contract.id == ContractParty.contract_id)
        .where(Contract.number == NUMBER, ContractParty.role == PartyRole.VENDOR)
        .order_by(ContractParty.position)
    )
    with database.reading(LOCAL_OPERATOR) as session:
        return list(session.scalars(asked))


def test_a_member_that_leads_now_changes_places_with_the_former_lead(
    database: Database, tmp_path: Path
) -> None:
    book = Book.sample()
    assert bring_in(database, book.save(tmp_path / "a.xlsx")).errors == ()
    lead, member = _members(database)
    del book.sheets["联合体"]
    at = book.column("合同台账", "合同编号")
    row = next(n for n, line in enumerate(book.sheets["合同台账"], 1) if line[at] == NUMBER)
    book.put("合同台账", row, "承接单位(乙方)", member)
    assert bring_in(database, book.save(tmp_path / "b.xlsx"), LATER).errors == ()
    assert _members(database) == [member, lead]
