"""The schema comes up, goes down and comes up again, with no drift from the models."""

from sqlalchemy import inspect

from kernel.database import Database
from migrations.schema import current_revision, downgrade, drift, expected_revision, upgrade
from payments.models import Settlement
from tests import postgres


def app_role(owned: Database) -> str | None:
    return None if owned.is_sqlite else postgres.APP_ROLE


def test_up_down_up_without_drift(owned: Database) -> None:
    assert current_revision(owned) == expected_revision()
    downgrade(owned)
    assert set(inspect(owned.engine).get_table_names()) <= {"alembic_version"}
    upgrade(owned, app_role=app_role(owned))
    assert drift(owned) == []


def test_drift_names_what_differs(owned: Database) -> None:
    indexes = Settlement.metadata.tables["settlement"].indexes
    index = next(index for index in indexes if index.name == "ix_settlement_unpaid")
    index.drop(owned.engine)
    try:
        assert any("ix_settlement_unpaid" in line for line in drift(owned))
    finally:
        index.create(owned.engine)
