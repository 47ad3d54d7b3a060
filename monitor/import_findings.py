"""核验 of an import: what the ledger and the workbook contradict, with the cell where it stands."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts import ledger_findings
from contracts.access import sees_whole
from contracts.findings import Found, Scope, sync_findings
from contracts.hazards.checks import CODES as HAZARD_CODES
from contracts.hazards.checks import hazard_findings
from contracts.imports.hazard_rows import EnterpriseRow
from contracts.ledger import ContractIndex, Programmes
from contracts.ledger_changes import LedgerImport
from contracts.models import Programme
from contracts.vendors.findings import CODES as VENDOR_CODES
from contracts.vendors.findings import vendor_findings
from contracts.workbook_rows import ContractRow, OrganisationRow, ProgrammeRow
from kernel.access.permissions import Permission
from kernel.sql import among
from kernel.workbook_problems import Problem
from kernel.workbook_sheets import Sheet
from monitor.import_sheets import Book
from payments import findings as payment_findings

SUM_ROW = "sum_row"
CONTRADICTION = "contradiction"
LONGEST_SUBJECT = 200
LONGEST_HEADING = 120

Placed = tuple[Found, Problem]
"""A finding for the ledger, and the same for the report of the import."""


def record_findings(
    work: LedgerImport,
    book: Book,
    index: ContractIndex,
    programmes: Programmes,
    doubtful: Sequence[Found],
) -> list[Problem]:
    """Find what is contradicted, bring the table of findings up to it, and give the cells.

    ``doubtful`` are what the sheets of records were found to break.
    """
    whole = _seen_whole(work, programmes)
    facts = payment_findings.load_payment_facts(work.session, index.scope)
    sheets = {sheet.name: sheet for sheet in book.sheets}
    in_ledger = [
        *doubtful,
        *ledger_findings.contract_findings(work.session, index.scope),
        *hazard_findings(work.session, index.scope),
        *vendor_findings(work.session, index.scope),
        *payment_findings.payment_findings(facts),
        *payment_findings.ledger_columns(facts, _stated(book, index)),
    ]
    placed = [
        *(_located(work, sheets, found) for found in in_ledger),
        *_sum_rows(book, index, programmes, whole),
        *_contradictions(book, index, programmes),
    ]
    scope = Scope(
        index.scope,
        whole,
        [
            *(kind.rule_code for kind in book.records),
            *ledger_findings.CODES,
            *HAZARD_CODES,
            *VENDOR_CODES,
            *payment_findings.CODES,
            *_book_codes(book),
        ],
        {SUM_ROW: _totalled(book, index, programmes)},
    )
    stamp = work.stamp
    # A finding hangs on a contract, or on a programme of the actor's; of others the report tells.
    kept = [found for found, _ in placed if found.contract_id or found.programme_id in whole]
    sync_findings(work.session, stamp.actor, stamp.now, scope, kept)
    return [problem for _, problem in placed]


def _seen_whole(work: LedgerImport, programmes: Programmes) -> set[UUID]:
    """The file's programmes whose findings are the actor's to write: a purchaser has a part only."""
    keys = [row["id"] for row in programmes.values()]
    mine = sees_whole(work.stamp.actor, Permission.IMPORTS_WRITE)
    statement = select(Programme.id).where(among(work.session, Programme.id, keys), mine)
    return set(work.session.scalars(statement))


def check_contradictions(
    work: LedgerImport, book: Book, index: ContractIndex, programmes: Programmes
) -> None:
    """Refuse 核对记录 about programmes and contracts that nobody knows, where these were read."""
    sheet = book.contradictions
    if sheet is None or {ContractRow.SHEET, ProgrammeRow.SHEET} & work.problems.sheets:
        return
    for row in sheet.rows:
        if row.record.programme not in programmes:
            message = "没有这个项目编码；应为本文件“预算项目”或“合同台账”表中的编码"
            work.problems.add(sheet.problem(row.number, "programme", row.record.programme, message))
        if row.record.contract:
            known = index.find(row.record.contract)
            if isinstance(known, str):
                work.problems.add(sheet.problem(row.number, "contract", row.record.contract, known))


def _book_codes(book: Book) -> Iterator[str]:
    """Codes that only a workbook with these sheets and columns can settle."""
    yield SUM_ROW
    if book.contradictions is not None:
        yield CONTRADICTION
    yield from (f"{name}_differs" for name in ("paid", "unpaid") if name in book.contracts.headings)


def _stated(book: Book, index: ContractIndex) -> dict[UUID, Mapping[str, Any]]:
    return {
        index.in_file[row.record.number]: {"paid": row.record.paid, "unpaid": row.record.unpaid}
        for row in book.contracts.rows
    }


def _totalled(book: Book, index: ContractIndex, programmes: Programmes) -> tuple[str, ...]:
    """How subjects begin that this file's 合计 rows can settle: those about rows that it adds up.

    Another file of the programme, with other contracts or without these totals, says nothing of
    them; the same table under another file name does.
    """
    return tuple(
        _total_of(sheet, owner)
        for sheet in book.sheets
        if sheet.totalled
        for owner in _owners(sheet, index, programmes)
    )


def _total_of(sheet: Sheet[Any], owner: str) -> str:
    return f"{sheet.name}:{owner}:"


def _owners(sheet: Sheet[Any], index: ContractIndex, programmes: Programmes) -> set[str]:
    """Keys of the contracts or programmes whose rows a sheet has; of one without, a programme's."""
    owners: set[UUID | None] = set()
    for row in sheet.rows:
        match row.record:
            case ProgrammeRow(code=code):
                owners.add(programmes[code]["id"])
            case ContractRow(number=number):
                owners.add(index.in_file[number])
            case OrganisationRow() | EnterpriseRow():
                pass
            case record:
                owners.add(index.key_of(record.contract))
    known = {str(owner) for owner in owners if owner}
    if known:
        return known
    frame = [str(programmes[code]["id"]) for code in sorted(programmes)]
    return set((frame or sorted(map(str, index.scope)))[:1])


def _sum_rows(
    book: Book, index: ContractIndex, programmes: Programmes, whole: Collection[UUID]
) -> Iterator[Placed]:
    """合计 rows that are not the sum of their rows; the first owner of a row tells tables apart."""
    known = (programmes[code]["id"] for code in sorted(programmes))
    programme_id = next((key for key in known if key in whole), None)
    for sheet in (sheet for sheet in book.sheets if sheet.sums):
        owner = min(_owners(sheet, index, programmes), default="")
        seen: Counter[str] = Counter()
        for problem in sheet.sums:
            letter, _, heading = (problem.column or "").partition(" ")
            item = heading[:LONGEST_HEADING]
            seen[item] += 1
            found = Found(
                SUM_ROW,
                f"{_total_of(sheet, owner)}{item}:{seen[item]}",
                problem.value,
                problem.message,
                contract_id=None if programme_id else min(index.scope, default=None),
                programme_id=programme_id,
                place=f"{sheet.name}!{letter}{problem.row}",
            )
            yield found, problem


def _contradictions(book: Book, index: ContractIndex, programmes: Programmes) -> Iterator[Placed]:
    """Each row of 核对记录; one about a contract belongs to it, else to its programme."""
    sheet = book.contradictions
    if sheet is None:
        return
    seen: Counter[str] = Counter()
    for row in sheet.rows:
        record = row.record
        contract_id = index.key_of(record.contract)
        subject = f"{record.programme}:{record.contract or ''}:{record.matter}"
        seen[subject] += 1
        found = Found(
            CONTRADICTION,
            f"{subject}:{seen[subject]}"[-LONGEST_SUBJECT:],
            record.matter,
            f"{record.matter}：{record.first}；{record.second}。本台账采用：{record.adopted}",
            contract_id=contract_id,
            programme_id=None if contract_id else programmes[record.programme]["id"],
        )
        yield _at(sheet, row.number, "matter", found)


def _at(sheet: Sheet[Any], row: int, name: str, found: Found) -> Placed:
    heading = sheet.headings.get(name)
    problem = Problem(
        sheet.name, row, heading.label if heading else None, found.value, found.message
    )
    letter = heading.letter if heading else ""
    return replace(found, place=f"{sheet.name}!{letter}{row}"), problem


def _located(work: LedgerImport, sheets: Mapping[str, Sheet[Any]], found: Found) -> Placed:
    """The cell of the record; a record that the file lacks is named by its contract."""
    place = work.changes.places.get(found.record) if found.record else None
    if place is not None:
        return _at(sheets[place[0]], place[1], found.field, found)
    number = work.changes.show(found.contract_id)
    return found, Problem("", None, None, found.value, f"{number}：{found.message}")
