"""Bring a database's schema up, down, and say whether it is what the code expects."""

import warnings
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text
from sqlalchemy.schema import SchemaItem

from kernel.columns import ON_POSTGRESQL
from kernel.database import Database
from migrations import walls
from migrations.search_sources import SHADOWS
from migrations.tables import METADATA

_HERE = Path(__file__).parent
_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '10s'"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    return config


def expected_revision() -> str | None:
    """The newest revision that this code brings."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def current_revision(database: Database) -> str | None:
    """The revision the database is at, None when it is empty or not there; makes no file."""
    path = database.embedded_file()
    if path is not None and not path.exists():
        return None
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, revision: str = "head", app_role: str | None = None) -> None:
    """Run the migrations up to ``revision`` in one transaction.

    ``app_role`` is the role that the service connects as, where it is not the schema's owner; it
    gets its rights on what is there then. Raises ``InputError`` when the server knows no such role.
    """
    _run(database, revision, app_role, up=True)


def downgrade(database: Database, revision: str = "base") -> None:
    """Run the migrations down to ``revision`` in one transaction."""
    _run(database, revision, None, up=False)


def _run(database: Database, revision: str, app_role: str | None, *, up: bool) -> None:
    config = _config()
    if path := database.embedded_file():
        path.parent.mkdir(parents=True, exist_ok=True)
    writer = database.engine.execution_options(sqlite_begin="IMMEDIATE")
    with writer.begin() as connection:
        if not database.is_sqlite:
            # Two nodes starting together: the second waits, then finds nothing to do.
            connection.execute(text(_LOCK_TIMEOUT))
            connection.execute(text("SELECT pg_advisory_xact_lock(7041776)"))
        walls.take_down(connection)
        config.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(config, revision)
        walls.put_up(connection, app_role)


def drift(database: Database) -> list[str]:
    """What the models and the database disagree on, CHECK constraints included; empty is good."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": _is_ours,
                "include_object": _is_made if database.is_sqlite else None,
            },
        )
        with warnings.catch_warnings():
            # PostgreSQL rewrites a generated column's expression, so the texts never match; what
            # such columns hold is checked by the tests of the rules that read them.
            warnings.filterwarnings("ignore", "Computed default on", UserWarning)
            warnings.filterwarnings("ignore", "autogenerate skipping metadata", UserWarning)
            differences = [repr(difference) for difference in compare_metadata(context, METADATA)]
        differences += walls.drift(connection)
    return differences + _check_drift(database)


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """SQLite's full-text table is no table of the models: triggers keep it."""
    return kind != "table" or name not in SHADOWS


def _is_made(made: SchemaItem, _name: str | None, _kind: str, _there: bool, _other: object) -> bool:
    """Alembic does not ask whether an index is for PostgreSQL alone."""
    return not made.info.get(ON_POSTGRESQL)


def _check_drift(database: Database) -> list[str]:
    """Alembic does not compare CHECK constraints: compare their names table by table."""
    found = inspect(database.engine)
    problems = []
    for table in METADATA.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        present = {str(check["name"]) for check in found.get_check_constraints(table.name)}
        problems += [f"{table.name}: CHECK {name} missing" for name in sorted(wanted - present)]
        problems += [f"{table.name}: CHECK {name} unknown" for name in sorted(present - wanted)]
    return problems
