"""What an import did or would do, and which of its corrections somebody has to give a reason for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from contracts.imports.detail_ledger import DETAIL_NAMES
from contracts.ledger_changes import Change, LedgerKind, Missing
from kernel.workbook_problems import Problem, Problems, WorkbookError
from monitor.import_records import NAMES

_ACCEPTANCE = {(LedgerKind.ROUNDS, "确认日期"), (LedgerKind.PLANS, "审定日期")}


COUNTED = (*LedgerKind, *DETAIL_NAMES, *NAMES)
"""Every kind that an import counts."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would do in a dry run; with ``errors`` it did nothing.

    ``error_count`` counts the errors that are not listed too. ``left_out`` are the problems of rows
    that were left out by choice. ``ignored`` are sheets, headings and lines that nothing reads;
    ``written_at`` is the instant that every row of the import carries.
    """

    dry_run: bool = False
    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    errors: Sequence[Problem] = ()
    error_count: int = 0
    left_out: Sequence[Problem] = ()
    findings: Sequence[Problem] = ()
    changes: Sequence[Change] = ()
    missing: Sequence[Missing] = ()
    ignored: Sequence[str] = ()
    written_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape that other programs read; every kind is there, 0 included."""
        return {
            "dry_run": self.dry_run,
            "added": {kind: self.added[kind] for kind in COUNTED},
            "changed": {kind: self.changed[kind] for kind in COUNTED},
            "unchanged": {kind: self.unchanged[kind] for kind in COUNTED},
            "errors": [problem.as_json() for problem in self.errors],
            "error_count": self.error_count,
            "left_out": [problem.as_json() for problem in self.left_out],
            "findings": [problem.as_json() for problem in self.findings],
            "changes": [asdict(change) for change in self.changes],
            "missing": [asdict(missing) for missing in self.missing],
            "ignored": list(self.ignored),
        }


def ask_for_reason(problems: Problems, changes: Sequence[Change]) -> None:
    """Raise ``WorkbookError`` where changes correct money or acceptance."""
    wanted = corrections(changes)
    if not wanted:
        return
    first = f"{wanted[0].key} {wanted[0].field} {wanted[0].before} → {wanted[0].after or '（空）'}"
    message = (
        f"更正了金额、支付或验收 {len(wanted)} 处（如 {first}），"
        "须填写更正原因（命令行用 --reason 写明原因）"
    )
    problems.add(Problem("", None, None, "", message))
    raise WorkbookError(problems)


def corrections(changes: Sequence[Change]) -> list[Change]:
    """Changes that somebody has to give a reason for."""
    return [change for change in changes if change.before and _is_correction(change)]


def _is_correction(change: Change) -> bool:
    """Whether it touches money, a payment, or the day on which something was accepted."""
    return (
        change.unit == "元"
        or change.kind is LedgerKind.PAYMENTS
        or (change.kind, change.field) in _ACCEPTANCE
    )
