"""隐患统计 of a workbook, brought into the ledger."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.hazards.models import HazardCount
from contracts.imports.detail_rows import HazardCountRow
from contracts.ledger import ContractIndex
from contracts.ledger_changes import LedgerImport, Target
from contracts.ledger_services import Child, record_children
from contracts.service_models import ServiceRound
from kernel.sql import among
from kernel.workbook_sheets import Sheet, SheetRow

COUNTS = Child(
    Target("hazard_counts", HazardCount, HazardCountRow),
    HazardCountRow,
    ("round_id", "counted_on", "level"),
    lambda contract, values: f"{contract} {values['counted_on']}",
    "counted_on",
    "同一合同、轮次、日期和等级的统计",
)


def record_counts(work: LedgerImport, index: ContractIndex, sheet: Sheet[HazardCountRow]) -> None:
    """Bring dated counts in; a row of a round that its contract has not is a problem at its cell."""
    columns = ServiceRound.__table__.columns
    keys = {index.key_of(row.record.contract) for row in sheet.rows} - {None}
    rounds: dict[tuple[UUID | None, int], UUID] = {
        (contract_id, number): key
        for contract_id, number, key in work.session.execute(
            select(columns.contract_id, columns.number, columns.id).where(
                among(work.session, columns.contract_id, {key for key in keys if key})
            )
        )
    }

    def with_round(
        sheet: Sheet[HazardCountRow], row: SheetRow[HazardCountRow], values: dict[str, Any]
    ) -> bool:
        number = row.record.number
        values["round_id"] = number and rounds.get((values["contract_id"], number))
        values.setdefault("level", row.record.level)
        if number and values["round_id"] is None and work.writes:
            message = "这份合同没有这个轮次"
            work.problems.add(sheet.problem(row.number, "number", number, message))
            return False
        return True

    record_children(work, index, COUNTS, sheet, with_round)
