"""For which contracts and organisations a person may import; anything else is an error at its cell."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from contracts.access import organisations_in, visible
from contracts.imports.detail_rows import MemberRow, ShareRow, SurveyRow
from contracts.imports.hazard_rows import EnterpriseRow
from contracts.ledger import ContractIndex
from contracts.ledger_changes import LedgerImport, LedgerKind
from contracts.ledger_parties import Directory
from contracts.models import Contract
from contracts.record_kinds import RECORD_KINDS
from contracts.workbook_rows import ContractRow, OrganisationRow, ProgrammeRow, SupervisionRow
from kernel.access.permissions import Permission
from kernel.sql import among
from kernel.workbook_problems import Problem
from kernel.workbook_sheets import Sheet

_OPERATORS: Final = {
    LedgerKind.ORGANISATIONS: OrganisationRow.SHEET,
    LedgerKind.PROGRAMMES: ProgrammeRow.SHEET,
}
"""The frame of the ledger, which the operator brings in for everybody."""


def check_purchasers(
    work: LedgerImport, contracts: Sheet[ContractRow], directory: Directory
) -> None:
    """Refuse contracts of organisations for which the actor may not enter contracts."""
    scope = work.stamp.actor.scope(Permission.CONTRACTS_WRITE)
    if scope.everything or not contracts.rows:
        return
    mine = set(work.session.scalars(organisations_in(scope)))
    numbers = sorted({row.record.number for row in contracts.rows})
    written = select(Contract.purchaser_id, Contract.number).where(
        among(work.session, Contract.number, numbers),
        visible(work.stamp.actor, Permission.CONTRACTS_WRITE),
    )
    known = {(purchaser, number) for purchaser, number in work.session.execute(written)}
    for row in contracts.rows:
        found = directory.find(row.record.purchaser)
        if not isinstance(found, UUID) or (found, row.record.number) in known:
            continue
        if found not in mine:
            message = "您没有登记这个单位的合同的权限"
            problem = contracts.problem(row.number, "purchaser", row.record.purchaser, message)
            work.problems.add(problem)


def check_children(work: LedgerImport, index: ContractIndex, sheets: Iterable[Sheet[Any]]) -> None:
    """Refuse rows about contracts on which the actor may not write what the sheet holds."""
    if work.stamp.actor.everything:
        return
    for sheet in sheets:
        if not sheet.rows or not hasattr(sheet.rows[0].record, "contract"):
            continue
        needed = _permission(sheet)
        keys = {index.key_of(row.record.contract) for row in sheet.rows} - {None}
        mine = writable(work, index, needed, {key for key in keys if key})
        for row in sheet.rows:
            key = index.key_of(row.record.contract)
            if key is not None and key not in mine:
                number = row.record.contract
                work.problems.add(sheet.problem(row.number, "contract", number, refusal(needed)))


def check_frame(work: LedgerImport) -> None:
    """Refuse a file that would change organisations or programmes, unless the operator brings it."""
    if work.stamp.actor.everything:
        return
    for kind, sheet in _OPERATORS.items():
        if work.changes.added[kind] or work.changes.changed[kind]:
            message = "机构与预算项目由系统操作员导入；请删去这个工作表，或使它与台账一致"
            work.problems.add(Problem(sheet, None, None, "", message))


def writable(
    work: LedgerImport, index: ContractIndex, needed: Permission, keys: Collection[UUID]
) -> set[UUID]:
    """Those of the contracts on which the actor has the permission, the file's own included."""
    if work.stamp.actor.everything:
        return set(keys)
    found = work.session.scalars(
        select(Contract.id).where(
            among(work.session, Contract.id, keys), visible(work.stamp.actor, needed)
        )
    )
    return set(found) | set(index.in_file.values())


def refusal(needed: Permission) -> str:
    """What stands at the cell of a contract that the actor may only see."""
    return f"您对这份合同没有“{needed.label}”的权限"


def _permission(sheet: Sheet[Any]) -> Permission:
    return _NEEDED.get(sheet.name, Permission.SERVICE_WRITE)


_NEEDED: Final[Mapping[str, Permission]] = {
    SupervisionRow.SHEET: Permission.SUPERVISION_WRITE,
    EnterpriseRow.SHEET: Permission.VENDORS_WRITE,
    "支付节点": Permission.CONTRACTS_WRITE,
    "支付台账": Permission.CONTRACTS_WRITE,
    ShareRow.SHEET: Permission.CONTRACTS_WRITE,
    MemberRow.SHEET: Permission.CONTRACTS_WRITE,
    SurveyRow.SHEET: Permission.SUPERVISION_WRITE,
    **{kind.title: kind.write for kind in RECORD_KINDS},
}
"""What a sheet's rows need; 服务轮次, 实施方案 and hazards need ``SERVICE_WRITE``."""
