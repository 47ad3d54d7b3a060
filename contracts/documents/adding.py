"""Acts on documents: add one, add a version, withdraw one.

The content is kept before any row names it, and a row is written only while the content is there:
whatever is killed in between leaves a content that nobody names, which ``sweep`` takes away, never a
document without its content (docs/decisions/0009).
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import IO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.documents.attachable import Place
from contracts.documents.file_types import FileType, type_of
from contracts.documents.models import Document, StoredFile
from contracts.documents.packages import PackageLimits
from contracts.documents.schemas import DocumentIn, VersionIn
from kernel.access.actor import Actor
from kernel.errors import ConflictError, InputError
from kernel.fields import printable
from kernel.keys import new_key
from kernel.sql import wait_for_lock
from kernel.storage.contents import Contents, StorageDown
from kernel.storage.staging import Staged, stage

LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Received:
    """A file that arrived, whose content is kept: not yet a document."""

    staged: Staged
    file_type: FileType
    file_name: str


@dataclass(frozen=True, slots=True)
class Entered:
    """Who enters it, when, on which business date."""

    actor: Actor
    now: datetime
    today: date


def look_at(file: IO[bytes], name: str, most: int) -> Received:
    """What a file is that arrived: its size, its hash and its type.

    Raises ``TooLarge`` above ``most`` bytes and ``InputError`` for a name or a content that is not
    taken.
    """
    plain = PurePath(name.replace("\\", "/")).name.strip()
    if not plain:
        raise InputError("file", "请选择要上传的文件")
    try:
        printable(plain)
    except ValueError as fault:
        raise InputError("file", f"文件名{fault}") from None
    if len(plain) > LONGEST_NAME:
        raise InputError("file", f"文件名不能超过 {LONGEST_NAME} 个字")
    staged = stage(file, most)
    return Received(staged, type_of(file, plain, PackageLimits()), plain)


def add_document(
    session: Session,
    entered: Entered,
    contents: Contents,
    place: Place,
    entry: DocumentIn,
    received: Received,
) -> Document:
    """Attach a file whose content is kept to a record that the actor may write.

    Raises ``InputError`` for a date in the future and ``StorageDown`` when the content is gone.
    """
    _refuse_future(entry.dated_on, entered.today)
    _name_content(session, entered, contents, received)
    key = new_key()
    added = Document(
        id=key,
        series_id=key,
        object_kind=place.kind,
        object_id=place.record_id,
        kind=entry.kind,
        title=entry.title or PurePath(received.file_name).stem[:200],
        number=entry.number,
        dated_on=entry.dated_on,
        note=entry.note,
        file_name=received.file_name,
        sha256=received.staged.sha256,
        recorded_at=entered.now,
        recorded_by=entered.actor.name,
        **{place.owner: place.owner_id},
    )
    session.add(added)
    session.flush()
    return added


def add_version(
    session: Session,
    entered: Entered,
    contents: Contents,
    former: Document,
    entry: VersionIn,
    received: Received,
) -> Document:
    """Put a file in the place of a document's latest version, which stays to be read.

    Raises as ``add_document`` does, and ``ConflictError`` when the latest version is the same file.
    """
    _refuse_future(entry.dated_on, entered.today)
    latest = latest_version(session, former.series_id)
    if latest.sha256 == received.staged.sha256 and latest.withdrawn_on is None:
        raise ConflictError("这个文件与现在的版本内容相同，没有保存新版本")
    _name_content(session, entered, contents, received)
    added = Document(
        id=new_key(),
        series_id=latest.series_id,
        version_number=latest.version_number + 1,
        object_kind=latest.object_kind,
        object_id=latest.object_id,
        contract_id=latest.contract_id,
        organisation_id=latest.organisation_id,
        vendor_id=latest.vendor_id,
        programme_id=latest.programme_id,
        kind=latest.kind,
        title=latest.title,
        number=entry.number or latest.number,
        dated_on=entry.dated_on,
        note=entry.note,
        file_name=received.file_name,
        sha256=received.staged.sha256,
        recorded_at=entered.now,
        recorded_by=entered.actor.name,
    )
    session.add(added)
    session.flush()
    return added


def withdraw(session: Session, entered: Entered, document: Document, reason: str) -> Document:
    """Say that a document no longer counts, and why; it stays to be read.

    Raises ``ConflictError`` when it is withdrawn already, or superseded by a later version.
    """
    latest = latest_version(session, document.series_id)
    if latest.id != document.id:
        raise ConflictError(f"这是旧版本，已由第 {latest.version_number} 版代替，不必撤回")
    if latest.withdrawn_on is not None:
        raise ConflictError("这个文件已经撤回")
    latest.withdrawn_on = entered.today
    latest.withdrawn_by = entered.actor.name
    latest.withdrawn_reason = reason
    latest.version += 1
    session.flush()
    return latest


def latest_version(session: Session, series_id: UUID) -> Document:
    """The latest version, once nobody else adds to the series."""
    wait_for_lock(session, f"document {series_id}")
    return session.scalars(
        select(Document)
        .where(Document.series_id == series_id)
        .order_by(Document.version_number.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one()


def content_lock(sha256: str) -> str:
    """The name of the lock under which a content is named, or taken away because nobody names it."""
    return f"content {sha256}"


def _name_content(
    session: Session, entered: Entered, contents: Contents, received: Received
) -> None:
    """Write the row of the content once; two uploads of one content wait for each other."""
    name = received.staged.sha256
    wait_for_lock(session, content_lock(name))
    if not contents.has(name):
        raise StorageDown("文件没有存住；请重新上传")
    if session.get(StoredFile, name) is None:
        session.add(
            StoredFile(
                sha256=name,
                byte_count=received.staged.size,
                media_type=received.file_type.media_type,
                recorded_at=entered.now,
                recorded_by=entered.actor.name,
            )
        )
        session.flush()


def _refuse_future(day: date | None, today: date) -> None:
    if day is not None and day > today:
        raise InputError("dated_on", f"文件日期不能晚于业务日期 {today}")
