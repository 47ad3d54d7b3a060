"""What stands beside the tables: triggers, row policies and the application role's rights.

They are taken down before migrations run and put up afterwards for the schema that is then there,
so that a migration that rebuilds a table (Alembic's batch mode) loses none, and none outlives the
columns it was made for.
"""

from sqlalchemy import Connection, inspect

from migrations import (
    rights,
    row_policies,
    search_triggers,
    trail_triggers,
    tree_triggers,
    undo_function,
    version_triggers,
)

FIRST_REVISION_TABLE = "organisation_ancestor"
"""A schema without this table is older than any wall."""


def take_down(connection: Connection) -> None:
    """Drop all walls that are up."""
    trail_triggers.take_down(connection)
    version_triggers.take_down(connection)
    search_triggers.take_down(connection)
    tree_triggers.take_down(connection)
    row_policies.take_down(connection)
    undo_function.take_down(connection)


def put_up(connection: Connection, app_role: str | None) -> None:
    """Put up all walls for the schema that is there; ``app_role`` gets its rights (PostgreSQL)."""
    if not inspect(connection).has_table(FIRST_REVISION_TABLE):
        return
    tree_triggers.put_up(connection)
    version_triggers.put_up(connection)
    search_triggers.put_up(connection)
    trail_triggers.put_up(connection)
    row_policies.put_up(connection)
    undo_function.put_up(connection)
    if app_role is not None:
        rights.grant(connection, app_role)


def drift(connection: Connection) -> list[str]:
    """What is missing of the walls; empty is good."""
    return (
        tree_triggers.drift(connection)
        + version_triggers.drift(connection)
        + search_triggers.drift(connection)
        + trail_triggers.drift(connection)
        + row_policies.drift(connection)
        + undo_function.drift(connection)
    )
