"""合同分摊, 联合体 and 设备分类 of a workbook, brought into the ledger.

Each is written whole by the act that a person would take, and only where it differs; what the act
refuses is a problem at the first row that belongs to it.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from contracts.imports.detail_rows import EquipmentRow, MemberRow, ShareRow
from contracts.ledger import ContractIndex, contract_key
from contracts.ledger_changes import LedgerImport
from contracts.ledger_parties import Directory, organisation_key
from contracts.life.entries import MembersIn, SharesIn
from contracts.life.models import ContractShare
from contracts.life.shares import write_members, write_shares
from contracts.models import Contract, ContractParty, PartyRole, Vendor
from contracts.rounds.changes import put_equipment
from contracts.rounds.schemas import EquipmentList
from contracts.service_models import RoundEquipment, ServiceRound
from kernel.clock import Clock
from kernel.errors import MonitorError
from kernel.keys import new_key
from kernel.refusals import refusal_sentence
from kernel.sql import among
from kernel.workbook_cells import narrow
from kernel.workbook_columns import LedgerRow
from kernel.workbook_sheets import Sheet, SheetRow

R = TypeVar("R", bound=LedgerRow)
M = TypeVar("M", bound=BaseModel)
Rows = list[SheetRow[R]]
DETAIL_NAMES = {
    "shares": "合同分摊",
    "members": "联合体",
    "equipment": "设备分类",
    "surveys": "满意度调查",
    "hazard_counts": "隐患统计",
}
"""What an import counts of these sheets, and what it is called."""
_SHARE_FIELDS = {"share", "money_level", "functional_code", "economic_code", "budget_document"}


@dataclass(frozen=True, slots=True)
class Details:
    """An import on its way, with who is who in it; ``programmes`` are keys by code."""

    work: LedgerImport
    clock: Clock
    index: ContractIndex
    directory: Directory
    programmes: Mapping[str, UUID]

    def wrote(self, kind: str, *, is_new: bool | None) -> None:
        """Count what was added (True), changed (False) or left as it was (None)."""
        changes = self.work.changes
        counter = changes.unchanged if is_new is None else changes.changed
        (changes.added if is_new else counter)[kind] += 1


def record_shares(details: Details, sheet: Sheet[ShareRow]) -> None:
    """Bring 合同分摊 into the ledger."""
    by_contract = _by_contract(details, sheet)
    shares = select(ContractShare).where(
        among(details.work.session, ContractShare.contract_id, by_contract),
        ContractShare.superseded_at.is_(None),
    )
    found = details.work.session.scalars(shares.order_by(ContractShare.position))
    standing = _per(found, "contract_id")
    for contract_id, rows in by_contract.items():
        parts = []
        for row in rows:
            purchaser = organisation_key(details.work, details.directory, sheet, row, "purchaser")
            programme = details.programmes.get(row.record.programme)
            if programme is None:
                refuse(details, sheet, row, "programme", "没有这个项目编码")
            told = row.record.model_dump(include=_SHARE_FIELDS, exclude_none=True)
            parts.append({**told, "purchaser_id": purchaser, "programme_id": programme})
        wanted = read_whole(details, sheet, rows, SharesIn, {"shares": parts})
        if wanted is None:
            continue
        known = standing[contract_id]
        same = [dict(each) for each in wanted.shares] == [
            {name: getattr(each, name) for name in dict(wanted.shares[0])} for each in known
        ]
        put = _Put("shares", write_shares, contract_id, wanted, same, bool(known))
        _put(details, sheet, rows[0], put)


def record_members(details: Details, sheet: Sheet[MemberRow]) -> None:
    """Bring 联合体 into the ledger; a vendor that nobody knows is added."""
    vendors = _vendors(details, sheet)
    by_contract = _by_contract(details, sheet)
    parties = select(ContractParty).where(
        among(details.work.session, ContractParty.contract_id, by_contract),
        ContractParty.role == PartyRole.VENDOR,
    )
    found = details.work.session.scalars(parties.order_by(ContractParty.position))
    standing = _per(found, "contract_id")
    for contract_id, rows in by_contract.items():
        told = [
            {"vendor_id": vendors[narrow(row.record.vendor)], "work_share": row.record.work_share}
            for row in rows
        ]
        wanted = read_whole(details, sheet, rows, MembersIn, {"members": told})
        if wanted is None:
            continue
        known = standing[contract_id]
        same = [(each.vendor_id, each.work_share) for each in wanted.members] == [
            (each.vendor_id, each.work_share) for each in known
        ]
        put = _Put("members", write_members, contract_id, wanted, same, len(known) > 1)
        _put(details, sheet, rows[0], put)


def record_equipment(details: Details, sheet: Sheet[EquipmentRow]) -> None:
    """Bring 设备分类 into the ledger."""
    session, by_contract = details.work.session, _by_contract(details, sheet)
    found = select(ServiceRound).where(among(session, ServiceRound.contract_id, by_contract))
    rounds = {(each.contract_id, each.number): each for each in session.scalars(found)}
    stated = select(RoundEquipment).where(
        among(session, RoundEquipment.contract_id, by_contract),
        RoundEquipment.superseded_at.is_(None),
    )
    standing = _per(session.scalars(stated), "round_id")
    for contract_id, rows in by_contract.items():
        for number, of_round in grouped(rows, lambda row: row.record.number):
            served = rounds.get((contract_id, number))
            if served is None:
                refuse(details, sheet, of_round[0], "number", "这份合同没有这个轮次")
                continue
            listed = [row.record.model_dump(include={"equipment", "sets"}) for row in of_round]
            wanted = read_whole(details, sheet, of_round, EquipmentList, {"items": listed})
            if wanted is None:
                continue
            known = {(each.equipment, each.sets) for each in standing[served.id]}
            same = known == {(each.equipment, each.sets) for each in wanted.items}
            put = _Put("equipment", put_equipment, served.id, wanted, same, bool(known))
            _put(details, sheet, of_round[0], put)


def _vendors(details: Details, sheet: Sheet[MemberRow]) -> dict[str, UUID]:
    work = details.work
    known = {narrow(v.name): v.id for v in work.session.scalars(select(Vendor))}
    for row in sheet.rows:
        key = narrow(row.record.vendor)
        if key not in known and work.writes:
            known[key] = new_key()
            source = work.stamp.of(sheet.name, row.number)
            work.session.add(Vendor(id=known[key], name=row.record.vendor, **source))
            work.changes.added["vendors"] += 1
    work.session.flush()
    return known


def _per(rows: Iterable[Any], name: str) -> defaultdict[UUID, list[Any]]:
    """Rows by whose they are."""
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _by_contract(details: Details, sheet: Sheet[R]) -> dict[UUID, Rows[R]]:
    """The rows of each contract; nothing while something is wrong, since acts read what is there."""
    keyed = [(contract_key(details.work, details.index, sheet, row), row) for row in sheet.rows]
    if not details.work.writes:
        return {}
    found = [(key, row) for key, row in keyed if key is not None]
    return {
        key: [row for _, row in several] for key, several in grouped(found, lambda pair: pair[0])
    }


def grouped(rows: Iterable[Any], key: Callable[[Any], Any]) -> Iterable[tuple[Any, list[Any]]]:
    """Items with one key together, in the order in which keys first come."""
    places: dict[Hashable, int] = {}
    for row in rows:
        places.setdefault(key(row), len(places))
    ordered = sorted(rows, key=lambda row: places[key(row)])
    return [(found, list(several)) for found, several in groupby(ordered, key)]


def read_whole(
    details: Details, sheet: Sheet[Any], rows: Rows[Any], model: type[M], values: object
) -> M | None:
    """The whole as the act takes it; None when it is none, which is noted at its rows."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            at = next((part for part in fault["loc"] if isinstance(part, int)), 0)
            message = refusal_sentence(fault["type"], fault.get("ctx", {}), fault["msg"])
            refuse(details, sheet, rows[at], str(fault["loc"][-1] if fault["loc"] else ""), message)
        return None


@dataclass(frozen=True, slots=True)
class _Put:
    """An act that puts ``wanted`` in the place of what ``key`` has, unless that says the same."""

    kind: str
    act: Callable[..., object]
    key: UUID
    wanted: BaseModel
    same: bool
    known: bool


def _put(details: Details, sheet: Sheet[Any], row: SheetRow[Any], put: _Put) -> None:
    if put.same:
        details.wrote(put.kind, is_new=None)
        return
    work = details.work
    model: type[Any] = ServiceRound if put.act is put_equipment else Contract
    version = work.session.scalar(select(model.version).where(model.id == put.key))
    try:
        put.act(work.session, work.stamp.actor, details.clock, put.key, put.wanted, version)
    except MonitorError as refusal:
        refuse(details, sheet, row, "contract", refusal.message)
        return
    details.wrote(put.kind, is_new=not put.known)


def refuse(
    details: Details, sheet: Sheet[Any], row: SheetRow[Any], name: str, message: str
) -> None:
    """Note a problem at the field ``name`` of a row."""
    value = getattr(row.record, name, None)
    details.work.problems.add(sheet.problem(row.number, name, value, message))
