"""The sheets of a ledger workbook, read before anything is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from contracts.imports.detail_rows import (
    EquipmentRow,
    HazardCountRow,
    MemberRow,
    ShareRow,
    SurveyRow,
)
from contracts.imports.hazard_rows import EnterpriseRow, HazardRow
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
from kernel.workbook_reader import Stream, Workbook
from kernel.workbook_sheets import Sheet
from monitor.import_records import SHEETS, Sheets, contract_numbers, read_records
from payments.workbook_rows import MilestoneRow, PaymentRow

KNOWN_SHEETS = SHEETS | {
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
        EnterpriseRow,
        HazardRow,
        ShareRow,
        MemberRow,
        EquipmentRow,
        SurveyRow,
        HazardCountRow,
    )
}


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook's sheets. Without 合同台账 the others are about contracts that the ledger has.

    ``hazards`` are read while they are written: there may be a hundred thousand.
    """

    stem: str
    contracts: Sheet[ContractRow]
    organisations: Sheet[OrganisationRow] | None
    programmes: Sheet[ProgrammeRow] | None
    milestones: Sheet[MilestoneRow] | None
    payments: Sheet[PaymentRow] | None
    rounds: Sheet[RoundRow] | None
    plans: Sheet[PlanRow] | None
    supervision: Sheet[SupervisionRow] | None
    contradictions: Sheet[ContradictionRow] | None
    enterprises: Sheet[EnterpriseRow] | None
    hazards: Stream[HazardRow] | None
    shares: Sheet[ShareRow] | None
    members: Sheet[MemberRow] | None
    equipment: Sheet[EquipmentRow] | None
    surveys: Sheet[SurveyRow] | None
    counts: Sheet[HazardCountRow] | None
    records: Sheets
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
            self.enterprises,
            self.hazards.sheet if self.hazards else None,
            self.shares,
            self.members,
            self.equipment,
            self.surveys,
            self.counts,
            *self.records.values(),
        )
        return (sheet for sheet in every if sheet is not None)

    @property
    def contract_numbers(self) -> set[str]:
        """Every contract number that a sheet of the workbook holds."""
        own = {row.record.number for row in self.contracts.rows}
        children = (
            self.milestones, self.payments, self.rounds, self.plans, self.supervision,
            self.contradictions, self.enterprises, self.shares, self.members, self.equipment,
            self.surveys, self.counts,
        )  # fmt: skip
        referred = {
            row.record.contract for sheet in children if sheet is not None for row in sheet.rows
        }
        if self.hazards is not None:
            referred |= self.hazards.codes("contract")
        referred |= contract_numbers(self.records)
        return {number for number in own | referred if number}


def read_book(workbook: Workbook, problems: Problems, progress: Callable[[str], None]) -> Book:
    """Read every known sheet; what cannot be read is noted in ``problems``."""

    def read(row_type: type[Any]) -> Any:
        progress(f"读取 {row_type.SHEET}")
        return workbook.read(row_type, problems)

    contracts = read(ContractRow)
    if contracts is None and ContractRow.SHEET not in problems.sheets:
        _expect_contracts(workbook, problems)
    return Book(
        stem=workbook.stem,
        contracts=contracts or Sheet(ContractRow.SHEET, {}),
        organisations=read(OrganisationRow),
        programmes=read(ProgrammeRow),
        milestones=read(MilestoneRow),
        payments=read(PaymentRow),
        rounds=read(RoundRow),
        plans=read(PlanRow),
        supervision=read(SupervisionRow),
        contradictions=read(ContradictionRow),
        enterprises=read(EnterpriseRow),
        hazards=workbook.stream(HazardRow, problems),
        shares=read(ShareRow),
        members=read(MemberRow),
        equipment=read(EquipmentRow),
        surveys=read(SurveyRow),
        counts=read(HazardCountRow),
        records=read_records(workbook, problems),
        ignored=tuple(f"工作表“{name}”" for name in workbook.unknown_sheets(KNOWN_SHEETS)),
    )


def _expect_contracts(workbook: Workbook, problems: Problems) -> None:
    """A whole ledger has its contracts; so has a file in which nothing at all is known."""
    known = KNOWN_SHEETS & set(workbook.sheet_keys)
    if not known or ProgrammeRow.SHEET in known:
        problems.add(Problem(ContractRow.SHEET, None, None, "", "缺少这个工作表"))
