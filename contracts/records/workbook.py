"""A sheet of records brought into the ledger: the same way for every kind.

What already happened is recorded even where the kind's rules would refuse it as an act; then it is a
finding beside the record.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select

from contracts.findings import Found
from contracts.ledger_changes import (
    LedgerImport,
    Outcome,
    Target,
    Values,
    Wanted,
    by_key,
    load_rows,
    reconcile,
    refuse_twins,
)
from contracts.records.kinds import Entering, Owner, RecordKind, Reference
from contracts.records.sheets import OWNER_FIELD, row_type
from kernel.errors import MonitorError
from kernel.refusals import refusal_sentence
from kernel.sql import among
from kernel.workbook_sheets import Sheet, SheetRow

Owners = Callable[[Owner, Sheet[Any], SheetRow[Any]], UUID | None]
"""Gives the key of the owner that a row names; None when it noted a problem."""


@dataclass(frozen=True, slots=True)
class Records:
    """A sheet on its way into the ledger."""

    work: LedgerImport
    kind: RecordKind
    sheet: Sheet[Any]
    today: date


def record_sheet(records: Records, owners: Owners) -> list[Found]:
    """Bring one sheet into the ledger; gives what breaks a rule of its kind.

    A row that names nobody known, or something else that is not there, is a problem at its cell.
    """
    work, kind, sheet = records.work, records.kind, records.sheet
    wanted: list[Wanted] = []
    rows: dict[Hashable, SheetRow[Any]] = {}
    keyed: list[tuple[Hashable, SheetRow[Any]]] = []
    for row in sheet.rows:
        owner_id = owners(kind.owner, sheet, row)
        if owner_id is None:
            continue
        values = _values(records, row, owner_id)
        key = (owner_id, *(values[name] for name in kind.natural_key))
        contract_id = owner_id if kind.owner is Owner.CONTRACT else None
        label = _label(records, values)
        wanted.append(Wanted(key, label, values, sheet.name, row.number, contract_id))
        keyed.append((key, row))
        rows[key] = row
    field = next(iter(kind.natural_key), kind.day)
    if work.writes or not kind.references:
        # References that nobody looked up would make twins of rows that differ in them.
        refuse_twins(work, sheet, keyed, field, "、".join(kind.label(n) for n in kind.natural_key))
    target = Target(kind.name, kind.model, row_type(kind))
    outcome = reconcile(work, target, _existing(records, wanted), wanted)
    return _follow(records, wanted, rows, outcome) if work.writes else []


def _existing(records: Records, wanted: Iterable[Wanted]) -> dict[Hashable, Values]:
    kind, session = records.kind, records.work.session
    columns = kind.model.__table__.columns
    owner = columns[kind.owner.value]
    owner_ids = {each.values[kind.owner.value] for each in wanted}
    rows = load_rows(session, select(*columns).where(among(session, owner, owner_ids)))
    return by_key(rows, kind.owner.value, *kind.natural_key)


def _values(records: Records, row: SheetRow[Any], owner_id: UUID) -> dict[str, Any]:
    kind, sheet = records.kind, records.sheet
    values: dict[str, Any] = {**sheet.values(row), kind.owner.value: owner_id}
    for name, reference in kind.references.items():
        values[name] = _referred(records, row, name, reference, owner_id)
    for name in kind.natural_key:
        values.setdefault(name, getattr(row.record, name))
    return values


def _referred(
    records: Records, row: SheetRow[Any], name: str, reference: Reference, owner_id: UUID
) -> UUID | None:
    work, text = records.work, getattr(row.record, name)
    if not text or not work.writes:
        # What other sheets were to bring is not there when they have problems.
        return None
    found = reference.find(work.session, work.stamp.actor, text, owner_id)
    if found is None:
        work.problems.add(records.sheet.problem(row.number, name, text, "没有这条记录"))
    else:
        work.changes.names[found] = text
    return found


def _follow(
    records: Records,
    wanted: Iterable[Wanted],
    rows: dict[Hashable, SheetRow[Any]],
    outcome: Outcome,
) -> list[Found]:
    """Write the links and judge each record by the rules of its kind."""
    work, kind = records.work, records.kind
    found: list[Found] = []
    for each in wanted:
        row, record_id = rows[each.key], outcome.ids[each.key]
        given = {**_given(kind, row.record), **each.values}
        for name, links in kind.links.items():
            given[name] = [
                key
                for text in str(getattr(row.record, name)).replace("，", "、").split("、")
                if text.strip()
                and (key := _referred(records, row, name, links.reference, given[kind.owner.value]))
            ]
        entering = _entering(records, row, given)
        if entering is None:
            continue
        for name, links in kind.links.items():
            links.write(work.session, record_id, getattr(entering.entry, name), entering)
        found += _judged(records, each, record_id, entering)
    return found


def _given(kind: RecordKind, record: Any) -> dict[str, Any]:
    names = kind.entry.model_fields.keys() & type(record).model_fields.keys()
    return {
        name: getattr(record, name)
        for name in names
        if name not in kind.references and name not in kind.links
    }


def _entering(records: Records, row: SheetRow[Any], given: dict[str, Any]) -> Entering | None:
    work = records.work
    fields = {
        name: value for name, value in given.items() if name in records.kind.entry.model_fields
    }
    try:
        entry = records.kind.entry.model_validate(fields)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            name = str(fault["loc"][0]) if fault["loc"] else records.kind.day
            message = refusal_sentence(fault["type"], fault.get("ctx", {}), fault["msg"])
            value = getattr(row.record, name, None)
            work.problems.add(records.sheet.problem(row.number, name, value, message))
        return None
    return Entering(work.session, work.stamp.actor, records.today, entry, None)


def _judged(records: Records, each: Wanted, record_id: UUID, entering: Entering) -> list[Found]:
    try:
        records.kind.rules(entering)
    except MonitorError as refusal:
        problem = refusal.problems[0] if refusal.problems else None
        name = problem.field if problem else records.kind.day
        return [
            Found(
                code=records.kind.rule_code,
                subject=str(record_id),
                value=records.work.changes.show(each.values.get(name)),
                message=problem.message if problem else refusal.message,
                contract_id=each.contract_id,
                programme_id=(
                    each.values["programme_id"] if records.kind.owner is Owner.PROGRAMME else None
                ),
                record=record_id,
                field=name,
            )
        ]
    return []


def _label(records: Records, values: Values) -> str:
    kind, changes = records.kind, records.work.changes
    told = [changes.show(values[name]) for name in (kind.owner.value, *kind.natural_key)]
    return f"{kind.title} {' '.join(part for part in told if part)}"


def owner_text(kind: RecordKind, row: SheetRow[Any]) -> tuple[str, str]:
    """The row's field that names its owner, and what stands there."""
    field = "contract" if kind.owner is Owner.CONTRACT else OWNER_FIELD
    return field, getattr(row.record, field)
