"""Who makes the changes of these tests, and the entries that they left."""

from typing import Any

from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.cause import Cause
from kernel.database import Database
from kernel.trail.models import AuditEntry

PERSON = Actor("zhang", everything=True)
CAUSE = Cause("10.1.2.3", "request-7", "录错金额")


def entries(database: Database, **wanted: Any) -> list[AuditEntry]:
    with database.reading(LOCAL_OPERATOR) as session:
        found = select(AuditEntry).filter_by(**wanted).order_by(AuditEntry.id)
        return list(session.scalars(found))
