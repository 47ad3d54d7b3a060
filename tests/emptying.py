"""Empty a database as its owner: between tests on PostgreSQL, between examples of one test on both."""

from collections.abc import Iterable

from sqlalchemy import Connection, Table, delete, text

from kernel.database import Database
from migrations.tables import METADATA

KEPT = ("audit_", "trail_context")
"""The trail refuses to be emptied, and SQLite's row of who writes now must be there."""
_DELETE_ALL = """
DO $$
DECLARE name text; filled boolean;
BEGIN
  FOREACH name IN ARRAY ARRAY[{names}] LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
END $$
"""


def empty(owned: Database) -> None:
    tables = [table for table in METADATA.sorted_tables if not table.name.startswith(KEPT)]
    with owned.engine.begin() as connection:
        if owned.is_sqlite:
            for table in reversed(tables):
                connection.execute(delete(table))
        else:
            _delete_all(connection, tables)


def empty_with_trail(owned: Database) -> None:
    """PostgreSQL alone: the trail, too, and its numbers begin anew."""
    with owned.engine.begin() as connection:
        _delete_all(connection, METADATA.sorted_tables)
        connection.execute(text("ALTER SEQUENCE audit_entry_id_seq RESTART"))


def _delete_all(connection: Connection, tables: Iterable[Table]) -> None:
    # The superuser that owns the tables may tell triggers and foreign keys to sleep. A TRUNCATE of
    # ninety tables, most of them empty, took twenty times as long.
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    names = ", ".join(f"'{table.name}'" for table in tables)
    connection.execute(text(_DELETE_ALL.format(names=names)))
