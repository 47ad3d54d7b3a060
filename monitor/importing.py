"""Import of a ledger workbook: one transaction, everything or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from contracts.events import ContractsChanged
from contracts.imports.detail_ledger import Details
from contracts.imports.enterprise_ledger import record_enterprises
from contracts.imports.hazard_ledger import record_hazards
from contracts.imports.writable import check_children, check_frame, check_purchasers
from contracts.ledger import lock_contracts, record_contracts
from contracts.ledger_changes import Changes, LedgerImport, Stamp
from contracts.ledger_parties import (
    programme_ids,
    record_organisations,
    record_programmes,
    record_vendors,
)
from contracts.ledger_services import record_services
from contracts.organisations.changes import TREE_LOCK
from contracts.plan_standings import write_plan_standings
from kernel.access.actor import Actor
from kernel.cause import AT_THE_MACHINE, Cause
from kernel.clock import Clock, HeldClock
from kernel.database import Database
from kernel.errors import InputError
from kernel.events import announce
from kernel.sql import is_busy, wait_for_lock
from kernel.workbook_guard import WorkbookLimits
from kernel.workbook_problems import MOST_LISTED, Problem, Problems, WorkbookError
from kernel.workbook_reader import Workbook
from monitor.import_details import record_details
from monitor.import_findings import check_contradictions, record_findings
from monitor.import_records import OwnerIndex, record_records
from monitor.import_results import ImportResult, ask_for_reason
from monitor.import_sheets import Book, read_book
from payments.ledger import record_payments
from payments.milestone_ledger import record_milestones
from payments.settling import DueDateError

LOCK = "import"
LONGEST_WAIT = 600.0
"""Seconds that an import waits for another one on SQLite."""

Progress = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wish:
    """How to import.

    ``reason`` goes into the trail; where it is empty, a file that corrects money or acceptance is
    refused; None: the caller has nobody to ask. ``sound_only``: rows with an error are left out and
    the others taken. ``most`` errors are listed. ``request_id`` is what the trail names at each row,
    and ``in_the_end`` is called in the import's own transaction, before it is committed.
    """

    dry_run: bool = False
    reason: str | None = None
    sound_only: bool = False
    most: int = MOST_LISTED
    request_id: str = ""
    begins: Callable[[Session], None] = lambda _session: None
    in_the_end: Callable[[Session, ImportResult, Workbook, Book], None] = lambda *_all: None


def import_workbook(
    database: Database,
    path: Path,
    actor: Actor,
    clock: Clock,
    limits: WorkbookLimits,
    *,
    dry_run: bool = False,
    progress: Progress = lambda _line: None,
    reason: str | None = None,
) -> ImportResult:
    """`bring_in` with the two wishes that most callers have."""
    wish = Wish(dry_run=dry_run, reason=reason)
    return bring_in(database, path, actor, clock, limits, wish, progress=progress)


def bring_in(
    database: Database,
    path: Path,
    actor: Actor,
    clock: Clock,
    limits: WorkbookLimits,
    wish: Wish,
    *,
    progress: Progress = lambda _line: None,
) -> ImportResult:
    """Bring the ledger to what the workbook says, in one transaction.

    A file with an error changes nothing and gives its errors. A dry run does everything and takes
    it back, so that it lists what an import would do. Two imports at once run one after the other.
    """
    problems = Problems(most=wish.most)
    try:
        workbook = Workbook(path, limits)
        book = read_book(workbook, problems, progress)
        turn = _Turn(clock, path.name, actor, book, problems, wish, progress)

        def apply(session: Session) -> ImportResult:
            wish.begins(session)
            wait_for_lock(session, LOCK)
            # Taken before any row: a move holds it while it waits for rows that the import has.
            wait_for_lock(session, TREE_LOCK)
            result = turn.take(session)
            if wish.reason == "" and not wish.dry_run:
                ask_for_reason(problems, result.changes)
            if wish.dry_run:
                session.rollback()
            else:
                wish.in_the_end(session, result, workbook, book)
            return replace(result, dry_run=wish.dry_run)

        why = f"导入 {path.name}：{wish.reason}" if wish.reason else f"导入 {path.name}"
        cause = replace(AT_THE_MACHINE, reason=why[:1000], request_id=wish.request_id)
        return _in_turn(database, actor, cause, apply)
    except WorkbookError:
        return ImportResult(errors=problems.listed, error_count=problems.total)
    except InputError as refusal:
        problem = Problem("", None, None, path.name, refusal.problems[0].message)
        return ImportResult(errors=[problem], error_count=1)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One file's turn to be written; ``problems`` are those of reading it, then of all."""

    clock: Clock
    file: str
    actor: Actor
    book: Book
    problems: Problems
    wish: Wish
    progress: Progress

    def take(self, session: Session) -> ImportResult:
        """Write the file's rows, those that are sound where that is wished; raises ``WorkbookError``."""
        if not self.wish.sound_only:
            return self._apply(session, self.problems, None)
        while True:
            self._leave_out()
            found = Problems(most=self.wish.most)
            tried = session.begin_nested()
            try:
                result = self._apply(session, found, self.problems)
            except WorkbookError:
                # What rests on a row that is left out is left out in the next round.
                tried.rollback()
                for problem in found.listed:
                    self.problems.add(problem)
                self.problems.total += found.total - len(found.listed)
                continue
            self._leave_out()
            return replace(result, left_out=self.problems.listed)

    def _apply(self, session: Session, found: Problems, left_out: Problems | None) -> ImportResult:
        clock = HeldClock.at(self.clock)
        stamp = Stamp(self.actor, clock.now(), self.file)
        work = LedgerImport(session, stamp, found, Changes(), left_out)
        result = _apply(work, self.book, clock, self.progress)
        return replace(result, written_at=stamp.now)

    def _leave_out(self) -> None:
        """Take the rows with an error out; raises ``WorkbookError`` where it is no single row's."""
        listed = self.problems.listed
        if len(listed) < self.problems.total or any(each.row is None for each in listed):
            raise WorkbookError(self.problems)
        wrong = {(each.sheet, each.row) for each in listed}
        for sheet in self.book.sheets:
            sheet.rows[:] = [row for row in sheet.rows if (sheet.name, row.number) not in wrong]


def _in_turn(database: Database, actor: Actor, cause: Cause, apply: Callable[[Session], T]) -> T:
    """Run in a writing transaction; on SQLite wait for another writer, even a slow one."""
    deadline = monotonic() + LONGEST_WAIT
    while True:
        begun = False
        try:
            with database.writing(actor, cause) as session:
                session.connection()
                begun = True
                return apply(session)
        except OperationalError as error:
            if begun or not is_busy(error) or monotonic() > deadline:
                raise


def _apply(work: LedgerImport, book: Book, clock: Clock, progress: Progress) -> ImportResult:
    contracts = book.contracts
    numbers = book.contract_numbers
    lock_contracts(work.session, numbers)
    progress("写入 机构、项目和承接单位")
    directory = record_organisations(work, book.organisations)
    programmes = record_programmes(work, book.programmes, contracts, directory)
    check_frame(work)
    check_purchasers(work, contracts, directory)
    vendors = record_vendors(work, contracts)
    progress("写入 合同")
    index = record_contracts(work, contracts, directory, programmes, vendors, numbers)
    apart = {id(sheet) for sheet in (contracts, *book.records.values())}
    check_children(work, index, (sheet for sheet in book.sheets if id(sheet) not in apart))
    progress("写入 服务轮次、实施方案和督促检查")
    record_services(work, index, directory, book.rounds, book.plans, book.supervision)
    progress("写入 支付节点和支付")
    milestones = record_milestones(work, index, contracts, book.milestones)
    if book.payments is not None:
        record_payments(work, index, book.payments, milestones, book.stem)
    if book.enterprises is not None:
        record_enterprises(work, index, book.enterprises)
    if book.hazards is not None and (work.left_out is None or work.writes):
        progress("写入 隐患")
        record_hazards(work, index, book.hazards, progress)
    record_details(Details(work, clock, index, directory, programme_ids(work, programmes)), book)
    owners = OwnerIndex(work, index, directory)
    doubtful = record_records(owners, book.records, clock.business_date())
    check_contradictions(work, book, index, programmes)
    if work.problems:
        raise WorkbookError(work.problems)
    progress("推算 应付日期和方案状态")
    changes = work.changes
    if changes.touched:
        _follow(work, book)
    progress("核验")
    findings = record_findings(work, book, index, programmes, doubtful)
    return ImportResult(
        findings=findings,
        added=changes.added,
        changed=changes.changed,
        unchanged=changes.unchanged,
        changes=changes.details,
        missing=changes.missing,
        ignored=[*book.ignored, *(line for sheet in book.sheets for line in sheet.ignored)],
    )


def _follow(work: LedgerImport, book: Book) -> None:
    """Write what follows from the contracts that changed: standings, due dates, settlements."""
    write_plan_standings(work.session, work.changes.touched)
    try:
        announce(work.session, ContractsChanged(work.changes.touched))
    except DueDateError as refusal:
        work.problems.add(_unreachable(work, book, refusal))
        raise WorkbookError(work.problems) from None


def _unreachable(work: LedgerImport, book: Book, refusal: DueDateError) -> Problem:
    """The cell of a term that ends beyond the calendar; of a milestone elsewhere its number."""
    message = refusal.problems[0].message
    place = work.changes.places.get(refusal.milestone_id)
    if book.milestones is not None and place is not None:
        return book.milestones.problem(place[1], "days_allowed", refusal.days_allowed, message)
    number = work.changes.show(refusal.contract_id)
    return Problem("", None, None, "", f"{number} 节点{refusal.number}：{message}")
