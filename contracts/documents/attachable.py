"""Which kinds of records take documents, and who may read and write those of a record.

A document is read by who sees its record. What a floor above knows of its records it says here, one
``Attachable`` a kind; ``monitor.attachables`` lists them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session

from contracts.access import of_visible
from contracts.documents.models import Document
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import ForbiddenError, InputError, NotFoundError

Sight = Callable[[Actor, Permission], ColumnElement[bool]]
"""A predicate on a kind's model: the actor has the permission on the record."""

OWNERS: Final = ("contract_id", "organisation_id", "vendor_id", "programme_id")
"""The columns of ``Document`` that say whose it is."""


@dataclass(frozen=True, slots=True)
class Attachable:
    """A kind of record that takes documents.

    ``owner`` is one of ``OWNERS``, ``column`` the column of ``model`` that gives it. ``sight`` is
    None where a contract owns the record: then who sees the contract by ``read`` sees it. ``page``
    is the endpoint of the record's page and its argument, where it has one.
    """

    kind: str
    title: str
    model: type[Any]
    read: Permission
    write: Permission
    owner: str = "contract_id"
    column: str = "contract_id"
    sight: Sight | None = None
    page: tuple[str, str] | None = None

    def seen(self, actor: Actor, permission: Permission) -> ColumnElement[bool]:
        """A predicate on ``model``: the actor has the permission on the record."""
        if self.sight is not None:
            return self.sight(actor, permission)
        return of_visible(getattr(self.model, self.column), actor, permission)


@dataclass(frozen=True, slots=True)
class Place:
    """The record that a document belongs to, and whose file it is in."""

    kind: str
    record_id: UUID
    owner: str
    owner_id: UUID | None


class Attachables:
    """All kinds that take documents, by name."""

    def __init__(self, kinds: Iterable[Attachable]) -> None:
        self._kinds = {each.kind: each for each in kinds}

    def __iter__(self) -> Iterator[Attachable]:
        return iter(self._kinds.values())

    def title(self, kind: str) -> str:
        """The kind's Chinese name; the kind itself when no such records take documents any more."""
        known = self._kinds.get(kind)
        return known.title if known else kind

    def page(self, kind: str) -> tuple[str, str] | None:
        """The endpoint of the page of a record of this kind, and its argument."""
        known = self._kinds.get(kind)
        return known.page if known else None

    def get(self, kind: str) -> Attachable:
        """The kind; raises ``InputError`` when no such records take documents."""
        found = self._kinds.get(kind)
        if found is None:
            raise InputError("object_kind", f"“{kind}”不是可以附文件的记录")
        return found

    def readable(
        self, session: Session, actor: Actor, kind: str, ids: Sequence[UUID]
    ) -> frozenset[UUID]:
        """Those of the records that the actor sees, by one statement."""
        known = self._kinds.get(kind)
        if known is None or not ids:
            return frozenset()
        return _seen(session, actor, known, known.read, ids)

    def may_write(self, session: Session, actor: Actor, kind: str, record_id: UUID) -> bool:
        """Whether the actor may attach documents to the record."""
        known = self._kinds.get(kind)
        if known is None or not actor.may(known.write):
            return False
        return bool(_seen(session, actor, known, known.write, [record_id]))

    def contract_of(
        self, session: Session, actor: Actor, kind: str, record_id: UUID
    ) -> UUID | None:
        """The contract whose file the record is in, where the actor sees it and it is in one."""
        known = self._kinds.get(kind)
        if known is None or known.owner != "contract_id":
            return None
        found: UUID | None = session.scalar(
            select(getattr(known.model, known.column)).where(
                known.model.id == record_id, known.seen(actor, known.read)
            )
        )
        return found

    def writable_place(self, session: Session, actor: Actor, kind: str, record_id: UUID) -> Place:
        """The record, for a document that the actor attaches to it.

        Raises ``InputError`` for a kind that takes none, ``NotFoundError`` when the actor may not
        know the record and ``ForbiddenError`` when he sees it only.
        """
        known = self.get(kind)
        column = getattr(known.model, known.column)
        found = session.execute(
            select(column).where(known.model.id == record_id, known.seen(actor, known.read))
        ).first()
        if found is None:
            raise NotFoundError(f"没有这个{known.title}，或不在您的查看范围内")
        if not self.may_write(session, actor, kind, record_id):
            raise ForbiddenError(f"您可以查看这个{known.title}，但没有为它上传文件的权限")
        return Place(kind, record_id, known.owner, found[0])

    def in_contracts(self, actor: Actor) -> ColumnElement[bool]:
        """A predicate on documents of contracts: the actor sees the record of each.

        One part a permission: a contract's whole file is one statement, however many kinds it has.
        """
        by_permission: dict[Permission, list[str]] = {}
        apart = []
        for each in self:
            if each.owner != "contract_id":
                continue
            if each.sight is None:
                by_permission.setdefault(each.read, []).append(each.kind)
            else:
                records = select(each.model.id).where(each.seen(actor, each.read))
                apart.append((Document.object_kind == each.kind) & Document.object_id.in_(records))
        plain = [
            Document.object_kind.in_(kinds) & of_visible(Document.contract_id, actor, permission)
            for permission, kinds in by_permission.items()
        ]
        return or_(false(), *plain, *apart)


def _seen(
    session: Session,
    actor: Actor,
    known: Attachable,
    permission: Permission,
    ids: Sequence[UUID],
) -> frozenset[UUID]:
    return frozenset(
        session.scalars(
            select(known.model.id).where(known.model.id.in_(ids), known.seen(actor, permission))
        )
    )
