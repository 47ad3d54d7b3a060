"""Empty a database as its owner: between tests on PostgreSQL, between examples of one test on both."""

from sqlalchemy import delete, text

from kernel.database import Database
from migrations.tables import METADATA

KEPT = ("audit_", "trail_context")
"""The trail refuses to be emptied, and SQLite's row of who writes now must be there."""


def empty(owned: Database) -> None:
    tables = [table for table in METADATA.sorted_tables if not table.name.startswith(KEPT)]
    with owned.engine.begin() as connection:
        if owned.is_sqlite:
            for table in reversed(tables):
                connection.execute(delete(table))
        else:
            names = ", ".join(f'"{table.name}"' for table in tables)
            # Ledgers refuse a TRUNCATE, which no row's trigger would see.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
