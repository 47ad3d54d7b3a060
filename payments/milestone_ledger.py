"""Milestones of a workbook, brought into the ledger; together they stay within the contract."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.ledger import ContractIndex
from contracts.ledger_changes import LedgerImport, LedgerKind, Target
from contracts.ledger_services import Child, load_children, record_children
from contracts.models import ContractTotal
from contracts.workbook_rows import ContractRow
from kernel.money import format_wan
from kernel.sql import among
from kernel.workbook_sheets import Sheet, SheetRow
from payments.models import Milestone, Trigger
from payments.workbook_rows import MilestoneRow

WHOLE = Decimal(100)
MILESTONES = Child(
    Target(LedgerKind.MILESTONES, Milestone, MilestoneRow),
    MilestoneRow,
    ("number",),
    lambda contract, values: f"{contract} 节点{values['number']}",
    "number",
    "一份合同的一个节点序号",
)


def record_milestones(
    work: LedgerImport,
    index: ContractIndex,
    contracts: Sheet[ContractRow],
    sheet: Sheet[MilestoneRow] | None,
) -> dict[Hashable, UUID]:
    """Bring 支付节点 into the ledger; gives the milestones' keys by contract and number."""
    if sheet is not None:
        for row in sheet.rows:
            _check_row(work, sheet, row)
    before = load_children(work, index, MILESTONES)
    ids: dict[Hashable, UUID] = {key: row["id"] for key, row in before.items()}
    agreed = {key: (row["share"], row["amount_given"]) for key, row in before.items()}
    last_rows: dict[Hashable, SheetRow[MilestoneRow]] = {}
    if sheet is not None:
        outcome = record_children(work, index, MILESTONES, sheet, _complete)
        ids |= outcome.ids
        for row in sheet.rows:
            contract_id = index.find(row.record.contract)
            share, amount = row.record.share, row.record.amount_given
            # A row with both was refused above; counting both would only tell it twice.
            agreed[contract_id, row.record.number] = (share, amount if share is None else None)
            last_rows[contract_id] = row
    _check_sums(work, index, contracts, sheet, agreed, last_rows)
    numbers: Any = ids.items()
    work.changes.names |= {key: str(number) for (_contract, number), key in numbers}
    return ids


def _complete(
    _sheet: Sheet[MilestoneRow], row: SheetRow[MilestoneRow], values: dict[str, Any]
) -> bool:
    """Share and amount, trigger and round belong together: a missing column means not given."""
    values["share"], values["amount_given"] = row.record.share, row.record.amount_given
    values["trigger_round"] = row.record.trigger_round
    return True


def _check_row(work: LedgerImport, sheet: Sheet[MilestoneRow], row: SheetRow[MilestoneRow]) -> None:
    record = row.record
    if (record.share is None) == (record.amount_given is None):
        message = "比例和金额只能填一项" if record.share is not None else "比例和金额须填一项"
        work.problems.add(sheet.problem(row.number, "share", record.share, message))
    needs_round = record.trigger_kind is Trigger.ROUND_CONFIRMED
    if needs_round != (record.trigger_round is not None):
        message = (
            "付款条件是轮次确认，须填第几轮" if needs_round else "付款条件不是轮次确认，应留空"
        )
        work.problems.add(sheet.problem(row.number, "trigger_round", record.trigger_round, message))


def _check_sums(
    work: LedgerImport,
    index: ContractIndex,
    contracts: Sheet[ContractRow],
    sheet: Sheet[MilestoneRow] | None,
    agreed: Mapping[Any, tuple[Decimal | None, Decimal | None]],
    last_rows: Mapping[Hashable, SheetRow[MilestoneRow]],
) -> None:
    """Shares and amounts of a contract, those the file lacks included, stay within its total."""
    totals = _totals(work, index, contracts)
    contract_rows: dict[Hashable, SheetRow[ContractRow]] = {
        index.in_file.get(row.record.number): row for row in contracts.rows
    }
    shares: defaultdict[Hashable, Decimal] = defaultdict(Decimal)
    amounts: defaultdict[Hashable, Decimal] = defaultdict(Decimal)
    for (contract_id, _number), (share, amount) in agreed.items():
        shares[contract_id] += share or 0
        amounts[contract_id] += amount or 0
    for contract_id, share in shares.items():
        message = _excess(share, amounts[contract_id], totals.get(contract_id))
        if message is None:
            continue
        if sheet is not None and contract_id in last_rows:
            row = last_rows[contract_id]
            value = row.record.share if row.record.share is not None else ""
            work.problems.add(sheet.problem(row.number, "share", value, message))
        elif contract_id in contract_rows:
            at = contract_rows[contract_id]
            work.problems.add(contracts.problem(at.number, "total", at.record.total, message))


def _excess(share: Decimal, amount: Decimal, total: Decimal | None) -> str | None:
    if share > WHOLE:
        return f"该合同各节点比例合计 {share:f} %，不能超过 100 %"
    if total is None:
        return None
    agreed = amount + total * share / WHOLE
    if agreed > total:
        return (
            f"该合同各节点合计 {format_wan(agreed)} 万元，不能超过合同总额 {format_wan(total)} 万元"
        )
    return None


def _totals(
    work: LedgerImport, index: ContractIndex, contracts: Sheet[ContractRow]
) -> dict[Hashable, Decimal | None]:
    totals: dict[Hashable, Decimal | None] = dict(
        work.session.execute(
            select(ContractTotal.contract_id, ContractTotal.amount).where(
                among(work.session, ContractTotal.contract_id, index.scope),
                ContractTotal.superseded_at.is_(None),
                ContractTotal.valid_to.is_(None),
            )
        ).all()
    )
    if "total" in contracts.headings:
        totals |= {
            index.in_file[row.record.number]: row.record.total
            for row in contracts.rows
            if row.record.number in index.in_file
        }
    return totals
