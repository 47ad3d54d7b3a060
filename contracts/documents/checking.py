"""Do documents and kept contents agree? And take away contents that no document names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import select

from contracts.documents.adding import content_lock
from contracts.documents.models import Document, StoredFile
from kernel.access.actor import Actor
from kernel.database import Database
from kernel.sql import wait_for_lock
from kernel.storage.contents import ContentLost, Contents, Kept

GRACE: Final = timedelta(hours=24)
"""A content that nobody names yet may belong to an upload that is on its way."""
_AT_ONCE: Final = 1_000


@dataclass(slots=True)
class ContentReport:
    """What was found: contents by their SHA-256, those that are wrong with the documents they are."""

    checked: int = 0
    missing: dict[str, list[str]] = field(default_factory=dict)
    damaged: dict[str, list[str]] = field(default_factory=dict)
    orphans: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether everything agrees."""
        return not (self.missing or self.damaged or self.orphans)


def check_contents(
    database: Database, actor: Actor, contents: Contents, now: datetime, *, quick: bool = False
) -> ContentReport:
    """Compare every content that documents name with what is kept, and find what nobody names.

    ``quick`` compares sizes and reads no content. Raises ``StorageDown``. Changes nothing.
    """
    kept = {each.sha256: each for each in contents.listed()}
    report = ContentReport()
    for row in _named(database, actor):
        report.checked += 1
        found = kept.pop(row.sha256, None)
        if found is None:
            report.missing[row.sha256] = []
        elif found.size != row.byte_count or not (quick or _is_whole(contents, row.sha256)):
            report.damaged[row.sha256] = []
    report.orphans = sorted(_old(kept.values(), now))
    _say_whose(database, actor, report)
    return report


def sweep(
    database: Database, actor: Actor, contents: Contents, now: datetime, orphans: Iterable[str]
) -> int:
    """Take away the contents that still nobody names, each under its lock; gives how many.

    An upload of the same content names it under that lock and looks whether it is there, so that
    none is taken away from under a document.
    """
    removed = 0
    for name in orphans:
        with database.writing(actor) as session:
            wait_for_lock(session, content_lock(name))
            if session.get(StoredFile, name) is None:
                contents.remove(name)
                removed += 1
    contents.clear_remains(now - GRACE)
    return removed


def _named(database: Database, actor: Actor) -> Iterator[StoredFile]:
    after = ""
    while True:
        with database.reading(actor) as session:
            rows = session.scalars(
                select(StoredFile)
                .where(StoredFile.sha256 > after)
                .order_by(StoredFile.sha256)
                .limit(_AT_ONCE)
            ).all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].sha256


def _is_whole(contents: Contents, name: str) -> bool:
    found = sha256()
    try:
        for piece in contents.read(name):
            found.update(piece)
    except ContentLost:
        return False
    return found.hexdigest() == name


def _old(kept: Iterable[Kept], now: datetime) -> Iterator[str]:
    return (each.sha256 for each in kept if each.kept_at < now - GRACE)


def _say_whose(database: Database, actor: Actor, report: ContentReport) -> None:
    wrong = {**report.missing, **report.damaged}
    if not wrong:
        return
    with database.reading(actor) as session:
        rows = session.execute(
            select(Document.sha256, Document.title, Document.id)
            .where(Document.sha256.in_(list(wrong)[:_AT_ONCE]))
            .order_by(Document.id)
        )
        for name, title, key in rows:
            wrong[name].append(f"{title}（{key}）")
