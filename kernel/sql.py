"""All that differs between SQLite and PostgreSQL: keys made in SQL, JSON, upserts, locks."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    String,
    Table,
    Uuid,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from kernel.columns import JsonValue

_PG_NEW_KEY = (
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing "
    "substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) "
    "from 1 for 6), 52, 1), 53, 1), 'hex')::uuid"
)


class new_key(GenericFunction[UUID]):  # noqa: N801 — named as the SQL function it renders
    """A UUIDv7 made by the database, for rows that do not pass through Python."""

    type = Uuid()
    inherit_cache = True


@compiles(new_key, "postgresql")
def _pg_new_key(element: new_key, compiler: SQLCompiler, **kw: Any) -> str:
    return _PG_NEW_KEY


@compiles(new_key, "sqlite")
def _sqlite_new_key(element: new_key, compiler: SQLCompiler, **kw: Any) -> str:
    return "new_key_hex()"


class json_facts(GenericFunction[Any]):  # noqa: N801 — named as the SQL function it renders
    """A JSON object from alternating names and columns."""

    type = JsonValue
    inherit_cache = True


@compiles(json_facts, "postgresql")
def _pg_json(element: json_facts, compiler: SQLCompiler, **kw: Any) -> str:
    return f"jsonb_build_object({compiler.process(element.clauses, **kw)})"


@compiles(json_facts, "sqlite")
def _sqlite_json(element: json_facts, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_object({compiler.process(element.clauses, **kw)})"


def facts(**columns: Any) -> ColumnElement[Any]:
    """Build a JSON object of named columns; dates become ISO text on both databases."""
    parts: list[ColumnElement[Any]] = []
    for name, column in columns.items():
        parts.append(cast(literal(name, String, literal_execute=True), String))
        parts.append(column)
    return json_facts(*parts)


def inline(column: Any, value: Any) -> ColumnElement[Any]:
    """``value`` written into the statement, typed as ``column``.

    A partial index is used only where its condition can be proved, and SQLite proves nothing
    about a bound value.
    """
    return literal(value, column.type, literal_execute=True)


def upsert(session: Session, table: Table) -> Any:
    """An INSERT of the session's dialect, which has ``on_conflict_do_update``."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def lock_transaction(session: Session, name: str) -> bool:
    """Take a lock that ends with the transaction; False when another transaction holds it.

    On SQLite a writing transaction is already alone.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    taken = session.scalar(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
    )
    return bool(taken)


def wait_for_lock(session: Session, name: str) -> None:
    """Wait for a lock that ends with the transaction; a writer on SQLite already has waited."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
        )


def is_busy(error: OperationalError) -> bool:
    """SQLite's writer is another one, still after the busy timeout."""
    original = error.orig
    return (
        isinstance(original, sqlite3.OperationalError)
        and original.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    )


def among(
    session: Session, column: SQLColumnExpression[Any], values: Iterable[str | UUID]
) -> ColumnElement[bool]:
    """``column`` is one of ``values``, of which there may be any number: they are one parameter."""
    listed = list(values)
    if not listed:
        return false()
    if session.get_bind().dialect.name == "postgresql":
        kind = postgresql.ARRAY(Uuid() if isinstance(listed[0], UUID) else String())
        return column == any_(cast(literal(listed, kind), kind))
    plain = json.dumps([value.hex if isinstance(value, UUID) else value for value in listed])
    return column.in_(select(func.json_each(plain).table_valued("value").c.value))


def gathered(
    session: Session, column: SQLColumnExpression[Any], ids: Select[UUID]
) -> ColumnElement[bool]:
    """``column`` is one of the ids that a select gives; PostgreSQL gathers them before all else.

    In a join it takes what a row policy costs for the cost of each lookup, and would rather ask the
    policy of every row than look up the few.
    """
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(func.array(ids.scalar_subquery(), type_=postgresql.ARRAY(Uuid())))
    return column.in_(ids)


def in_chunks(values: Sequence[Any], size: int = 500) -> list[Sequence[Any]]:
    """Cut a long list of bound values: SQLite takes 32,766 in a statement, PostgreSQL 65,535."""
    return [values[start : start + size] for start in range(0, len(values), size)]


def names_field(assumed: SQLColumnExpression[Any], field: str) -> ColumnElement[bool]:
    """The JSON list ``assumed`` of a record holds ``field``: its text is alike on both databases."""
    return cast(assumed, String).contains(f'"{field}"', autoescape=True)


def contains(column: SQLColumnExpression[Any], words: str) -> ColumnElement[bool]:
    """Case-insensitive search for ``words`` as typed: ``%`` and ``_`` mean themselves."""
    return func.lower(column).contains(words.lower(), autoescape=True)


class add_days(GenericFunction[date]):  # noqa: N801 — named as the SQL function it renders
    """A date column moved by a whole number of days (may be negative)."""

    type = Date()
    inherit_cache = True


@compiles(add_days, "postgresql")
def _pg_add_days(element: add_days, compiler: SQLCompiler, **kw: Any) -> str:
    day, count = element.clauses
    return f"({compiler.process(day, **kw)} + CAST({compiler.process(count, **kw)} AS integer))"


@compiles(add_days, "sqlite")
def _sqlite_add_days(element: add_days, compiler: SQLCompiler, **kw: Any) -> str:
    day, count = element.clauses
    return f"date({compiler.process(day, **kw)}, {compiler.process(count, **kw)} || ' days')"


class as_json(GenericFunction[Any]):  # noqa: N801 — named as the SQL function it renders
    """A JSON column as JSON inside ``facts``: SQLite keeps JSON as text and would quote it."""

    type = JsonValue
    inherit_cache = True


@compiles(as_json, "postgresql")
def _pg_as_json(element: as_json, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(as_json, "sqlite")
def _sqlite_as_json(element: as_json, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json({compiler.process(element.clauses, **kw)})"


def earliest(first: ColumnElement[Any], second: ColumnElement[Any]) -> ColumnElement[Any]:
    """The earlier of two dates, the other where one is NULL."""
    return case((or_(second.is_(None), first <= second), first), else_=second)
