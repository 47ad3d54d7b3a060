"""A bureau with a clerk, a sibling department, a programme and vendors, to write contracts in."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from contracts.models import Organisation, OrganisationKind, Programme, Vendor
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.access.roles import Role
from kernel.database import Database
from people.actors import actor_of
from tests.ledger import WHO, city
from tests.people import person
from tests.web import TODAY, client_as


@dataclass(frozen=True)
class Scene:
    """Keys of what a contract can be made of, and who makes it."""

    bureau: UUID
    sibling: UUID
    programme: UUID
    other_programme: UUID
    vendor: UUID
    partner: UUID
    clerk: Actor
    user_id: UUID

    def new(self, **given: Any) -> dict[str, Any]:
        """A new contract as the API takes it."""
        return {
            "number": "HT-1",
            "name": "隐患排查服务",
            "purchaser_id": str(self.bureau),
            "vendor_id": str(self.vendor),
            "programme_id": str(self.programme),
            "total": "1000000.00",
            "awarded_on": "2023-02-01",
            "service_start": "2023-03-01",
            "service_end": "2024-02-29",
            **given,
        }


def scene(database: Database) -> Scene:
    """Write the organisations, programmes, vendors and the bureau's clerk."""
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        sibling = Organisation(
            code="甲市-2",
            name="甲市工业和信息化局",
            short_name="工信局",
            kind=OrganisationKind.DEPARTMENT,
            parent_id=place.bureau.parent_id,
            **WHO,
        )
        partner = Vendor(name="甲市检测有限公司", **WHO)
        session.add_all([sibling, partner])
        session.flush()
        other = Programme(
            code="甲市-工信", name="工信第三方服务", fiscal_year=2023, lead_id=sibling.id, **WHO
        )
        session.add(other)
        session.flush()
        clerk = person(session, "clerk", (Role.CLERK, place.bureau.id))
        actor = actor_of(session, clerk.id, TODAY)
        assert actor is not None
        return Scene(
            place.bureau.id,
            sibling.id,
            place.programme.id,
            other.id,
            place.vendor.id,
            partner.id,
            actor,
            clerk.id,
        )


def clerks_client(
    database: Database, data_dir: Path, told: Scene, today: date = TODAY
) -> FlaskClient:
    """A client signed in as the bureau's clerk."""
    return client_as(database, data_dir, told.user_id, today)
