"""The sheets of a ledger workbook, read before anything is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from contracts.workbook_rows import (
    ContractRow,
    ContradictionRow,
    OrganisationRow,
    PlanRow,
    ProgrammeRow,
    RoundRow,
    SupervisionRow,
)
from kernel.workbook_problems import Problem, Problems
from kernel.workbook_reader import Workbook
from kernel.workbook_sheets import Sheet
from payments.workbook_rows import MilestoneRow, PaymentRow

KNOWN_SHEETS = {
    row_type.SHEET
    for row_type in (
        OrganisationRow,
        ProgrammeRow,
        ContractRow,
        MilestoneRow,
        PaymentRow,
        RoundRow,
        PlanRow,
        SupervisionRow,
        ContradictionRow,
    )
}


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's sheets; only 合同台账 must be there, since the others refer to it."""

    stem: str
    contracts: Sheet[ContractRow] | None
    organisations: Sheet[OrganisationRow] | None
    programmes: Sheet[ProgrammeRow] | None
    milestones: Sheet[MilestoneRow] | None
    payments: Sheet[PaymentRow] | None
    rounds: Sheet[RoundRow] | None
    plans: Sheet[PlanRow] | None
    supervision: Sheet[SupervisionRow] | None
    contradictions: Sheet[ContradictionRow] | None
    ignored: tuple[str, ...]

    @property
    def sheets(self) -> Iterator[Sheet[Any]]:
        """The sheets that the workbook has."""
        every = (
            self.contracts,
            self.organisations,
            self.programmes,
            self.milestones,
            self.payments,
            self.rounds,
            self.plans,
            self.supervision,
            self.contradictions,
        )
        return (sheet for sheet in every if sheet is not None)

    @property
    def contract_numbers(self) -> set[str]:
        """Every contract number that a sheet of the workbook holds."""
        own = {row.record.number for row in self.contracts.rows} if self.contracts else set()
        children = (
            self.milestones, self.payments, self.rounds, self.plans, self.supervision,
            self.contradictions,
        )  # fmt: skip
        referred = {
            row.record.contract for sheet in children if sheet is not None for row in sheet.rows
        }
        return {number for number in own | referred if number}


def read_book(workbook: Workbook, problems: Problems, progress: Callable[[str], None]) -> Book:
    """Read every known sheet; what cannot be read is noted in ``problems``."""

    def read(row_type: type[Any]) -> Any:
        progress(f"读取 {row_type.SHEET}")
        return workbook.read(row_type, problems)

    contracts = read(ContractRow)
    if contracts is None and ContractRow.SHEET not in problems.sheets:
        problems.add(Problem(ContractRow.SHEET, None, None, "", "缺少这个工作表"))
    return Book(
        stem=workbook.stem,
        contracts=contracts,
        organisations=read(OrganisationRow),
        programmes=read(ProgrammeRow),
        milestones=read(MilestoneRow),
        payments=read(PaymentRow),
        rounds=read(RoundRow),
        plans=read(PlanRow),
        supervision=read(SupervisionRow),
        contradictions=read(ContradictionRow),
        ignored=tuple(f"工作表“{name}”" for name in workbook.unknown_sheets(KNOWN_SHEETS)),
    )
