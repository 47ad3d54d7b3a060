"""Contracts of a workbook, their totals and parties, brought into the ledger."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.ledger_changes import (
    LedgerImport,
    LedgerKind,
    Outcome,
    Target,
    Values,
    Wanted,
    by_key,
    list_missing,
    load_rows,
    reconcile,
    refuse_twins,
)
from contracts.ledger_parties import Directory, organisation_key
from contracts.ledger_roles import move_leads, write_parties
from contracts.ledger_terms import amended_ends, as_agreed, keep_amended_ends, told_as_agreed
from contracts.models import FIRST, Contract, ContractParty, ContractTotal, PartyRole
from contracts.workbook_rows import ContractRow, ProgrammeRow
from kernel.columns import EARLIEST_DAY
from kernel.sql import among
from kernel.workbook_cells import narrow
from kernel.workbook_sheets import Sheet, SheetRow

Programmes = Mapping[str, Values]
FIRST_DAY = date.fromisoformat(EARLIEST_DAY)
CONTRACTS = Target(LedgerKind.CONTRACTS, Contract, ContractRow)


@dataclass(slots=True)
class ContractIndex:
    """Which contract a number means: the file's own first, else the only one of the ledger."""

    in_file: dict[str, UUID] = field(default_factory=dict)
    in_ledger: defaultdict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    referred: set[UUID] = field(default_factory=set)

    def find(self, number: str) -> UUID | str:
        """The contract's key, or what is wrong with the number."""
        key = self.in_file.get(number)
        if key is None:
            known = self.in_ledger.get(number, set())
            if len(known) > 1:
                return "台账中几个单位都有这个合同编号；请把该合同也列入“合同台账”表"
            key = next(iter(known), None)
        if key is None:
            return "没有这个合同编号；应为“合同台账”表或台账中已有的编号"
        self.referred.add(key)
        return key

    def key_of(self, number: str | None) -> UUID | None:
        """The contract's key, None for no number or an unknown one."""
        found = self.find(number) if number else None
        return found if isinstance(found, UUID) else None

    @property
    def scope(self) -> set[UUID]:
        """Every contract that the file names."""
        return set(self.in_file.values()) | self.referred


def contract_key(
    work: LedgerImport, index: ContractIndex, sheet: Sheet[Any], row: SheetRow[Any]
) -> UUID | None:
    """The contract that a row belongs to; None and a problem for none.

    When 合同台账 itself has problems, an unknown number is no news and is passed over.
    """
    found = index.find(row.record.contract)
    if isinstance(found, UUID):
        return found
    if ContractRow.SHEET not in work.problems.sheets:
        work.problems.add(sheet.problem(row.number, "contract", row.record.contract, found))
    return None


def lock_contracts(session: Session, numbers: Iterable[str]) -> None:
    """Take the rows of the contracts with these numbers, in order.

    Writes about money and acts take their contract's row before any other, so that none waits in a
    ring: an act on a contract then refers to organisations, which an import changes.
    """
    session.execute(
        select(Contract.id)
        .where(among(session, Contract.number, sorted(set(numbers))))
        .order_by(Contract.id)
        .with_for_update()
    )


def record_contracts(
    work: LedgerImport,
    sheet: Sheet[ContractRow],
    directory: Directory,
    programmes: Programmes,
    vendors: Mapping[str, UUID],
    numbers: Iterable[str],
) -> ContractIndex:
    """Bring 合同台账 into the ledger; ``numbers`` are those that any sheet of the file refers to."""
    refuse_twins(
        work, sheet, ((row.record.number, row) for row in sheet.rows), "number", "一个合同编号"
    )
    found = _existing(work, sorted(set(numbers)))
    amended = amended_ends(work.session, [row["id"] for row in found])
    existing = by_key(as_agreed(found, amended), "purchaser_id", "number")
    wanted = [
        each
        for row in sheet.rows
        if (each := _wanted(work, sheet, row, directory, programmes, vendors)) is not None
    ]
    told_as_agreed(((existing.get(w.key, {}).get("id"), w.values) for w in wanted), amended)
    outcome = reconcile(work, CONTRACTS, existing, wanted)
    index = ContractIndex({str(each.values["number"]): outcome.ids[each.key] for each in wanted})
    for row in found:
        index.in_ledger[row["number"]].add(row["id"])
    work.changes.names |= {key: number for number, key in index.in_file.items()}
    work.changes.names |= {row["id"]: row["number"] for row in found}
    if work.writes:
        told = {outcome.ids[each.key]: each.values for each in wanted}
        keep_amended_ends(work.session, amended, {key: told[key] for key in outcome.changed})
        _write_totals(work, outcome, wanted, existing)
        _write_parties(work, outcome, wanted, existing, programmes)
    _list_missing(work, index, programmes)
    return index


def _existing(work: LedgerImport, numbers: Iterable[str]) -> list[dict[str, Any]]:
    """Contracts with the total agreed at first, which amendments leave as it is, and their payer.

    Three plain queries: after a large import PostgreSQL has no statistics yet, and joins the three
    tables row by row.
    """
    session = work.session
    columns = Contract.__table__.columns
    mine = visible(work.stamp.actor)
    found = load_rows(
        session, select(*columns).where(among(session, columns.number, numbers), mine)
    )
    keys = [row["id"] for row in found]
    totals = _first_totals(session, keys)
    paying = select(ContractParty.contract_id, ContractParty.organisation_id).where(
        among(session, ContractParty.contract_id, keys),
        ContractParty.role == PartyRole.PAYER,
        ContractParty.position == FIRST,
    )
    payers = {key: {"payer": organisation} for key, organisation in session.execute(paying)}
    none = dict.fromkeys(("total_id", "total", "total_from", "total_to", "payer"))
    return [
        {**row, **none, **totals.get(row["id"], {}), **payers.get(row["id"], {})} for row in found
    ]


def _first_totals(session: Session, keys: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The total of each contract that was agreed at first, and until when it held."""
    latest_first = (
        select(
            ContractTotal.contract_id,
            ContractTotal.id,
            ContractTotal.amount,
            ContractTotal.valid_from,
            ContractTotal.valid_to,
        )
        .where(
            among(session, ContractTotal.contract_id, keys),
            ContractTotal.superseded_at.is_(None),
        )
        .order_by(ContractTotal.valid_from.desc())
    )
    # Of several the one agreed at first comes last, and what comes last is kept.
    return {
        key: {"total_id": total_id, "total": amount, "total_from": begins, "total_to": ends}
        for key, total_id, amount, begins, ends in session.execute(latest_first)
    }


def _wanted(
    work: LedgerImport,
    sheet: Sheet[ContractRow],
    row: SheetRow[ContractRow],
    directory: Directory,
    programmes: Programmes,
    vendors: Mapping[str, UUID],
) -> Wanted | None:
    record = row.record
    purchaser = organisation_key(work, directory, sheet, row, "purchaser")
    payer = organisation_key(work, directory, sheet, row, "payer") if record.payer else None
    programme = programmes.get(record.programme)
    if programme is None and ProgrammeRow.SHEET not in work.problems.sheets:
        message = "没有这个项目编码；应为“预算项目”表或台账中已有的编码"
        work.problems.add(sheet.problem(row.number, "programme", record.programme, message))
    if purchaser is None or programme is None:
        return None
    values = {
        **sheet.values(row),
        "purchaser_id": purchaser,
        "programme_id": programme["id"],
        "vendor_id": vendors[narrow(record.vendor)],
    }
    if "payer" in values:
        values["payer"] = payer
    return Wanted((purchaser, record.number), record.number, values, sheet.name, row.number)


def _write_totals(
    work: LedgerImport,
    outcome: Outcome,
    wanted: Iterable[Wanted],
    existing: Mapping[Hashable, Values],
) -> None:
    """A total is a dated version: a correction supersedes one and writes another.

    It holds from the draft, the signing, else from the start of service. Of a contract without either nobody
    knows since when: it is listed on every day, so its total holds from the first day of all.
    """
    superseded: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    for each in wanted:
        known = existing.get(each.key, {})
        facts = {**known, **each.values}
        agreed = facts.get("signed_on") or facts.get("service_start")
        begins = min((day for day in (facts.get("drafted_on"), agreed) if day), default=FIRST_DAY)
        amount = facts.get("total")
        ends: date | None = known.get("total_to")
        begins = min(begins, ends - timedelta(days=1)) if ends else begins
        same_start = begins == known.get("total_from")
        if known.get("total_id") and amount == known["total"] and same_start:
            continue
        if known.get("total_id"):
            superseded.append({"id": known["total_id"], "superseded_at": work.stamp.now})
        versions.append(
            {
                "contract_id": outcome.ids[each.key],
                "amount": amount,
                "valid_from": begins,
                "valid_to": ends,
                "recorded_at": work.stamp.now,
                "recorded_by": work.stamp.actor.name,
            }
        )
    if superseded:
        work.session.execute(update(ContractTotal), superseded)
    if versions:
        # Without it each change of which fields are unknown begins another statement.
        work.session.execute(insert(ContractTotal).execution_options(render_nulls=True), versions)


def _write_parties(
    work: LedgerImport,
    outcome: Outcome,
    wanted: Iterable[Wanted],
    existing: Mapping[Hashable, Values],
    programmes: Programmes,
) -> None:
    added = {each.key for each in outcome.added}
    leads = {row["id"]: row["lead_id"] for row in programmes.values()}
    parties: dict[tuple[UUID, PartyRole], UUID | None] = {}
    for each in wanted:
        contract_id = outcome.ids[each.key]
        if each.key in added or contract_id in outcome.changed:
            facts = {**existing.get(each.key, {}), **each.values}
            parties[contract_id, PartyRole.PURCHASER] = facts["purchaser_id"]
            parties[contract_id, PartyRole.PAYER] = facts.get("payer")
            parties[contract_id, PartyRole.LEAD] = leads[facts["programme_id"]]
            parties[contract_id, PartyRole.VENDOR] = facts["vendor_id"]
    if parties:
        write_parties(work, parties)
    moved = {
        row["id"]: row["lead_id"]
        for row in programmes.values()
        if row["lead_before"] not in {None, row["lead_id"]}
    }
    if moved:
        move_leads(work, moved)


def _list_missing(work: LedgerImport, index: ContractIndex, programmes: Programmes) -> None:
    """Contracts of the file's programmes that the actor sees and the file no longer has."""
    known = work.session.execute(
        select(Contract.id, Contract.number).where(
            among(work.session, Contract.programme_id, [row["id"] for row in programmes.values()]),
            visible(work.stamp.actor),
        )
    )
    here = set(index.in_file.values())
    list_missing(
        work.changes, LedgerKind.CONTRACTS, (number for key, number in known if key not in here)
    )
