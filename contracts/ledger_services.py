"""Rounds, plans and supervision records of a workbook, brought into the ledger."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import select

from contracts.ledger import ContractIndex, contract_key
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
from contracts.service_models import ImplementationPlan, ServiceRound, SupervisionRecord
from contracts.workbook_rows import PlanRow, RoundRow, SupervisionRow
from kernel.sql import among
from kernel.workbook_columns import LedgerRow
from kernel.workbook_sheets import Sheet, SheetRow

R = TypeVar("R", bound=LedgerRow)

Complete = Callable[[Sheet[R], SheetRow[R], dict[str, Any]], bool]
"""Resolves a row's other references in its values; False: it noted a problem."""


@dataclass(frozen=True, slots=True)
class Child(Generic[R]):
    """A kind of record that belongs to a contract: its natural key within it, its name for people.

    ``twin_field`` is pointed at when two rows have one key.
    """

    target: Target
    row_type: type[R]
    key: tuple[str, ...]
    label: Callable[[str, Values], str]
    twin_field: str
    what: str


ROUNDS = Child(
    Target(LedgerKind.ROUNDS, ServiceRound, RoundRow),
    RoundRow,
    ("number",),
    lambda contract, values: f"{contract} 第{values['number']}轮",
    "number",
    "一份合同的一个轮次",
)
PLANS = Child(
    Target(LedgerKind.PLANS, ImplementationPlan, PlanRow),
    PlanRow,
    ("number",),
    lambda contract, values: f"{contract} 第{values['number']}版",
    "number",
    "一份合同的一个版本",
)
SUPERVISION = Child(
    Target(LedgerKind.SUPERVISION, SupervisionRecord, SupervisionRow),
    SupervisionRow,
    ("organisation_id", "checked_on", "method"),
    lambda contract, values: f"{contract} {values['checked_on']} {values['method']}".strip(),
    "checked_on",
    "同一合同、单位、日期和方式的检查",
)


def record_services(
    work: LedgerImport,
    index: ContractIndex,
    directory: Directory,
    rounds: Sheet[RoundRow] | None,
    plans: Sheet[PlanRow] | None,
    supervision: Sheet[SupervisionRow] | None,
) -> None:
    """Bring 服务轮次, 实施方案 and 督促检查 into the ledger."""

    def with_organisation(
        sheet: Sheet[SupervisionRow], row: SheetRow[SupervisionRow], values: dict[str, Any]
    ) -> bool:
        values["organisation_id"] = organisation_key(work, directory, sheet, row, "checked_by")
        values.setdefault("method", row.record.method)
        return values["organisation_id"] is not None

    if rounds is not None:
        record_children(work, index, ROUNDS, rounds)
    if plans is not None:
        record_children(work, index, PLANS, plans)
    if supervision is not None:
        record_children(work, index, SUPERVISION, supervision, with_organisation)


def record_children(
    work: LedgerImport,
    index: ContractIndex,
    child: Child[R],
    sheet: Sheet[R],
    complete: Complete[R] = lambda _sheet, _row, _values: True,
) -> Outcome:
    """Bring one sheet of records of contracts into the ledger."""
    wanted: list[Wanted] = []
    keyed: list[tuple[Hashable, SheetRow[R]]] = []
    for row in sheet.rows:
        contract_id = contract_key(work, index, sheet, row)
        values = {**sheet.values(row), "contract_id": contract_id}
        if not complete(sheet, row, values) or contract_id is None:
            continue
        key = (contract_id, *(values[name] for name in child.key))
        label = child.label(work.changes.show(contract_id), values)
        wanted.append(Wanted(key, label, values, sheet.name, row.number, contract_id))
        keyed.append((key, row))
    refuse_twins(work, sheet, keyed, child.twin_field, child.what)
    existing = load_children(work, index, child)
    gone = existing.keys() - {each.key for each in wanted}
    list_missing(
        work.changes, child.target.kind, (_label(work, child, existing[key]) for key in gone)
    )
    return reconcile(work, child.target, existing, wanted)


def load_children(
    work: LedgerImport, index: ContractIndex, child: Child[Any]
) -> dict[Hashable, Values]:
    """The ledger's records of this kind, of all contracts that the file names, by natural key."""
    columns = child.target.model.__table__.columns
    rows = load_rows(
        work.session, select(*columns).where(among(work.session, columns.contract_id, index.scope))
    )
    return by_key(rows, "contract_id", *child.key)


def _label(work: LedgerImport, child: Child[Any], row: Values) -> str:
    contract_id: UUID = row["contract_id"]
    return child.label(work.changes.show(contract_id), row)
