"""Adding a record to a file, and changing one: the same way for every kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.findings import end_findings
from contracts.records.kinds import Entering, RecordIn, RecordKind
from contracts.records.shape import own_fields, spoken
from contracts.records.sight import in_sight, refuse_foreign
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.keys import new_key
from kernel.sql import wait_for_lock


def add_record(
    session: Session, actor: Actor, clock: Clock, kind: RecordKind, entry: RecordIn
) -> UUID:
    """Add a record; gives its key.

    Raises ``NotFoundError`` and ``ForbiddenError`` for an owner that the actor may not write to,
    ``InputError`` for a day yet to come, a reference to what is not there, or what the kind's rules
    refuse, and ``ConflictError`` when the file has the same record already.
    """
    refuse_foreign(session, actor, kind, getattr(entry, kind.owner.value))
    _wait_in_turn(session, kind, entry)
    entering = Entering(session, actor, clock.business_date(), entry, None)
    _check(kind, entering)
    _refuse_twin(session, kind, entry, None)
    record = kind.model(
        id=new_key(),
        recorded_at=clock.now(),
        recorded_by=actor.name,
        **{kind.owner.value: getattr(entry, kind.owner.value)},
        **_stored(kind, entry),
    )
    session.add(record)
    session.flush()
    _write_links(kind, record.id, entering)
    kind.after(replace(entering, record=record))
    key: UUID = record.id
    return key


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to stand in the place of one record; ``seen`` is the version that the editor read."""

    kind: RecordKind
    key: UUID
    entry: RecordIn
    seen: int


def change_record(session: Session, actor: Actor, clock: Clock, edit: Edit) -> None:
    """Put an entry in the place of a record; the former values stay in the trail.

    A finding that an import opened on it ends. Raises as ``add_record`` does, and
    ``ChangedMeanwhile`` when somebody else edited it since.
    """
    kind, key, entry = edit.kind, edit.key, edit.entry
    record = locked_record(session, actor, kind, key)
    owner_id = getattr(record, kind.owner.value)
    refuse_foreign(session, actor, kind, owner_id)
    _wait_in_turn(session, kind, entry)
    if getattr(entry, kind.owner.value) != owner_id:
        raise InputError(kind.owner.value, "登记后不能改到别处；请在原处注明，另行登记")
    wanted = _stored(kind, entry)
    refuse_stale(edit.seen, record.version, record.recorded_by, _compared(kind, record, wanted))
    entering = Entering(session, actor, clock.business_date(), entry, record)
    _check(kind, entering)
    _refuse_twin(session, kind, entry, key)
    for name, value in wanted.items():
        setattr(record, name, value)
    record.version += 1
    record.recorded_at = clock.now()
    record.recorded_by = actor.name
    session.flush()
    _write_links(kind, key, entering)
    # An import records what an act would be refused for; what passed the rules now breaks none.
    end_findings(session, clock.now(), kind.rule_code, str(key))
    kind.after(entering)


def _wait_in_turn(session: Session, kind: RecordKind, entry: RecordIn) -> None:
    """One writer of a kind in a file at a time: of two with one natural key the second is told."""
    wait_for_lock(session, f"{kind.name} {getattr(entry, kind.owner.value)}")


def locked_record(session: Session, actor: Actor, kind: RecordKind, key: UUID) -> Any:
    """One record as it is once nobody else changes it; raises ``NotFoundError``."""
    found = session.scalars(
        select(kind.model)
        .where(kind.model.id == key, in_sight(kind, actor, kind.read))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFoundError(f"没有这条{kind.title}，或不在您的查看范围内")
    return found


def _check(kind: RecordKind, entering: Entering) -> None:
    entry, session, actor = entering.entry, entering.session, entering.actor
    day: date | None = getattr(entry, kind.day)
    if day is not None and not kind.may_lie_ahead and day > entering.today:
        raise InputError(kind.day, f"不能晚于业务日期 {entering.today}")
    owner_id = getattr(entry, kind.owner.value)
    named: list[tuple[str, UUID]] = []
    for name, reference in kind.references.items():
        key = getattr(entry, name)
        if key is not None and not reference.knows(session, actor, key, owner_id):
            named.append((name, key))
    for name, links in kind.links.items():
        keys = getattr(entry, name)
        named += [(name, k) for k in keys if not links.reference.knows(session, actor, k, owner_id)]
    if named:
        raise InputError(named[0][0], "没有这条记录，或不属于这里")
    unknown = set(entry.assumed) - set(own_fields(kind))
    if unknown:
        raise InputError("assumed", f"没有这些项：{'、'.join(sorted(unknown))}")
    kind.allowed(entering)
    kind.rules(entering)


def _stored(kind: RecordKind, entry: RecordIn) -> dict[str, Any]:
    names = [name for name in (*own_fields(kind), "note") if name not in kind.links]
    return {**{name: getattr(entry, name) for name in names}, "assumed": list(entry.assumed)}


def _compared(
    kind: RecordKind, record: Any, wanted: Mapping[str, Any]
) -> Mapping[str, tuple[str, str, str]]:
    return {
        name: (kind.label(name), *_both(kind, name, getattr(record, name), value))
        for name, value in wanted.items()
    }


def _both(kind: RecordKind, name: str, theirs: Any, mine: Any) -> tuple[str, str]:
    return spoken(kind, name, theirs), spoken(kind, name, mine)


def _refuse_twin(session: Session, kind: RecordKind, entry: RecordIn, own: UUID | None) -> None:
    if not kind.natural_key:
        return
    columns = kind.model.__table__.columns
    same: Sequence[Any] = [
        columns[name].is_not_distinct_from(getattr(entry, name))
        for name in (kind.owner.value, *kind.natural_key)
    ]
    found = session.scalar(select(columns["id"]).where(*same))
    if found is not None and found != own:
        told = "、".join(kind.label(name) for name in kind.natural_key)
        raise ConflictError(f"已有{told}相同的{kind.title}；如需补充，请修改那一条")


def _write_links(kind: RecordKind, key: UUID, entering: Entering) -> None:
    for name, links in kind.links.items():
        links.write(entering.session, key, getattr(entering.entry, name), entering)
