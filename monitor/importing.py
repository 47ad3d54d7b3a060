"""Import of a ledger workbook: one transaction, everything or nothing."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from contracts.events import ContractsChanged
from contracts.ledger import lock_contracts, record_contracts
from contracts.ledger_changes import Change, Changes, LedgerImport, LedgerKind, Missing, Stamp
from contracts.ledger_parties import record_organisations, record_programmes, record_vendors
from contracts.ledger_services import record_services
from contracts.organisations.changes import TREE_LOCK
from contracts.plan_standings import write_plan_standings
from kernel.access.actor import Actor
from kernel.cause import AT_THE_MACHINE, Cause
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import InputError
from kernel.events import announce
from kernel.sql import is_busy, wait_for_lock
from kernel.workbook_guard import WorkbookLimits
from kernel.workbook_problems import Problem, Problems, WorkbookError
from kernel.workbook_reader import Workbook
from monitor.import_findings import check_contradictions, record_findings
from monitor.import_sheets import Book, read_book
from payments.ledger import record_payments
from payments.milestone_ledger import record_milestones
from payments.settling import DueDateError

LOCK = "import"
LONGEST_WAIT = 600.0
"""Seconds that an import waits for another one on SQLite."""

_ACCEPTANCE = {(LedgerKind.ROUNDS, "确认日期"), (LedgerKind.PLANS, "审定日期")}

Progress = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would do in a dry run; with ``errors`` it did nothing.

    ``error_count`` counts the errors that are not listed too. ``ignored`` are sheets, headings and
    lines that nothing reads.
    """

    dry_run: bool = False
    added: Counter[LedgerKind] = field(default_factory=Counter)
    changed: Counter[LedgerKind] = field(default_factory=Counter)
    unchanged: Counter[LedgerKind] = field(default_factory=Counter)
    errors: Sequence[Problem] = ()
    error_count: int = 0
    findings: Sequence[Problem] = ()
    changes: Sequence[Change] = ()
    missing: Sequence[Missing] = ()
    ignored: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape that other programs read; every kind is there, 0 included."""
        return {
            "dry_run": self.dry_run,
            "added": {kind.value: self.added[kind] for kind in LedgerKind},
            "changed": {kind.value: self.changed[kind] for kind in LedgerKind},
            "unchanged": {kind.value: self.unchanged[kind] for kind in LedgerKind},
            "errors": [problem.as_json() for problem in self.errors],
            "error_count": self.error_count,
            "findings": [problem.as_json() for problem in self.findings],
            "changes": [asdict(change) for change in self.changes],
            "missing": [asdict(missing) for missing in self.missing],
            "ignored": list(self.ignored),
        }


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
    """Bring the ledger to what the workbook says, in one transaction.

    The trail has the ``reason`` with the file's name at each row. Where it is empty, a file that
    corrects money or acceptance is refused; None: the caller has nobody to ask.

    A file with an error changes nothing and gives its errors. A dry run does everything and takes
    it back, so that it lists what an import would do. Two imports at once run one after the other.
    """
    problems = Problems()
    try:
        book = read_book(Workbook(path, limits), problems, progress)
        if book.contracts is None:
            raise WorkbookError(problems)

        def apply(session: Session) -> ImportResult:
            wait_for_lock(session, LOCK)
            # Taken before any row: a move holds it while it waits for rows that the import has.
            wait_for_lock(session, TREE_LOCK)
            stamp = Stamp(actor, clock.now(), path.name)
            result = _apply(LedgerImport(session, stamp, problems, Changes()), book, progress)
            if reason == "" and not dry_run:
                _ask_for_reason(problems, result.changes)
            if dry_run:
                session.rollback()
            return replace(result, dry_run=dry_run)

        why = f"导入 {path.name}：{reason}" if reason else f"导入 {path.name}"
        return _in_turn(database, actor, replace(AT_THE_MACHINE, reason=why[:1000]), apply)
    except WorkbookError:
        return ImportResult(errors=problems.listed, error_count=problems.total)
    except InputError as refusal:
        problem = Problem("", None, None, path.name, refusal.problems[0].message)
        return ImportResult(errors=[problem], error_count=1)


def _ask_for_reason(problems: Problems, changes: Sequence[Change]) -> None:
    wanted = [change for change in changes if change.before and _is_correction(change)]
    if not wanted:
        return
    first = f"{wanted[0].key} {wanted[0].field} {wanted[0].before} → {wanted[0].after or '（空）'}"
    message = f"更正了金额、支付或验收 {len(wanted)} 处（如 {first}），须以 --reason 写明原因"
    problems.add(Problem("", None, None, "", message))
    raise WorkbookError(problems)


def _is_correction(change: Change) -> bool:
    """Whether it touches money, a payment, or the day on which something was accepted."""
    return (
        change.unit == "元"
        or change.kind is LedgerKind.PAYMENTS
        or (change.kind, change.field) in _ACCEPTANCE
    )


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


def _apply(work: LedgerImport, book: Book, progress: Progress) -> ImportResult:
    contracts = book.contracts
    if contracts is None:
        raise WorkbookError(work.problems)
    lock_contracts(work.session, book.contract_numbers)
    progress("写入 机构、项目和承接单位")
    directory = record_organisations(work, book.organisations)
    programmes = record_programmes(work, book.programmes, contracts, directory)
    vendors = record_vendors(work, contracts)
    progress("写入 合同")
    index = record_contracts(work, contracts, directory, programmes, vendors, book.contract_numbers)
    progress("写入 服务轮次、实施方案和督促检查")
    record_services(work, index, directory, book.rounds, book.plans, book.supervision)
    progress("写入 支付节点和支付")
    milestones = record_milestones(work, index, contracts, book.milestones)
    if book.payments is not None:
        record_payments(work, index, book.payments, milestones, book.stem)
    check_contradictions(work, book, index, programmes)
    if work.problems:
        raise WorkbookError(work.problems)
    progress("推算 应付日期和方案状态")
    changes = work.changes
    if changes.touched:
        _follow(work, book)
    progress("核验")
    findings = record_findings(work, book, index, programmes)
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
