"""The sheets of a file's records (验收, 信息公开, 资质 …) on their way from a workbook to the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from contracts.findings import Found
from contracts.ledger import ContractIndex, contract_key
from contracts.ledger_changes import LedgerImport
from contracts.ledger_parties import Directory
from contracts.models import Programme, Vendor
from contracts.record_kinds import RECORD_KINDS
from contracts.records.kinds import Owner, RecordKind
from contracts.records.shape import OWNERS
from contracts.records.sheets import row_type
from contracts.records.sight import written_owners
from contracts.records.workbook import Records, owner_text, record_sheet
from contracts.workbook_rows import ContractRow
from kernel.workbook_cells import narrow
from kernel.workbook_problems import Problems
from kernel.workbook_reader import Workbook
from kernel.workbook_sheets import Sheet, SheetRow

Sheets = Mapping[RecordKind, Sheet[Any]]
SHEETS: Final = frozenset(kind.title for kind in RECORD_KINDS)
"""The sheets' names: each is called as its kind."""
NAMES: Final = {kind.name: kind.title for kind in RECORD_KINDS}


def read_records(workbook: Workbook, problems: Problems) -> Sheets:
    """The sheets of records that the workbook has."""
    found = {kind: workbook.read(row_type(kind), problems) for kind in RECORD_KINDS}
    return {kind: sheet for kind, sheet in found.items() if sheet is not None}


def contract_numbers(sheets: Sheets) -> set[str]:
    """The contract numbers that the sheets hold."""
    return {
        owner_text(kind, row)[1]
        for kind, sheet in sheets.items()
        if kind.owner is Owner.CONTRACT
        for row in sheet.rows
    }


@dataclass(slots=True)
class OwnerIndex:
    """Who is meant by a name in a sheet, whatever kind of owner it is."""

    work: LedgerImport
    contracts: ContractIndex
    directory: Directory
    _known: dict[Owner, dict[str, UUID]] = field(default_factory=dict)

    def find(self, owner: Owner, sheet: Sheet[Any], row: SheetRow[Any]) -> UUID | None:
        """The owner's key; None when the row names nobody, which is noted at its cell."""
        if owner is Owner.CONTRACT:
            return contract_key(self.work, self.contracts, sheet, row)
        text: str = row.record.whose
        if owner is Owner.ORGANISATION:
            found = self.directory.find(text)
        else:
            known = self._names(owner).get(narrow(text))
            found = known or "台账中没有这个名称或编码"
        if isinstance(found, UUID):
            self.work.changes.names.setdefault(found, text)
            return found
        # What other sheets were to bring is not there when nothing is written.
        is_there = owner is Owner.ORGANISATION or self.work.writes
        if is_there and ContractRow.SHEET not in self.work.problems.sheets:
            self.work.problems.add(sheet.problem(row.number, "whose", text, found))
        return None

    def _names(self, owner: Owner) -> dict[str, UUID]:
        if owner not in self._known:
            session = self.work.session
            if owner is Owner.VENDOR:
                rows = session.execute(select(Vendor.name, Vendor.id)).all()
            else:
                rows = session.execute(select(Programme.code, Programme.id)).all()
            self._known[owner] = {narrow(name): key for name, key in rows}
        return self._known[owner]


def record_records(index: OwnerIndex, sheets: Sheets, today: date) -> list[Found]:
    """Bring the sheets into the ledger; gives what breaks a rule of its kind."""
    found: list[Found] = []
    for kind, sheet in sheets.items():
        _refuse_foreign(index, kind, sheet)
        found += record_sheet(Records(index.work, kind, sheet, today), index.find)
    return found


def _refuse_foreign(index: OwnerIndex, kind: RecordKind, sheet: Sheet[Any]) -> None:
    """Refuse rows of owners in whose file the actor may not write; one question a sheet."""
    work = index.work
    if work.stamp.actor.everything:
        return
    own = select(OWNERS[kind.owner].model.id).where(written_owners(kind, work.stamp.actor))
    mine = set(work.session.scalars(own)) | set(index.contracts.in_file.values())
    for row in sheet.rows:
        owner_id = index.find(kind.owner, sheet, row)
        if owner_id is not None and owner_id not in mine:
            name, text = owner_text(kind, row)
            message = f"您没有在这里登记{kind.title}的权限"
            work.problems.add(sheet.problem(row.number, name, text, message))
