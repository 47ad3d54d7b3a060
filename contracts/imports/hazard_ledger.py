"""隐患排查治理台账 of a workbook, brought into the ledger batch by batch in bounded memory."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert, select, update

from contracts.hazards.models import Hazard
from contracts.hazards.natural_keys import content_key, numbered_key
from contracts.imports.enterprise_ledger import EnterpriseNames
from contracts.imports.hazard_rows import PASSED, HazardRow
from contracts.imports.hazard_steps import Ended, ended_by_steps, is_ended
from contracts.imports.writable import refusal, writable
from contracts.ledger import ContractIndex
from contracts.ledger_changes import Change, LedgerImport, LedgerKind, headings_of
from contracts.service_models import ServiceRound
from contracts.workbook_rows import ContractRow
from kernel.access.permissions import Permission
from kernel.keys import new_key
from kernel.sql import among
from kernel.workbook_reader import Stream
from kernel.workbook_sheets import Sheet, SheetRow

BATCH = 2_000
MOST_TOLD = 2_000
"""Changed fields listed one by one; the report counts the others."""
_TABLE = cast(Table, Hazard.__table__)
_INSERT = insert(_TABLE)
_GIVEN = frozenset(_TABLE.columns.keys()) - {
    "id", "contract_id", "natural_key", "deadline_key", "version", "recorded_at", "recorded_by",
    "source",
}  # fmt: skip
Told = Callable[[str], None]


@dataclass(slots=True)
class HazardImport:
    """One sheet of hazards on its way into the ledger.

    ``seen`` are the natural keys of the file; ``copies`` counts rows without a number that say the
    same, which are hazards of their own.
    """

    work: LedgerImport
    index: ContractIndex
    sheet: Sheet[HazardRow]
    names: EnterpriseNames
    rounds: dict[tuple[UUID, int], UUID]
    seen: dict[tuple[UUID, str], int] = field(default_factory=dict)
    copies: Counter[tuple[UUID, str]] = field(default_factory=Counter)
    contracts: dict[str, UUID | str] = field(default_factory=dict)
    has_hazards: set[UUID] | None = None
    writable: set[UUID] = field(default_factory=set)

    def take(self, rows: Sequence[SheetRow[HazardRow]]) -> None:
        """Bring one batch in: five statements, whatever its size."""
        mine = [row for row in rows if self._contract(row) is not None]
        self.names.learn(row.record.enterprise for row in mine)
        wanted = [each for row in mine if (each := self._wanted(row)) is not None]
        known = self._known(wanted)
        added = [each for each in wanted if _key_of(each) not in known]
        ended = ended_by_steps(self.work.session, [row["id"] for row in known.values()])
        changed = [
            update_row
            for each in wanted
            if (row := known.get(_key_of(each))) is not None
            and (update_row := self._differing(each, row, ended.get(row["id"], {}))) is not None
        ]
        changes = self.work.changes
        changes.added[LedgerKind.HAZARDS] += len(added)
        changes.changed[LedgerKind.HAZARDS] += len(changed)
        changes.unchanged[LedgerKind.HAZARDS] += len(wanted) - len(added) - len(changed)
        changes.touched |= {each["contract_id"] for each in (*added, *changed)}
        if self.work.writes:
            self._write(added, changed)

    def _write(self, added: list[dict[str, Any]], changed: list[dict[str, Any]]) -> None:
        if added:
            self.work.session.execute(_INSERT, added)
        if changed:
            self.work.session.execute(update(Hazard), changed)

    def _wanted(self, row: SheetRow[HazardRow]) -> dict[str, Any] | None:
        record = row.record
        contract_id = self._contract(row)
        if contract_id is None:
            return None
        round_id = self._round(row, contract_id)
        enterprise_id = self._enterprise(row)
        key = self._natural_key(row, contract_id)
        if key is None or (record.round and round_id is None):
            return None
        if record.enterprise and enterprise_id is None:
            return None
        return {
            "id": new_key(),
            "contract_id": contract_id,
            "round_id": round_id,
            "enterprise_id": enterprise_id,
            "natural_key": key,
            "number": record.number,
            "level": record.level,
            "spot": record.spot,
            "description": record.description,
            "category": record.category,
            "found_on": record.found_on,
            "found_by": record.found_by,
            "on_the_spot": record.on_the_spot,
            "assigned_on": record.assigned_on or (record.found_on if record.deadline else None),
            "deadline": record.deadline,
            "responsible": record.responsible,
            "measures": record.measures,
            "assured_duty": record.assured_duty,
            "assured_funds": record.assured_funds,
            "assured_time": record.assured_time,
            "assured_measures": record.assured_measures,
            "assured_plan": record.assured_plan,
            "rectified_on": record.rectified_on,
            "rechecked_on": record.rechecked_on,
            "rechecked_by": record.rechecked_by,
            "verified_on": self._verified(record),
            "verified_by": record.verified_by,
            "verify_result": record.verify_result,
            "assumed": list(record.assumed),
            "note": record.note,
            "version": 1,
            **self.work.stamp.of(self.sheet.name, row.number),
        }

    def _verified(self, record: HazardRow) -> Any:
        if "verified_on" in self.sheet.headings:
            return record.verified_on
        return record.rechecked_on if record.verify_result.startswith(PASSED) else None

    def _contract(self, row: SheetRow[HazardRow]) -> UUID | None:
        number = row.record.contract
        if number not in self.contracts:
            self.contracts[number] = self.index.find(number)
        found = self.contracts[number]
        if isinstance(found, UUID) and found not in self.writable:
            found = refusal(Permission.SERVICE_WRITE)
        if isinstance(found, UUID):
            return found
        if ContractRow.SHEET not in self.work.problems.sheets:
            self._refuse(row, "contract", number, found)
        return None

    def _round(self, row: SheetRow[HazardRow], contract_id: UUID) -> UUID | None:
        number = row.record.round
        if number is None:
            return None
        found = self.rounds.get((contract_id, number))
        if found is None and "服务轮次" not in self.work.problems.sheets:
            message = "这份合同没有这一轮；应为“服务轮次”表或台账中已有的轮次"
            self._refuse(row, "round", number, message)
        return found

    def _enterprise(self, row: SheetRow[HazardRow]) -> UUID | None:
        if not row.record.enterprise:
            return None
        found = self.names.find(row.record.enterprise)
        if isinstance(found, UUID):
            return found
        self._refuse(row, "enterprise", row.record.enterprise, found)
        return None

    def _natural_key(self, row: SheetRow[HazardRow], contract_id: UUID) -> str | None:
        record = row.record
        if not record.number:
            plain = content_key(record.enterprise, record.spot, record.description, record.found_on)
            self.copies[contract_id, plain] += 1
            copy = self.copies[contract_id, plain]
            return plain if copy == 1 else f"{plain}:{copy}"
        key = numbered_key(record.number)
        above = self.seen.setdefault((contract_id, key), row.number)
        if above == row.number:
            return key
        message = f"与第{above}行重复，一份合同的一个序号只能有一行"
        self._refuse(row, "number", record.number, message)
        return None

    def _refuse(self, row: SheetRow[HazardRow], name: str, value: object, message: str) -> None:
        left_out = self.work.left_out
        problems = self.work.problems if left_out is None else left_out
        problems.add(self.sheet.problem(row.number, name, value, message))

    def _known(self, wanted: Sequence[dict[str, Any]]) -> dict[tuple[UUID, str], dict[str, Any]]:
        """The ledger's hazards with the keys of a batch, of contracts that had any before it."""
        if self.has_hazards is None:
            ids = among(self.work.session, Hazard.contract_id, self.index.scope)
            found = select(Hazard.contract_id).where(ids).distinct()
            self.has_hazards = set(self.work.session.scalars(found))
        asked = [each for each in wanted if each["contract_id"] in self.has_hazards]
        if not asked:
            return {}
        statement = select(_TABLE).where(
            Hazard.contract_id.in_({each["contract_id"] for each in asked}),
            among(self.work.session, Hazard.natural_key, [each["natural_key"] for each in asked]),
        )
        rows = (row._asdict() for row in self.work.session.execute(statement))
        return {_key_of(row): row for row in rows}

    def _differing(
        self, wanted: dict[str, Any], known: dict[str, Any], ended: Ended
    ) -> dict[str, Any] | None:
        """What the file says otherwise; an empty cell says nothing, so steps taken here stay.

        Nor does what a step ended: the file tells of the time before it.
        """
        differing = {
            name: value
            for name, value in wanted.items()
            if name in _GIVEN
            and value not in (None, "", [])
            and known[name] != value
            and not is_ended(ended, name, value)
        }
        if not differing:
            return None
        self._tell(wanted, known, differing)
        return {
            "id": known["id"],
            "contract_id": known["contract_id"],
            "version": known["version"] + 1,
            **{name: wanted[name] for name in ("recorded_at", "recorded_by", "source")},
            **{name: differing.get(name, known[name]) for name in _GIVEN},
        }

    def _tell(
        self, wanted: dict[str, Any], known: dict[str, Any], differing: dict[str, Any]
    ) -> None:
        changes = self.work.changes
        headings = headings_of(HazardRow)
        label = f"{changes.show(wanted['contract_id'])} {wanted['number'] or wanted['description']}"
        for name, value in differing.items():
            if len(changes.details) < MOST_TOLD:
                before, after = changes.show(known[name]), changes.show(value)
                heading = headings.get(name, name)
                changes.details.append(Change(LedgerKind.HAZARDS, label, heading, before, after))


def record_hazards(
    work: LedgerImport,
    index: ContractIndex,
    stream: Stream[HazardRow],
    progress: Told = lambda _line: None,
) -> None:
    """Bring 隐患排查治理台账 into the ledger; ``progress`` hears of each batch."""
    keys = {*index.in_file.values(), *chain.from_iterable(index.in_ledger.values())}
    work.changes.names |= {
        key: number for number, known in index.in_ledger.items() for key in known
    }
    work.changes.learn_words(HazardRow)
    running = HazardImport(
        work,
        index,
        stream.sheet,
        EnterpriseNames(work),
        _rounds(work, keys),
        writable=writable(work, index, Permission.SERVICE_WRITE, keys),
    )
    rows = stream.rows()
    while batch := list(islice(rows, BATCH)):
        running.take(batch)
        progress(f"写入 隐患：第 {batch[-1].number} 行，共 {stream.height} 行")


def _rounds(work: LedgerImport, keys: Iterable[UUID]) -> dict[tuple[UUID, int], UUID]:
    statement = select(ServiceRound.contract_id, ServiceRound.number, ServiceRound.id).where(
        among(work.session, ServiceRound.contract_id, keys)
    )
    return {(contract, number): key for contract, number, key in work.session.execute(statement)}


def _key_of(row: dict[str, Any]) -> tuple[UUID, str]:
    contract_id: UUID = row["contract_id"]
    return contract_id, row["natural_key"]
