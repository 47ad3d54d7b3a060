"""Set-based reads of the records of a file: lists and one record, the same for every kind."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Column, ColumnElement, func, literal, select, union_all
from sqlalchemy.orm import Session

from contracts.queries import only_row
from contracts.records.kinds import Owner, RecordKind
from contracts.records.shape import OWNERS, own_fields, shown_model
from contracts.records.sight import in_sight
from contracts.schemas import FactOut
from kernel.access.actor import Actor
from kernel.columns import EARLIEST_DAY
from kernel.paging import AnyRow, AnySelect, ListQuery, Page, fetch_page


class RecordsWanted(ListQuery):
    """Which records of a kind."""

    of: UUID | None = Field(None, description="所属的合同、机构、承接主体或项目的 id")


def records(
    session: Session, actor: Actor, kind: RecordKind, as_of: date, wanted: RecordsWanted
) -> Page[FactOut]:
    """The records of a kind dated up to ``as_of``, the newest first."""
    statement = _records(kind, actor, as_of)
    columns = kind.model.__table__.columns
    if wanted.of:
        statement = statement.where(columns[kind.owner.value] == wanted.of)
    page = fetch_page(
        session, statement, [_day(kind), columns["id"]], wanted, lambda row: row, newest_first=True
    )
    links = linked(session, kind, [row[0].id for row in page.items])
    items = [shown(kind, row, as_of, links) for row in page.items]
    shape: Any = Page[shown_model(kind)]  # type: ignore[misc]  # the kind's own, at run time
    found: Page[FactOut] = shape.model_construct(items=items, next=page.next)
    return found


def record(session: Session, actor: Actor, kind: RecordKind, as_of: date, key: UUID) -> FactOut:
    """One record; raises ``NotFoundError``, also when it is dated after ``as_of``."""
    statement = _records(kind, actor, as_of).where(kind.model.id == key)
    row = only_row(session, statement, f"条{kind.title}")
    return shown(kind, row, as_of, linked(session, kind, [key]))


def counts(
    session: Session, actor: Actor, kinds: Sequence[RecordKind], contract_id: UUID, as_of: date
) -> Mapping[str, tuple[int, date | None]]:
    """How many records of each kind a contract's file has, and the last one's day; one statement."""
    parts = [
        select(
            literal(kind.name),
            func.count(),
            func.max(kind.model.__table__.columns[kind.day]),
        ).where(
            kind.model.contract_id == contract_id,
            in_sight(kind, actor, kind.read),
            _there(kind, as_of),
        )
        for kind in kinds
        if kind.owner is Owner.CONTRACT and actor.may(kind.read)
    ]
    if not parts:
        return {}
    return {name: (count, last) for name, count, last in session.execute(union_all(*parts))}


def names_of(session: Session, kind: RecordKind, items: Sequence[FactOut]) -> Mapping[UUID, str]:
    """Words for every key that the items' references and links hold; a statement a field."""
    found: dict[UUID, str] = {}
    for name, reference in kind.references.items():
        keys = {getattr(item, name) for item in items} - {None}
        found.update(reference.names(session, sorted(keys)) if keys else {})
    for name, links in kind.links.items():
        keys = {key for item in items for key in getattr(item, name)}
        found.update(links.reference.names(session, sorted(keys)) if keys else {})
    return found


def linked(
    session: Session, kind: RecordKind, keys: Sequence[UUID]
) -> dict[str, Mapping[UUID, Sequence[UUID]]]:
    """The keys behind each linked field, by field and record."""
    return {name: links.read(session, keys) for name, links in kind.links.items()}


def shown(
    kind: RecordKind,
    row: AnyRow,
    as_of: date,
    links: Mapping[str, Mapping[UUID, Sequence[UUID]]],
) -> FactOut:
    """A record as it was known on ``as_of``, by its row of record and owner."""
    found, owner = row[:2]
    later = {
        name
        for day, names in kind.follows.items()
        if (on := getattr(found, day)) is not None and on > as_of
        for name in (day, *names)
    }
    values = {name: _unknown(kind, name) for name in later}
    for name in own_fields(kind):
        if name in kind.links:
            values[name] = tuple(links[name].get(found.id, ()))
    return shown_model(kind).of(found, **{OWNERS[kind.owner].name: owner}, **values)


def _unknown(kind: RecordKind, name: str) -> Any:
    return "" if isinstance(kind.entry.model_fields[name].default, str) else None


def _records(kind: RecordKind, actor: Actor, as_of: date) -> AnySelect:
    owner = OWNERS[kind.owner].model
    column = kind.model.__table__.columns[kind.owner.value]
    return (
        select(kind.model, owner)
        .join(owner, owner.id == column)
        .where(in_sight(kind, actor, kind.read), _there(kind, as_of))
    )


def _there(kind: RecordKind, as_of: date) -> ColumnElement[bool]:
    """Dated by then; what lies ahead by its nature is there once it is entered."""
    day: Column[date] = kind.model.__table__.columns[kind.day]
    if kind.may_lie_ahead:
        return literal(True)
    return (day <= as_of) if not day.nullable else (day.is_(None) | (day <= as_of))


def _day(kind: RecordKind) -> ColumnElement[Any]:
    day = kind.model.__table__.columns[kind.day]
    first = date.fromisoformat(EARLIEST_DAY)
    return func.coalesce(day, literal(first)) if day.nullable else day
