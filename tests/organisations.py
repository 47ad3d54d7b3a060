"""Organisations of a test: put in, and moved."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.models import Organisation, OrganisationKind
from contracts.organisations.changes import move_organisation
from contracts.organisations.schemas import OrganisationMove
from kernel.access.actor import LOCAL_OPERATOR
from tests.clocks import StoppedClock
from tests.ledger import WHO

TODAY = date(2023, 12, 31)
CLOCK = StoppedClock(datetime(2023, 12, 31, 4, tzinfo=UTC), TODAY)


def place(session: Session, name: str, parent: UUID | None = None) -> UUID:
    added = Organisation(
        code=name, name=name, kind=OrganisationKind.DEPARTMENT, parent_id=parent, **WHO
    )
    session.add(added)
    session.flush()
    return added.id


def move(session: Session, key: UUID, parent: UUID | None, on: date = TODAY) -> None:
    seen = session.get_one(Organisation, key, populate_existing=True).version
    wanted = OrganisationMove(parent_id=parent, valid_from=on)
    move_organisation(session, LOCAL_OPERATOR, CLOCK, key, wanted, seen)
