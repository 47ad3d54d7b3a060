"""Pages of a list by keyset: a page starts after the last key of the page before.

Rows that come or go between two pages shift nothing, and the last page costs what the first does.
"""

import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Row, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from kernel.errors import InputError
from kernel.fields import CursorText, Day, Instant, Limit, printable

T = TypeVar("T")
_LARGEST = 2**62
_NUMBER = literal(0)

AnySelect = Select[*tuple[Any, ...]]
Key = ColumnElement[Any] | InstrumentedAttribute[Any]
AnyRow = Row[*tuple[Any, ...]]


class RecordQuery(BaseModel):
    """What may be asked of one record. A parameter that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Day | None = Field(None, description="业务日期；缺省为服务的业务日期")


class PagedQuery(RecordQuery):
    """Which page of a list."""

    limit: Limit = Field(50, description="每页条数，1 至 200")
    cursor: CursorText | None = Field(None, description="上一页的 next")


class ListQuery(PagedQuery):
    """What may be asked of every list of records."""

    changed_since: Instant | None = Field(
        None,
        description="只要此刻（含）以后登记或修改过的，须带时区，如 2023-12-31T00:00:00Z",
    )


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="本页的记录")
    next: str | None = Field(description="下一页的游标；没有下一页时为 null")


def fetch_page(
    session: Session,
    statement: AnySelect,
    keys: Sequence[Key],
    wanted: PagedQuery,
    build: Callable[[AnyRow], T],
    *,
    newest_first: bool = False,
) -> Page[T]:
    """Read one page of ``statement`` in the order of ``keys`` (never NULL, together unique).

    One statement whatever the data. ``changed_since`` asks for the ``recorded_at`` of the record
    that the statement selects first: every edit of a record writes it anew. Raises ``InputError``
    naming ``cursor`` for a cursor that this list did not give.
    """
    if isinstance(wanted, ListQuery) and wanted.changed_since is not None:
        statement = statement.where(_recorded_at(statement) >= wanted.changed_since)
    mark = crc32(",".join(str(key) for key in keys).encode())
    if wanted.cursor is not None:
        after = tuple_(
            *(
                literal(value, key.type)
                for value, key in zip(_read(wanted.cursor, mark, keys), keys, strict=True)
            )
        )
        position = tuple_(*keys)
        statement = statement.where(position < after if newest_first else position > after)
    order = [key.desc() if newest_first else key.asc() for key in keys]
    rows = session.execute(
        statement.add_columns(*keys).order_by(*order).limit(wanted.limit + 1)
    ).all()
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    following = _write(mark, rows[-1][-len(keys) :]) if more else None
    return Page(items=[build(row) for row in rows], next=following)


def _recorded_at(statement: AnySelect) -> Key:
    """When the record selected first was written; ``AttributeError``: its list is a PagedQuery."""
    column: Key = statement.column_descriptions[0]["entity"].recorded_at
    return column


def _write(mark: int, values: Sequence[Any]) -> str:
    plain = [value if isinstance(value, int) else str(value) for value in values]
    text = json.dumps([mark, *plain], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, mark: int, keys: Sequence[Key]) -> list[Any]:
    try:
        found = json.loads(b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True))
        if not isinstance(found, list) or found[:1] != [mark]:
            raise ValueError
        return [
            _value(part, key.type.python_type) for part, key in zip(found[1:], keys, strict=True)
        ]
    except (ValueError, TypeError, RecursionError):
        raise InputError("cursor", "不是本列表给出的游标") from None


def _value(part: object, kind: type[Any]) -> Any:
    """The key's value; raises ``ValueError`` or ``TypeError`` when it cannot be one."""
    if issubclass(kind, int):
        if type(part) is int and abs(part) < _LARGEST:
            return part
        raise TypeError
    if not isinstance(part, str):
        raise TypeError
    readers: dict[type[Any], Callable[[str], Any]] = {
        UUID: UUID,
        date: date.fromisoformat,
        str: printable,
    }
    return readers[kind](part)


def number_cursor(name: str, number: int) -> str:
    """A cursor of the list called ``name`` whose order is that of numbers."""
    return _write(crc32(name.encode()), [number])


def read_number_cursor(name: str, cursor: str) -> int:
    """The number; raises ``InputError`` naming ``cursor`` for one that this list did not give."""
    number: int = _read(cursor, crc32(name.encode()), [_NUMBER])[0]
    return number
