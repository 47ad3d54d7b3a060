"""The triggers that write the trail, made for the tables and columns that are in the database."""

from sqlalchemy import Connection, inspect, text

from migrations import trail_postgresql, trail_sqlite
from migrations.trail_plan import watched_tables


def put_up(connection: Connection) -> None:
    """Make the triggers on all tables that are there; nothing before there is a trail."""
    if not inspect(connection).has_table("audit_entry"):
        return
    if connection.dialect.name == "postgresql":
        schema = inspect(connection).default_schema_name or "public"
        quoted = connection.dialect.identifier_preparer.quote(schema)
        for statement in trail_postgresql.functions(quoted):
            connection.execute(text(statement))
    for statement in _wanted(connection).values():
        connection.execute(text(statement))


def take_down(connection: Connection) -> None:
    """Drop the triggers where they are."""
    if connection.dialect.name == "postgresql":
        for name in ("trail_note", "trail_refuse"):
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}() CASCADE"))
        return
    for name in _found(connection):
        connection.execute(text(f'DROP TRIGGER "{name}"'))


def drift(connection: Connection) -> list[str]:
    """Triggers that are missing, switched off, unknown or not as this release makes them."""
    wanted, found = _wanted(connection), _found(connection)
    problems = [f"trigger {name} missing" for name in sorted(wanted.keys() - found.keys())]
    problems += [f"trigger {name} unknown" for name in sorted(found.keys() - wanted.keys())]
    if connection.dialect.name == "sqlite":
        both = sorted(wanted.keys() & found.keys())
        problems += [f"trigger {name} differs" for name in both if wanted[name] != found[name]]
        return problems
    problems += [f"trigger {name} switched off" for name in sorted(found) if found[name] == "D"]
    bodies = {"trail_note": trail_postgresql.NOTE, "trail_refuse": trail_postgresql.REFUSE}
    sources = connection.execute(
        text("SELECT proname, prosrc FROM pg_proc WHERE proname IN ('trail_note', 'trail_refuse')")
    )
    present: dict[str, str] = {row.proname: row.prosrc for row in sources}
    return problems + [f"function {n} differs" for n in bodies if present.get(n) != bodies[n]]


def _wanted(connection: Connection) -> dict[str, str]:
    tables = watched_tables(connection)
    if connection.dialect.name == "sqlite":
        return trail_sqlite.statements(tables)
    return trail_postgresql.statements(tables)


def _found(connection: Connection) -> dict[str, str]:
    """Our triggers by name: on SQLite with their text, on PostgreSQL with whether they are on."""
    query = text(
        "SELECT name, sql AS state FROM sqlite_master "
        "WHERE type = 'trigger' AND substr(name, 1, 6) = 'trail_'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname AS name, tgenabled::text AS state FROM pg_trigger "
        "WHERE starts_with(tgname, 'trail_') AND NOT tgisinternal"
    )
    return {row.name: row.state for row in connection.execute(query)}
