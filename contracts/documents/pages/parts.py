"""Acts on documents in a request: a file taken in, kept, then named in a transaction of the caller."""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from contracts.documents.adding import (
    Entered,
    Received,
    add_document,
    add_version,
    look_at,
    withdraw,
)
from contracts.documents.attachable import Attachables
from contracts.documents.models import Document
from contracts.documents.queries import document
from contracts.documents.schemas import DocumentIn, VersionIn
from kernel.storage.contents import Contents
from kernel.web.session import current_actor, current_clock, current_session

_EXTENSION = "monitor_documents"


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """Where contents are kept, which records take documents, and how many bytes one may have."""

    contents: Contents
    known: Attachables
    most: int


def install_documents(app: Flask, installed: DocumentParts) -> None:
    """Give the application what its documents stand on."""
    app.extensions[_EXTENSION] = installed


def parts() -> DocumentParts:
    """What the application was given."""
    installed: DocumentParts = current_app.extensions[_EXTENSION]
    return installed


def receive(kind: str, record_id: UUID, file: FileStorage) -> Received:
    """Look at a file for a record that the caller may write, and keep its content.

    No transaction is open while it is kept. Raises what ``writable_place`` and ``look_at`` raise,
    and ``StorageDown``.
    """
    had = parts()
    had.known.writable_place(current_session(), current_actor(), kind, record_id)
    received = look_at(file.stream, file.filename or "", had.most)
    had.contents.keep(received.staged)
    return received


def added(session: Session, entry: DocumentIn, received: Received) -> UUID:
    """Add the document in the session's transaction; gives its id."""
    had, entered = parts(), _entered()
    place = had.known.writable_place(session, entered.actor, entry.object_kind, entry.object_id)
    return add_document(session, entered, had.contents, place, entry, received).id


def version_added(session: Session, key: UUID, entry: VersionIn, received: Received) -> UUID:
    """Add a version of the document; gives the version's id."""
    entered = _entered()
    former = _writable(session, key)
    return add_version(session, entered, parts().contents, former, entry, received).id


def withdrawn(session: Session, key: UUID, reason: str) -> None:
    """Withdraw the document; raises ``NotFoundError``, ``ForbiddenError``, ``ConflictError``."""
    withdraw(session, _entered(), _writable(session, key), reason)


def _writable(session: Session, key: UUID) -> Document:
    actor, known = current_actor(), parts().known
    found = document(session, actor, known, key)
    known.writable_place(session, actor, found.object_kind, found.object_id)
    return found


def _entered() -> Entered:
    clock = current_clock()
    return Entered(current_actor(), clock.now(), clock.business_date())
