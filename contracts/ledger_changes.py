"""Bringing a ledger to what a file says: what is new, what differs, what the file lacks."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Executable, insert, update
from sqlalchemy.orm import Session

from kernel.access.actor import Actor
from kernel.database import Base
from kernel.keys import new_key
from kernel.pinyin import pinyin_key
from kernel.workbook_columns import Kind, LedgerRow, columns_of
from kernel.workbook_problems import Problems
from kernel.workbook_sheets import Sheet, SheetRow

K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=LedgerRow)
Values = Mapping[str, Any]
"""A record by the names of its columns."""


class LedgerKind(StrEnum):
    """What an import counts."""

    ORGANISATIONS = "organisations"
    PROGRAMMES = "programmes"
    VENDORS = "vendors"
    CONTRACTS = "contracts"
    MILESTONES = "milestones"
    PAYMENTS = "payments"
    ROUNDS = "rounds"
    PLANS = "plans"
    SUPERVISION = "supervision"
    ENTERPRISES = "enterprises"
    HAZARDS = "hazards"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one record: what stood there, what the file says. Texts as a person reads them.

    ``unit`` is that of both, 元 or %, empty where they are no figures.
    """

    kind: str
    key: str
    field: str
    before: str
    after: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A record of a contract or programme in the file that the file no longer has; it is kept."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """By whom, when and from which file: what every row that an import writes carries."""

    actor: Actor
    now: datetime
    file: str

    def of(self, sheet: str, row: int) -> dict[str, Any]:
        """The columns of `kernel.columns.Fact` that say so."""
        source = f"{self.file} {sheet} 第{row}行" if sheet else self.file
        return {
            "recorded_at": self.now,
            "recorded_by": self.actor.name,
            "source": source[-200:],
        }


@dataclass(slots=True)
class Changes:
    """What an import did, and where in the file each record stands.

    ``touched`` are contracts in which anything changed. ``names`` are what references and words
    are called on screen. ``places`` are sheet and row of a record, by its key.
    """

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    details: list[Change] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    touched: set[UUID] = field(default_factory=set)
    names: dict[UUID | StrEnum, str] = field(default_factory=dict)
    places: dict[UUID, tuple[str, int]] = field(default_factory=dict)

    def learn_words(self, row_type: type[LedgerRow]) -> None:
        """Take over the Chinese words of a sheet's columns."""
        for column in columns_of(row_type).values():
            self.names |= {value: word for word, value in (column.words or {}).items()}

    def show(self, value: object) -> str:
        """A value as a person reads it; what is not given is empty."""
        match value:
            case None:
                return ""
            case UUID() | StrEnum():
                return self.names.get(value, str(value))
            case Decimal():
                return f"{value:f}"
            case list():
                return "、".join(str(each) for each in value)
            case _:
                return str(value)

    def compare(
        self,
        kind: str,
        label: str,
        row_type: type[LedgerRow],
        known: Mapping[str, Any],
        values: Mapping[str, Any],
    ) -> list[str]:
        """The stored fields of a known record that the file has otherwise; counts and lists them."""
        differing = [name for name, value in values.items() if known[name] != value]
        counter = self.changed if differing else self.unchanged
        counter[kind] += 1
        if differing:
            headings, units = headings_of(row_type), units_of(row_type)
            self.details += [
                Change(
                    kind,
                    label,
                    headings.get(name, name),
                    self.show(known[name]),
                    self.show(values[name]),
                    units.get(name, ""),
                )
                for name in differing
            ]
        return differing


@dataclass(slots=True)
class LedgerImport:
    """One import in progress: its transaction, its stamp, what it found wrong, what it did.

    Nothing is written once there is a problem; checking goes on, so that all are found.
    ``left_out`` takes the problems of rows that are streamed, where these may be left out.
    """

    session: Session
    stamp: Stamp
    problems: Problems
    changes: Changes
    left_out: Problems | None = None

    @property
    def writes(self) -> bool:
        """May anything be written still?"""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record as the file has it: ``values`` by stored name, ``contract_id`` whose it is.

    ``new_id`` is its key if it is new, where other rows already refer to it.
    """

    key: Hashable
    label: str
    values: dict[str, Any]
    sheet: str
    row: int
    contract_id: UUID | None = None
    new_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What is brought to the file's state: a kind of record, its table, its sheet's rows."""

    kind: str
    model: type[Base]
    row_type: type[LedgerRow]


@dataclass(slots=True)
class Outcome:
    """Keys of the records by natural key; which were added; which fields of which changed."""

    ids: dict[Hashable, UUID] = field(default_factory=dict)
    added: list[Wanted] = field(default_factory=list)
    changed: dict[UUID, list[str]] = field(default_factory=dict)


def headings_of(row_type: type[LedgerRow]) -> dict[str, str]:
    """What a stored field is called in the sheet, remarks and assumptions included."""
    named = {
        column.stored or name: column.headings[0] for name, column in columns_of(row_type).items()
    }
    return {**named, "note": "备注", "assumed": "假定"}


def units_of(row_type: type[LedgerRow]) -> dict[str, str]:
    """In what the ledger counts a stored field that is an amount (元) or a share (%)."""
    units = {Kind.AMOUNT: "元", Kind.PERCENT: "%"}
    return {
        column.stored or name: units[column.kind]
        for name, column in columns_of(row_type).items()
        if column.kind in units
    }


def reconcile(
    work: LedgerImport,
    target: Target,
    existing: Mapping[Hashable, Values],
    wanted: Sequence[Wanted],
) -> Outcome:
    """Insert what is new and update in place what differs; two statements whatever the number.

    A value that is no column of the table is compared and listed, and left to the caller to write.
    """
    outcome = Outcome()
    changes, kind = work.changes, target.kind
    columns = target.model.__table__.columns.keys()
    inserts: list[dict[str, Any]] = []
    updates: list[dict[str, Any]] = []
    changes.learn_words(target.row_type)
    for each in wanted:
        known = existing.get(each.key)
        record_id: UUID = known["id"] if known else each.new_id or new_key()
        row = {name: value for name, value in each.values.items() if name in columns}
        row |= {"id": record_id, **work.stamp.of(each.sheet, each.row)}
        if "name_pinyin" in columns:
            row["name_pinyin"] = pinyin_key(row["name"])
        outcome.ids[each.key] = record_id
        changes.places[record_id] = (each.sheet, each.row)
        if known is None:
            inserts.append(row)
            outcome.added.append(each)
            changes.added[kind] += 1
        elif differing := changes.compare(kind, each.label, target.row_type, known, each.values):
            updates.append({**row, "version": known["version"] + 1})
            outcome.changed[record_id] = differing
        else:
            continue
        owner = record_id if kind is LedgerKind.CONTRACTS else each.contract_id
        if owner:
            changes.touched.add(owner)
    if work.writes and inserts:
        # Without it each change of which fields are unknown begins another statement.
        work.session.execute(insert(target.model).execution_options(render_nulls=True), inserts)
    if work.writes and updates:
        work.session.execute(update(target.model), updates)
    return outcome


def list_missing(changes: Changes, kind: str, labels: Iterable[str]) -> None:
    """Note records that the file lacks, in the order of their labels."""
    changes.missing += [Missing(kind, label) for label in sorted(labels)]


def refuse_twins(
    work: LedgerImport,
    sheet: Sheet[R],
    keyed: Iterable[tuple[Hashable, SheetRow[R]]],
    name: str,
    what: str,
) -> None:
    """Refuse rows whose natural key another row above has; ``name`` is the field to point at."""
    first: dict[Hashable, int] = {}
    for key, row in keyed:
        above = first.setdefault(key, row.number)
        if above != row.number:
            value = getattr(row.record, name)
            work.problems.add(
                sheet.problem(row.number, name, value, f"与第{above}行重复，{what}只能有一行")
            )


def load_rows(session: Session, statement: Executable) -> list[dict[str, Any]]:
    """The rows of a query of columns, each by the columns' names."""
    return [row._asdict() for row in session.execute(statement)]


def by_key(rows: Iterable[Values], *names: str) -> dict[Hashable, Values]:
    """Rows by the value of a column, or by the values of several."""
    if len(names) == 1:
        return {row[names[0]]: row for row in rows}
    return {tuple(row[name] for name in names): row for row in rows}
