"""Triggers that keep the search index in step with the data, whoever changes it.

In the database, like those of the tree: an import, a page and a hand-run statement all change what
is to be found.
"""

from sqlalchemy import Connection, inspect, text

from migrations import search_postgresql, search_sqlite
from migrations.search_sources import SOURCES, TABLE

_PREFIX = "search_"


def put_up(connection: Connection) -> None:
    """Make the triggers, and the entries of rows that were written while there were none."""
    if not inspect(connection).has_table(TABLE):
        return
    if connection.dialect.name == "sqlite":
        statements = list(search_sqlite.statements().values())
        missing = search_sqlite.missing_rows
    else:
        schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
        functions = search_postgresql.functions(schema)
        statements = [
            made.replace("%", "%%")
            for made in (*functions.values(), *search_postgresql.triggers().values())
        ]
        missing = search_postgresql.missing_rows
    for statement in statements:
        connection.exec_driver_sql(statement)
    for kind, source in SOURCES.items():
        gone = f"NOT EXISTS (SELECT 1 FROM {source.table} AS x WHERE x.id = {TABLE}.record_id)"
        connection.exec_driver_sql(f"DELETE FROM {TABLE} WHERE kind = '{kind}' AND {gone}")
        connection.exec_driver_sql(missing(kind))


def take_down(connection: Connection) -> None:
    """Drop the triggers where they are, and on PostgreSQL the functions."""
    if connection.dialect.name == "sqlite":
        for name in _triggers_up(connection):
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    for signature in connection.execute(text(_FUNCTIONS_UP)).scalars().all():
        connection.exec_driver_sql(f"DROP FUNCTION {signature} CASCADE")


def drift(connection: Connection) -> list[str]:
    """Triggers and functions that are missing or unknown; on SQLite also those that differ."""
    up = _triggers_up(connection)
    if connection.dialect.name == "sqlite":
        wanted = search_sqlite.statements()
        differing = [
            f"trigger {name} differs" for name in up if wanted.get(name) not in {up[name], None}
        ]
    else:
        wanted = search_postgresql.triggers()
        made = {
            name.partition("(")[0] for name in connection.execute(text(_FUNCTIONS_UP)).scalars()
        }
        lacking = search_postgresql.functions("public").keys() - made
        differing = [f"function {name} missing" for name in sorted(lacking)]
    missing = [f"trigger {name} missing" for name in sorted(wanted.keys() - up.keys())]
    unknown = [f"trigger {name} unknown" for name in sorted(up.keys() - wanted.keys())]
    return missing + unknown + differing


_FUNCTIONS_UP = (
    "SELECT oid::regprocedure::text FROM pg_proc WHERE starts_with(proname, 'search_') "
    "AND pronamespace = current_schema()::regnamespace"
)


def _triggers_up(connection: Connection) -> dict[str, str]:
    query = (
        "SELECT name, sql AS made FROM sqlite_master WHERE type = 'trigger' "
        f"AND substr(name, 1, {len(_PREFIX)}) = '{_PREFIX}'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname AS name, '' AS made FROM pg_trigger "
        f"WHERE starts_with(tgname, '{_PREFIX}') AND NOT tgisinternal"
    )
    return {row.name: row.made for row in connection.execute(text(query))}
