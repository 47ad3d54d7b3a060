"""The application as a browser meets it."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kernel.database import Database
from tests.web import web_client


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    return web_client(database, tmp_path)
