"""Another program's connection to the test's database: raw, as its owner, and knowing nothing of us."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from kernel.database import Database

Run = Any


def owners_address(database: Database, request: pytest.FixtureRequest) -> str:
    if database.is_sqlite:
        return database.url.render_as_string(hide_password=False)
    address: str = request.getfixturevalue("owner_address")
    return address


@contextmanager
def by_hand(address: str) -> Iterator[Run]:
    """Run plain statements and commit; gives a function from a statement to its rows."""
    url = make_url(address)
    connection: Any
    if url.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(url.database))
    else:
        connection = psycopg.connect(
            host=url.host, port=url.port, user=url.username, dbname=url.database
        )
    with closing(connection):

        def run(statement: str) -> list[tuple[Any, ...]]:
            cursor = connection.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

        yield run
        connection.commit()


def tampering(run: Run, *, is_sqlite: bool) -> None:
    """Put the walls to sleep, as one who owns the database can."""
    if is_sqlite:
        for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'trigger' "
                           "AND name LIKE 'trail_refuse%'"):  # fmt: skip
            run(f'DROP TRIGGER "{name}"')
    else:
        run("SET session_replication_role = replica")
