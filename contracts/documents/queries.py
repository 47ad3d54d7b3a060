"""Set-based reads of documents: of one record, of many, of a contract, of one document's versions."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from contracts.documents.attachable import Attachables
from contracts.documents.models import Document, DocumentKind
from contracts.documents.schemas import DocumentOut, DocumentsWanted
from contracts.queries import happened
from kernel.access.actor import Actor
from kernel.errors import InputError, NotFoundError
from kernel.paging import AnyRow, AnySelect, Page, fetch_page

SHOWN = 200
"""Documents that a record's page shows at most."""


def documents(
    session: Session, actor: Actor, known: Attachables, as_of: date, wanted: DocumentsWanted
) -> Page[DocumentOut]:
    """Documents there were on ``as_of``, the latest entered first.

    Of one record of any kind, else of contracts. Raises ``InputError`` when a record is half named.
    """
    if (wanted.object_id is None) != (wanted.object_kind is None):
        raise InputError("object_id", "object_kind 与 object_id 须一起给出")
    statement = _documents(as_of).where(_asked(session, actor, known, wanted))
    if not wanted.versions:
        statement = statement.where(_is_current(as_of))
    if wanted.contract is not None:
        statement = statement.where(Document.contract_id == wanted.contract)
    if wanted.kind is not None:
        statement = statement.where(Document.kind == wanted.kind)
    return fetch_page(
        session,
        statement,
        [Document.id],
        wanted,
        lambda row: shown(row, as_of),
        newest_first=True,
    )


def documents_of(
    session: Session,
    actor: Actor,
    known: Attachables,
    kind: str,
    ids: Sequence[UUID],
    as_of: date,
) -> dict[UUID, list[DocumentOut]]:
    """The current documents of several records of a kind, by record: two statements, however many.

    Records that the actor does not see have none.
    """
    seen = known.readable(session, actor, kind, ids)
    found: dict[UUID, list[DocumentOut]] = {key: [] for key in ids}
    if not seen:
        return found
    rows = session.execute(
        _documents(as_of)
        .where(Document.object_kind == kind, Document.object_id.in_(seen), _is_current(as_of))
        .order_by(Document.id.desc())
        .limit(SHOWN)
    )
    for row in rows:
        found[row[0].object_id].append(shown(row, as_of))
    return found


def document(session: Session, actor: Actor, known: Attachables, key: UUID) -> Document:
    """One version; raises ``NotFoundError`` where the actor does not see its record."""
    found = session.scalars(
        select(Document).options(joinedload(Document.stored)).where(Document.id == key)
    ).first()
    if found is None or found.object_id not in known.readable(
        session, actor, found.object_kind, [found.object_id]
    ):
        raise NotFoundError("没有这个文件，或不在您的查看范围内")
    return found


def described(
    session: Session, actor: Actor, known: Attachables, key: UUID, as_of: date
) -> DocumentOut:
    """One version as it goes out; raises ``NotFoundError``."""
    found = document(session, actor, known, key)
    row = session.execute(_documents(as_of, everything=True).where(Document.id == found.id)).one()
    return shown(row, as_of)


def versions_of(session: Session, series_id: UUID, as_of: date) -> list[DocumentOut]:
    """All versions of a document that the caller has looked up, the latest first."""
    rows = session.execute(
        _documents(as_of, everything=True)
        .where(Document.series_id == series_id)
        .order_by(Document.version_number.desc())
        .limit(SHOWN)
    )
    return [shown(row, as_of) for row in rows]


def counts_by_kind(
    session: Session, actor: Actor, known: Attachables, contract_id: UUID, as_of: date
) -> Mapping[DocumentKind, int]:
    """How many current documents of each kind a contract's file holds."""
    counted = (
        select(Document.kind, func.count())
        .where(
            Document.contract_id == contract_id,
            known.in_contracts(actor),
            _was_there(Document, as_of),
            _is_current(as_of),
        )
        .group_by(Document.kind)
    )
    return {kind: count for kind, count in session.execute(counted)}  # noqa: C416 — rows are no pairs


def shown(row: AnyRow, as_of: date) -> DocumentOut:
    """A row of ``_documents`` as it goes out."""
    record: Document = row[0]
    withdrawn_on = happened(record.withdrawn_on, as_of)
    return DocumentOut.of(
        record,
        media_type=record.stored.media_type,
        size=record.stored.byte_count,
        is_current=bool(row[1]),
        withdrawn_on=withdrawn_on,
        withdrawn_reason=record.withdrawn_reason if withdrawn_on else "",
    )


def _documents(as_of: date, *, everything: bool = False) -> AnySelect:
    statement = select(Document, _is_current(as_of).label("is_current")).options(
        joinedload(Document.stored)
    )
    return statement if everything else statement.where(_was_there(Document, as_of))


def _asked(
    session: Session, actor: Actor, known: Attachables, wanted: DocumentsWanted
) -> ColumnElement[bool]:
    if wanted.object_kind is None or wanted.object_id is None:
        return known.in_contracts(actor)
    seen = known.readable(session, actor, wanted.object_kind, [wanted.object_id])
    of_it = (Document.object_kind == wanted.object_kind) & (Document.object_id == wanted.object_id)
    return of_it if seen else false()


def _was_there(table: type[Document], as_of: date) -> ColumnElement[bool]:
    """A document without a date was always there: nobody knows since when."""
    return or_(table.dated_on.is_(None), table.dated_on <= as_of)


def _is_current(as_of: date) -> ColumnElement[bool]:
    newer = aliased(Document)
    return ~exists().where(
        newer.series_id == Document.series_id,
        newer.version_number > Document.version_number,
        _was_there(newer, as_of),
    )
