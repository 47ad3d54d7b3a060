"""The ledger of ``cast`` in a database that is put back as it was after each change."""

import os
import shutil
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from flask import Flask
from sqlalchemy.engine import make_url

import samples
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.storage.disk import DiskContents
from kernel.storage.staging import stage
from monitor.imports.folder import ImportFolder
from monitor.imports.starting import Bureau
from monitor.wiring import event_bus
from tests import postgres
from tests.access.cast import ANONYMOUS, Cast, fill
from tests.access.extent import Extent
from tests.access.requests import address_of, sent_with
from tests.access.routes import Route, routes
from tests.web import COOKIE, stranger

CHANGED_NOTHING = {401, 403, 404, 405}
"""Any other answer to a change may have left a trace, a refused sign-in's count for one."""


@dataclass
class Stage:
    """An application on a database, and the copy from which the database is restored."""

    database: Database
    app: Flask
    cast: Cast
    copy: str

    def status(self, route: Route, who: str) -> int:
        """What the route answers to somebody, on the ledger as it was at first."""
        # A client of its own: what one was told to keep must not go with the next request.
        client = self.app.test_client()
        if who != ANONYMOUS:
            client.set_cookie(COOKIE, self.cast.cookies[who])
        # An import that is begun would go on beside the next request, in a database put back.
        with patch.object(Bureau, "_start"):
            answer = client.open(
                address_of(route, self.cast.keys),
                method=route.method,
                **sent_with(route, self.cast.keys),
            )
        answer.get_data()
        answer.close()
        if route.method != "GET" and answer.status_code not in CHANGED_NOTHING:
            self.restore()
        return answer.status_code

    def restore(self) -> None:
        """Put the database back as it was."""
        path = Path(str(self.database.url.database))
        log = Path(f"{path}-wal")
        if self.database.is_sqlite and log.exists() and log.stat().st_size == 0:
            return  # nothing was committed since; a new connection would read the schema again
        self.database.dispose()
        if self.database.is_sqlite:
            for leftover in (f"{path}-wal", f"{path}-shm"):
                Path(leftover).unlink(missing_ok=True)
            shutil.copy(self.copy, path)
        else:
            base, name = _server_and_name(self.database)
            postgres.create_database(base, name, template=self.copy)


def set_up(address: str, owner: str | None, data_dir: Path) -> Stage:
    """Fill an empty, migrated database; ``owner`` is its owner's address (None: SQLite)."""
    filled = Database(address, event_bus())
    with filled.writing(LOCAL_OPERATOR) as session:
        cast = fill(session)
    DiskContents(data_dir / "documents").keep(stage(BytesIO(cast.content), len(cast.content)))
    with samples.path("hami-2023").open("rb") as file:
        ImportFolder.of(data_dir).keep(UUID(cast.keys["run_id"]), "台账.xlsx", file)
    if owner is None:
        with filled.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        filled.dispose()
        copy = f"{filled.url.database}.copy"
        shutil.copy(str(filled.url.database), copy)
        database = Database(address, event_bus())
    else:
        filled.dispose()
        base, name = _server_and_name(filled)
        copy = f"{name}_copy"
        postgres.create_database(base, copy, template=name)
        work = postgres.create_database(base, f"{name}_work", template=copy)
        database = Database(postgres.as_app_role(work), event_bus())
    app = stranger(database, data_dir).application
    app.config["WTF_CSRF_METHODS"] = []  # the form token has tests of its own
    return Stage(database, app, cast, copy)


def actual_table(stage: Stage, extent: Extent) -> dict[Route, dict[str, int]]:
    """What every route of the extent answers to those whom it asks for."""
    table = {}
    for route in routes(stage.app):
        asked = extent.asked(route)
        if not asked:
            continue
        if route.method != "GET":
            stage.restore()  # a page that begins something for its reader leaves a trace, too
        table[route] = {who: stage.status(route, who) for who in asked}
    return table


def _server_and_name(database: Database) -> tuple[str, str]:
    base = os.environ[postgres.VARIABLE]
    return base, str(make_url(database.url).database)


def drop(stage: Stage) -> None:
    """Remove what was made beside the test's own database."""
    stage.database.dispose()
    if not stage.database.is_sqlite:
        base, name = _server_and_name(stage.database)
        for made in (name, stage.copy):
            postgres.drop_database(base, made)
