"""Sessions on SQLite (WAL, foreign keys, busy timeout) and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session

from kernel.access.actor import Actor
from kernel.cause import AT_THE_MACHINE, Cause
from kernel.events import EventBus
from kernel.keys import new_key
from kernel.tenant import bind_tenant

BUSY_TIMEOUT_MS = 15_000
_BEGIN_OPTION = "sqlite_begin"
_PATIENCE_OPTION = "sqlite_patience_ms"

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table; constraints are named so that a migration can find them."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class Database:
    """One database and the ways to open a session on it."""

    def __init__(self, address: str, bus: EventBus | None = None, *, pool_size: int = 5) -> None:
        self.url: URL = make_url(address)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(self.url, pool_size)
        self._bus = bus
        # SQLite: a transaction that starts deferred and writes later fails with "locked" at once,
        # whatever the busy timeout; writers therefore begin IMMEDIATE.
        self._writer = self.engine.execution_options(**{_BEGIN_OPTION: "IMMEDIATE"})
        # PostgreSQL: a page of several statements must not see a commit between two of them.
        # (SQLite has no such level, nor needs one: a transaction there always sees one moment.)
        snapshot = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**snapshot)
        self._snapshot_writer = self._writer.execution_options(**snapshot)

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[Session]:
        """A session for what the actor reads: one consistent snapshot, nothing is committed."""
        with Session(self._reader, autoflush=False) as session:
            bind_tenant(session, actor, AT_THE_MACHINE, writes=False)
            yield session

    @contextmanager
    def writing(
        self,
        actor: Actor,
        cause: Cause = AT_THE_MACHINE,
        *,
        snapshot: bool = False,
        patience_ms: int | None = None,
    ) -> Iterator[Session]:
        """A session for one transaction of the actor: committed at the end, rolled back on any error.

        The trail says of each change in it who made it and of what cause. With ``snapshot`` all its
        statements see one moment, and a row that somebody else changes meanwhile makes it fail.
        ``patience_ms`` is how long it waits for SQLite's one writer before ``OperationalError``; as
        every connection does unless given.
        """
        engine = self._snapshot_writer if snapshot else self._writer
        if patience_ms is not None:
            engine = engine.execution_options(**{_PATIENCE_OPTION: patience_ms})
        with Session(engine, expire_on_commit=False) as session, session.begin():
            bind_tenant(session, actor, cause, writes=True)
            if self._bus is not None:
                self._bus.attach(session)
            yield session

    @contextmanager
    def rehearsing(self, actor: Actor) -> Iterator[Session]:
        """A session that writes and is always rolled back: what would happen, truly tried."""
        with Session(self._writer, expire_on_commit=False) as session:
            bind_tenant(session, actor, AT_THE_MACHINE, writes=True)
            if self._bus is not None:
                self._bus.attach(session)
            yield session
            session.rollback()

    def embedded_file(self) -> Path | None:
        """The file of an embedded database; None for a server or for one in memory."""
        path = self.url.database
        return Path(path) if self.is_sqlite and path and path != ":memory:" else None

    def dispose(self) -> None:
        """Close the pooled connections."""
        self.engine.dispose()


def _engine(url: URL, pool_size: int) -> Engine:
    if url.get_backend_name() == "sqlite":
        # An error that told its parameters would carry them into the log.
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # jit off: compiling costs a second where the statement takes milliseconds.
    # prepare_threshold None: prepared statements break behind a transaction pooler.
    return create_engine(
        url,
        pool_size=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"prepare_threshold": None, "options": "-c timezone=UTC -c jit=off"},
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.create_function("new_key_hex", 0, lambda: new_key().hex)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    kind, patience = options.get(_BEGIN_OPTION, "DEFERRED"), options.get(_PATIENCE_OPTION)
    if patience is None:
        connection.exec_driver_sql(f"BEGIN {kind}")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience)}")
    try:
        connection.exec_driver_sql(f"BEGIN {kind}")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
