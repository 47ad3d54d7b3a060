"""Triggers that keep the open version of each organisation equal to its current state.

In the database, because organisations are written by imports in bulk, by acts and by hand: no writer
can leave an organisation without a version or a version that contradicts it.
"""

from sqlalchemy import Connection, inspect, text

_BEGIN = """
INSERT INTO organisation_version (organisation_id, valid_from, valid_to, name, short_name, kind,
                                  parent_id, recorded_at, recorded_by)
VALUES (NEW.id, '1990-01-01', NULL, NEW.name, NEW.short_name, NEW.kind,
        NEW.parent_id, NEW.recorded_at, NEW.recorded_by)
"""
_FOLLOW = """
UPDATE organisation_version
SET name = NEW.name, short_name = NEW.short_name, kind = NEW.kind, parent_id = NEW.parent_id,
    recorded_at = NEW.recorded_at, recorded_by = NEW.recorded_by
WHERE organisation_id = NEW.id AND valid_to IS NULL
"""
_NAMES = ("version_begin", "version_follow")
_EVENTS = ("INSERT", "UPDATE OF name, short_name, kind, parent_id")


def put_up(connection: Connection) -> None:
    """Make the triggers where the schema has versions of organisations."""
    if not inspect(connection).has_table("organisation_version"):
        return
    for name, event, statement in zip(_NAMES, _EVENTS, (_BEGIN, _FOLLOW), strict=True):
        if connection.dialect.name == "sqlite":
            connection.execute(
                text(f"CREATE TRIGGER {name} AFTER {event} ON organisation BEGIN {statement}; END")
            )
            continue
        connection.execute(
            text(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                f"BEGIN {statement}; RETURN NULL; END $$"
            )
        )
        connection.execute(
            text(
                f"CREATE TRIGGER {name} AFTER {event} ON organisation "
                f"FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
        )


def take_down(connection: Connection) -> None:
    """Drop the triggers where they are."""
    for name in _NAMES:
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        else:
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}() CASCADE"))


def drift(connection: Connection) -> list[str]:
    """Triggers that are missing."""
    is_sqlite = connection.dialect.name == "sqlite"
    found = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    up = set(connection.execute(text(found)).scalars())
    return [f"trigger {name} missing" for name in _NAMES if name not in up]
