"""A clerk of the zone and an overseer of the bureau, at one application."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.people import session_token
from tests.step_ledger import StepLedger, fill
from tests.web import COOKIE, NOW, client_as


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


@pytest.fixture
def clerk(database: Database, tmp_path: Path, ledger: StepLedger) -> FlaskClient:
    client = client_as(database, tmp_path, ledger.users["clerk"])
    client.application.config["WTF_CSRF_METHODS"] = ()
    return client


@pytest.fixture
def overseer(database: Database, ledger: StepLedger, clerk: FlaskClient) -> FlaskClient:
    """At the same application as the clerk."""
    client: FlaskClient = clerk.application.test_client()
    with database.writing(LOCAL_OPERATOR) as session:
        client.set_cookie(COOKIE, session_token(session, ledger.users["overseer"], NOW))
    return client
