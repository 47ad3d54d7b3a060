"""Organisations, programmes and vendors of a workbook, brought into the ledger."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.ledger_changes import (
    LedgerImport,
    LedgerKind,
    Target,
    Values,
    Wanted,
    by_key,
    load_rows,
    reconcile,
    refuse_twins,
)
from contracts.models import Organisation, Programme, Vendor
from contracts.workbook_rows import ContractRow, OrganisationRow, ProgrammeRow
from kernel.keys import new_key
from kernel.sql import among
from kernel.workbook_cells import narrow
from kernel.workbook_sheets import Sheet, SheetRow

Rows = Mapping[Hashable, Values]
ORGANISATIONS = Target(LedgerKind.ORGANISATIONS, Organisation, OrganisationRow)
PROGRAMMES = Target(LedgerKind.PROGRAMMES, Programme, ProgrammeRow)
VENDORS = Target(LedgerKind.VENDORS, Vendor, ContractRow)


class Directory:
    """Who is meant by a name: an organisation of the file first, else one of the ledger.

    A full name goes before a short one; a short name that several share names nobody.
    """

    def __init__(self) -> None:
        self._layers: list[tuple[dict[str, UUID], defaultdict[str, set[UUID]]]] = []

    def add_layer(self, organisations: Iterable[tuple[UUID, str, str]]) -> None:
        """Add organisations (key, name, short name) that earlier layers go before."""
        names: dict[str, UUID] = {}
        short: defaultdict[str, set[UUID]] = defaultdict(set)
        for key, name, short_name in organisations:
            names[narrow(name)] = key
            if short_name:
                short[narrow(short_name)].add(key)
        self._layers.append((names, short))

    def find(self, name: str) -> UUID | str:
        """The organisation's key, or what is wrong with the name."""
        wanted = narrow(name)
        for names, short in self._layers:
            if wanted in names:
                return names[wanted]
            if len(short[wanted]) == 1:
                return next(iter(short[wanted]))
            if short[wanted]:
                return "有几个机构用这个简称；请写机构全称"
        return "没有这个机构；应为“组织机构”表或台账中已有的机构名称或简称"


def organisation_key(
    work: LedgerImport, directory: Directory, sheet: Sheet[Any], row: SheetRow[Any], name: str
) -> UUID | None:
    """The organisation that the field ``name`` of a row means; None and a problem for nobody.

    When 组织机构 itself has problems, an unknown name is no news and is passed over.
    """
    written = getattr(row.record, name)
    found = directory.find(written)
    if isinstance(found, UUID):
        return found
    if OrganisationRow.SHEET not in work.problems.sheets:
        work.problems.add(sheet.problem(row.number, name, written, found))
    return None


def record_organisations(work: LedgerImport, sheet: Sheet[OrganisationRow] | None) -> Directory:
    """Bring 组织机构 into the ledger; gives who is who, the ledger's own organisations included."""
    existing = by_key(load_rows(work.session, select(*Organisation.__table__.columns)), "code")
    directory = Directory()
    written: set[Hashable] = set()
    if sheet is not None:
        ids = _record_tree(work, sheet, existing)
        written = set(ids)
        directory.add_layer(
            (ids[row.record.code], row.record.name, row.record.short_name) for row in sheet.rows
        )
    directory.add_layer(
        (row["id"], row["name"], row["short_name"])
        for code, row in existing.items()
        if code not in written
    )
    work.changes.names |= {row["id"]: row["name"] for row in existing.values()}
    return directory


def _record_tree(
    work: LedgerImport, sheet: Sheet[OrganisationRow], existing: Rows
) -> dict[str, UUID]:
    refuse_twins(
        work, sheet, ((row.record.code, row) for row in sheet.rows), "code", "一个机构编码"
    )
    refuse_twins(
        work, sheet, ((narrow(row.record.name), row) for row in sheet.rows), "name", "一个机构名称"
    )
    _refuse_taken_names(work, sheet, existing)
    ids = {
        row.record.code: existing[row.record.code]["id"]
        if row.record.code in existing
        else new_key()
        for row in sheet.rows
    }
    work.changes.names |= {ids[row.record.code]: row.record.name for row in sheet.rows}
    wanted: list[Wanted] = []
    for row in _parents_first(work, sheet, existing):
        code, parent = row.record.code, row.record.parent_code
        values = sheet.values(row)
        if "parent_id" in values:
            values["parent_id"] = _parent_key(parent, ids, existing)
        wanted.append(Wanted(code, code, values, sheet.name, row.number, new_id=ids[code]))
    reconcile(work, ORGANISATIONS, existing, wanted)
    return ids


def _parent_key(code: str | None, ids: Mapping[str, UUID], existing: Rows) -> UUID | None:
    if code is None or code in ids:
        return ids[code] if code else None
    key: UUID | None = existing[code]["id"] if code in existing else None
    return key


def _refuse_taken_names(work: LedgerImport, sheet: Sheet[OrganisationRow], existing: Rows) -> None:
    in_file = {row.record.code for row in sheet.rows}
    taken = {narrow(row["name"]): code for code, row in existing.items() if code not in in_file}
    for row in sheet.rows:
        owner = taken.get(narrow(row.record.name))
        if owner is not None:
            work.problems.add(
                sheet.problem(
                    row.number, "name", row.record.name, f"台账中机构 {owner} 已用这个名称"
                )
            )


def _parents_first(
    work: LedgerImport, sheet: Sheet[OrganisationRow], existing: Rows
) -> list[SheetRow[OrganisationRow]]:
    """The rows with every parent before its children; refuses unknown parents and cycles."""
    by_code = {row.record.code: row for row in sheet.rows}
    ledger_codes = {row["id"]: code for code, row in existing.items()}
    whole = sheet.name not in work.problems.sheets
    done: set[Hashable] = set()
    ordered: list[SheetRow[OrganisationRow]] = []
    for row in sheet.rows:
        path: list[SheetRow[OrganisationRow]] = []
        seen: set[Hashable] = set()
        code: Hashable = row.record.code
        while code is not None and code not in done and code not in seen:
            seen.add(code)
            at = by_code.get(str(code))
            if at is None:
                code = ledger_codes.get(existing[code]["parent_id"])
                continue
            path.append(at)
            code = at.record.parent_code
            if code is not None and code not in by_code and code not in existing:
                if whole:
                    _refuse_parent(work, sheet, at, "没有这个机构编码")
                code = None
        if code is not None and code in seen:
            _refuse_parent(work, sheet, row, "上级机构循环，一个机构不能是自己的上级")
        ordered += [each for each in reversed(path) if each.record.code not in done]
        done |= seen
    return ordered


def _refuse_parent(
    work: LedgerImport, sheet: Sheet[OrganisationRow], row: SheetRow[OrganisationRow], message: str
) -> None:
    work.problems.add(sheet.problem(row.number, "parent_code", row.record.parent_code, message))


def record_programmes(
    work: LedgerImport,
    sheet: Sheet[ProgrammeRow] | None,
    contracts: Sheet[ContractRow],
    directory: Directory,
) -> dict[str, Values]:
    """Bring 预算项目 into the ledger; gives key and lead of those the file names, by code."""
    rows = sheet.rows if sheet else []
    codes = {row.record.code for row in rows} | {row.record.programme for row in contracts.rows}
    columns = Programme.__table__.columns
    existing = by_key(
        load_rows(
            work.session,
            select(*columns).where(among(work.session, columns.code, sorted(codes))),
        ),
        "code",
    )
    programmes: dict[str, Values] = {
        str(code): {**row, "lead_before": row["lead_id"]} for code, row in existing.items()
    }
    if sheet is not None:
        refuse_twins(work, sheet, ((row.record.code, row) for row in rows), "code", "一个项目编码")
        wanted = []
        for row in rows:
            lead = organisation_key(work, directory, sheet, row, "lead")
            values = {**sheet.values(row), "lead_id": lead}
            wanted.append(Wanted(row.record.code, row.record.code, values, sheet.name, row.number))
        outcome = reconcile(work, PROGRAMMES, existing, wanted)
        for each in wanted:
            code = str(each.key)
            before = programmes.get(code, {}).get("lead_id")
            programmes[code] = {
                "id": outcome.ids[each.key],
                "lead_id": each.values["lead_id"],
                "lead_before": before,
            }
    # A contract may come from a programme that the file does not name.
    known = work.session.execute(select(Programme.id, Programme.code))
    work.changes.names |= dict(known.all())
    work.changes.names |= {row["id"]: code for code, row in programmes.items()}
    return programmes


def programme_ids(work: LedgerImport, programmes: Mapping[str, Values]) -> dict[str, UUID]:
    """The key of every programme by its code, those of the file included; one statement."""
    known = dict(work.session.execute(select(Programme.code, Programme.id)).all())
    return known | {code: row["id"] for code, row in programmes.items()}


def record_vendors(work: LedgerImport, contracts: Sheet[ContractRow]) -> dict[str, UUID]:
    """Bring the vendors that the contracts name into the ledger; gives their keys by `narrow` name.

    Vendors are shared: a spelling with full-width brackets is the vendor already known.
    """
    known = {
        narrow(name): (key, name)
        for key, name in work.session.execute(select(Vendor.id, Vendor.name))
    }
    wanted: dict[str, Wanted] = {}
    existing: dict[Hashable, Values] = {}
    for row in contracts.rows:
        key = narrow(row.record.vendor)
        if key in known:
            existing[key] = {"id": known[key][0], "version": 1}
        if key not in wanted:
            values = {} if key in known else {"name": row.record.vendor}
            wanted[key] = Wanted(key, row.record.vendor, values, contracts.name, row.number)
    outcome = reconcile(work, VENDORS, existing, list(wanted.values()))
    keys = {str(key): record_id for key, record_id in outcome.ids.items()}
    work.changes.names |= dict(known.values())
    work.changes.names |= {keys[key]: wanted[key].label for key in keys if key not in known}
    return keys
