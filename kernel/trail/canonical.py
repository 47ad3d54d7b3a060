"""What is hashed of an entry and of a seal: one text for one content, on either database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, Text, cast
from sqlalchemy.orm import Session

BEGINNING = "0" * 64
"""What stands as the hash before the first seal."""

_INSTANTS = frozenset({"recorded_at", "sealed_at"})
_KEYS = frozenset({"contract_id", "organisation_id"})
_JSON = frozenset({"before", "after"})


def as_text(table: Table, prefix: str = "") -> Sequence[ColumnElement[Any]]:
    """Every column of a table as the text that stands there, labelled with its name.

    Whatever somebody wrote into it can be read so, a date that is none too.
    """
    return [cast(column, Text).label(prefix + column.name) for column in table.columns]


@contextmanager
def any_bytes(session: Session) -> Iterator[None]:
    """Let text be read that is no UTF-8: SQLite stores it, and it must stop no sealer."""
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    connection: Any = session.connection().connection.dbapi_connection
    connection.text_factory = lambda found: found.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str


def entry_digest(row: Mapping[str, str | None], columns: Sequence[Column[Any]]) -> str:
    """SHA-256 of an entry, read by ``as_text``.

    A column that is NULL is left out, so that one which a later release adds changes no seal.
    """
    return _hash({c.name: _plain(c.name, row[c.name]) for c in columns if row[c.name] is not None})


def seal_hash(position: int, entry_id: int, digest: str, previous: str, sealed_at: str) -> str:
    """SHA-256 of a seal's own columns, the hash of the seal before it among them."""
    return _hash(
        {
            "position": position,
            "entry_id": entry_id,
            "digest": digest,
            "previous": previous,
            "sealed_at": _plain("sealed_at", sealed_at),
        }
    )


def _plain(name: str, text: str | None) -> Any:
    """The same for the same content: the databases write instants, keys and JSON differently."""
    if text is None:
        return None
    try:
        if name in _INSTANTS:
            found = datetime.fromisoformat(text)
            aware = found if found.tzinfo else found.replace(tzinfo=UTC)
            return aware.astimezone(UTC).isoformat(timespec="microseconds")
        if name in _KEYS:
            return str(UUID(text))
        if name in _JSON:
            return json.loads(text, parse_float=_as_written, parse_int=_as_written)
    except (ValueError, OverflowError, RecursionError):
        pass
    return text


def _as_written(number: str) -> list[str]:
    return ["number", number]


def _hash(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
