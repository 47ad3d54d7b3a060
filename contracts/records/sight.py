"""Which records an actor may see or write, by whose file they belong to."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from contracts.access import of_visible, organisations_in, sees_whole, visible
from contracts.models import Contract, Organisation, Programme
from contracts.records.kinds import Owner, RecordKind
from contracts.records.shape import OWNERS
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import ForbiddenError, NotFoundError


def in_sight(kind: RecordKind, actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """A predicate on the kind's model: the actor has the permission on the record's owner."""
    if kind.seen is not None:
        return kind.seen(actor, permission)
    column: ColumnElement[Any] = kind.model.__table__.columns[kind.owner.value]
    if kind.owner is Owner.CONTRACT:
        return of_visible(column, actor, permission)
    if kind.owner is Owner.ORGANISATION:
        scope = actor.scope(permission)
        return true() if scope.everything else column.in_(organisations_in(scope))
    if kind.owner is Owner.PROGRAMME:
        return column.in_(select(Programme.id).where(_programmes(actor, permission)))
    # Vendors are shared reference data: whoever has the permission anywhere has it on all.
    return true() if actor.may(permission) else ~true()


def refuse_foreign(session: Session, actor: Actor, kind: RecordKind, owner_id: UUID) -> None:
    """Raise unless the actor may write records of this kind in the owner's file.

    ``NotFoundError`` when he may not know the owner, ``ForbiddenError`` when he sees it only.
    """
    known = OWNERS[kind.owner]
    found = select(known.model.id).where(known.model.id == owner_id)
    if session.scalar(found.where(_owners(kind, actor, kind.read))) is None:
        raise NotFoundError(f"没有这个{known.word}，或不在您的查看范围内")
    if session.scalar(found.where(_owners(kind, actor, kind.write))) is None:
        raise ForbiddenError(f"您可以查看这个{known.word}，但没有登记{kind.title}的权限")


def written_owners(kind: RecordKind, actor: Actor) -> ColumnElement[bool]:
    """A predicate on the owner's own table: the actor may write such records in its file."""
    return _owners(kind, actor, kind.write)


def known_owner(session: Session, actor: Actor, kind: RecordKind, owner_id: UUID) -> Any:
    """The owner, when the actor may read records of this kind in its file; else nothing."""
    model = OWNERS[kind.owner].model
    return session.scalar(
        select(model).where(model.id == owner_id, _owners(kind, actor, kind.read))
    )


def writes_to(session: Session, actor: Actor, kind: RecordKind, owner_id: UUID) -> bool:
    """Whether the actor may write records of this kind in the owner's file."""
    found = select(OWNERS[kind.owner].model.id).where(OWNERS[kind.owner].model.id == owner_id)
    return (
        actor.may(kind.write)
        and session.scalar(found.where(written_owners(kind, actor))) is not None
    )


def _owners(kind: RecordKind, actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """A predicate on the owner's own table."""
    if kind.owners is not None:
        return kind.owners(actor, permission)
    return _usual_owners(kind, actor, permission)


def _usual_owners(kind: RecordKind, actor: Actor, permission: Permission) -> ColumnElement[bool]:
    if kind.owner is Owner.CONTRACT:
        return visible(actor, permission)
    if kind.owner is Owner.PROGRAMME:
        return _programmes(actor, permission)
    scope = actor.scope(permission)
    if scope.everything:
        return true()
    if kind.owner is Owner.ORGANISATION:
        if permission is kind.read:
            return true()  # the tree is known to everybody
        return Organisation.id.in_(organisations_in(scope))
    return true() if actor.may(permission) else ~true()


def _programmes(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    has_one = Programme.id.in_(select(Contract.programme_id).where(visible(actor, permission)))
    return or_(sees_whole(actor, permission), has_one)
