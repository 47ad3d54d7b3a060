"""The application as a browser meets it, and a ledger that holds a sample."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

import samples
from kernel.database import Database
from tests.web import web_client
from tests.workbooks import bring_in


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    return web_client(database, tmp_path)


@pytest.fixture
def hami(database: Database) -> Database:
    """A ledger that holds the Hami sample."""
    assert bring_in(database, samples.path("hami-2023")).errors == ()
    return database
