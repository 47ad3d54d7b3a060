"""The schema comes up, goes down and comes up again, with no drift from the models."""

from sqlalchemy import inspect

from kernel.database import Database
from migrations.schema import current_revision, downgrade, drift, expected_revision, upgrade
from payments.models import Settlement


def test_up_down_up_without_drift(database: Database) -> None:
    assert current_revision(database) == expected_revision()
    downgrade(database)
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    upgrade(database)
    assert drift(database) == []


def test_drift_names_what_differs(database: Database) -> None:
    indexes = Settlement.metadata.tables["settlement"].indexes
    index = next(index for index in indexes if index.name == "ix_settlement_unpaid")
    index.drop(database.engine)
    try:
        assert any("ix_settlement_unpaid" in line for line in drift(database))
    finally:
        index.create(database.engine)
