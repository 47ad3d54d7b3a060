"""What the triggers note: every change of every row, whoever makes it and however."""

from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.trail.models import AuditEntry
from kernel.trail.record import record
from tests.ledger import city


def test_a_change_is_noted_with_who_made_it(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        record(session, "read", "x", "y", {"a": 1, "secret": "s"})
    with database.writing(LOCAL_OPERATOR) as session:
        bureau = session.merge(place.bureau)
        bureau.short_name = "局"
    with database.reading(LOCAL_OPERATOR) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert len(entries) == 9
