"""企业名录 of a workbook, and the enterprises that its hazards name."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select

from contracts.enterprises.models import ContractEnterprise, Enterprise
from contracts.enterprises.names import name_key, shown_name
from contracts.imports.hazard_rows import EnterpriseRow
from contracts.ledger import ContractIndex, contract_key
from contracts.ledger_changes import (
    LedgerImport,
    LedgerKind,
    Outcome,
    Target,
    Values,
    Wanted,
    load_rows,
    reconcile,
    refuse_twins,
)
from contracts.vendors.credit_codes import checked_code
from kernel.keys import new_key
from kernel.sql import among
from kernel.workbook_sheets import Sheet, SheetRow

ENTERPRISES = Target(LedgerKind.ENTERPRISES, Enterprise, EnterpriseRow)
_SEVERAL = "台账中有几家企业用这个名称；请在“企业名录”表中写明统一社会信用代码"


@dataclass(slots=True)
class EnterpriseNames:
    """Which enterprise a name means; an unknown one is added when it is first named.

    Names are compared as they are kept, so that two spellings stay two enterprises until a person
    merges them.
    """

    work: LedgerImport
    known: dict[str, UUID | None] = field(default_factory=dict)

    def learn(self, names: Iterable[str]) -> None:
        """Look these names up and add those that nobody knows, by two statements."""
        wanted = {shown_name(name) for name in names} - self.known.keys() - {""}
        if not wanted:
            return
        session = self.work.session
        found = select(Enterprise.name, Enterprise.id).where(
            among(session, Enterprise.name, sorted(wanted))
        )
        for name, key in session.execute(found.order_by(Enterprise.id)):
            self.known[name] = None if name in self.known else key
        new = sorted(wanted - self.known.keys())
        self.work.changes.added[LedgerKind.ENTERPRISES] += len(new)
        rows = [_new(self.work, name) for name in new]
        self.known |= {row["name"]: row["id"] for row in rows}
        if rows and self.work.writes:
            session.execute(insert(Enterprise), rows)

    def find(self, name: str) -> UUID | str:
        """The enterprise's key, or what is wrong with the name."""
        return self.known[shown_name(name)] or _SEVERAL


def _new(work: LedgerImport, name: str) -> dict[str, Any]:
    key = new_key()
    return {
        "id": key,
        "root_id": key,
        "name": name,
        "name_key": name_key(name),
        **work.stamp.of("", 0),
    }


def record_enterprises(
    work: LedgerImport, index: ContractIndex, sheet: Sheet[EnterpriseRow]
) -> None:
    """Bring 企业名录 into the register: found again by credit code, else by name."""
    rows = [row for row in sheet.rows if _check_code(work, sheet, row)]
    existing = _existing(work, rows)
    keyed = [(_key(row.record, existing), row) for row in rows]
    refuse_twins(
        work,
        sheet,
        (((row.record.contract, key), row) for key, row in keyed),
        "name",
        "同一合同的一家企业",
    )
    wanted: dict[Hashable, Wanted] = {}
    listed: list[tuple[UUID, Hashable]] = []
    for key, row in keyed:
        name = shown_name(row.record.name)
        values = {**sheet.values(row), "name": name, "name_key": name_key(name)}
        if "credit_code" in values and row.record.credit_code:
            values["credit_code"] = checked_code(row.record.credit_code)
        if key not in existing:
            values["root_id"] = new = new_key()
            wanted.setdefault(key, Wanted(key, name, values, sheet.name, row.number, new_id=new))
        else:
            wanted.setdefault(key, Wanted(key, name, values, sheet.name, row.number))
        if row.record.contract:
            contract_id = contract_key(work, index, sheet, row)
            if contract_id is not None:
                listed.append((contract_id, key))
    outcome = reconcile(work, ENTERPRISES, existing, list(wanted.values()))
    if listed and work.writes:
        _put_on_lists(work, listed, outcome)


def _check_code(
    work: LedgerImport, sheet: Sheet[EnterpriseRow], row: SheetRow[EnterpriseRow]
) -> bool:
    code = row.record.credit_code
    if not code:
        return True
    try:
        checked_code(code)
    except ValueError as fault:
        work.problems.add(sheet.problem(row.number, "credit_code", code, str(fault)))
        return False
    return True


def _existing(
    work: LedgerImport, rows: Iterable[SheetRow[EnterpriseRow]]
) -> dict[Hashable, Values]:
    """The register's enterprises with one of these codes or names, by code and by name."""
    named = {shown_name(row.record.name) for row in rows}
    codes = {checked_code(row.record.credit_code) for row in rows if row.record.credit_code}
    columns = Enterprise.__table__.columns
    found = load_rows(
        work.session,
        select(*columns)
        .where(
            or_(
                among(work.session, columns.name, sorted(named)),
                among(work.session, columns.credit_code, sorted(codes)),
            )
        )
        .order_by(columns.id.desc()),
    )
    by_name: dict[Hashable, Values] = {("name", row["name"]): row for row in found}
    by_code: dict[Hashable, Values] = {
        ("code", row["credit_code"]): row for row in found if row["credit_code"]
    }
    return by_name | by_code


def _key(record: EnterpriseRow, existing: dict[Hashable, Values]) -> Hashable:
    """By its code; a known enterprise of this name without a code is the same, else it is another."""
    by_name = ("name", shown_name(record.name))
    if not record.credit_code:
        return by_name
    by_code = ("code", checked_code(record.credit_code))
    known = existing.get(by_name)
    is_same = known is not None and known["credit_code"] is None
    return by_name if is_same and by_code not in existing else by_code


def _put_on_lists(
    work: LedgerImport, listed: Iterable[tuple[UUID, Hashable]], outcome: Outcome
) -> None:
    """One that was taken off a list here stays off: the file tells no day since when it counts."""
    pairs = {(contract_id, outcome.ids[key]) for contract_id, key in listed}
    known = work.session.execute(
        select(ContractEnterprise.contract_id, ContractEnterprise.enterprise_id).where(
            among(work.session, ContractEnterprise.contract_id, {key for key, _ in pairs})
        )
    )
    new = sorted(pairs - {(contract_id, enterprise) for contract_id, enterprise in known})
    if new:
        work.session.execute(
            insert(ContractEnterprise).execution_options(render_nulls=True),
            [
                {
                    "id": new_key(),
                    "contract_id": contract_id,
                    "enterprise_id": enterprise,
                    "listed_from": None,
                    "listed_to": None,
                    "recorded_at": work.stamp.now,
                    "recorded_by": work.stamp.actor.name,
                }
                for contract_id, enterprise in new
            ],
        )
