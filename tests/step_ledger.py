"""A bureau that leads and pays, a zone that buys, a sibling, and the persons who take steps."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.models import (
    FIRST,
    Contract,
    ContractParty,
    Organisation,
    OrganisationKind,
    PartyRole,
)
from contracts.plan_standings import PlanDates
from contracts.service_models import ImplementationPlan, RoundKind, ServiceRound
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.access.roles import Role
from kernel.database import Database
from kernel.keys import new_key
from payments.models import Milestone, MilestoneKind, Trigger
from payments.settling import settle_contracts
from people.actors import actor_of
from tests.ledger import WHO, City, ContractSpec, city, contract
from tests.people import person
from tests.web import TODAY, client_as

BEGINS = date(2023, 3, 1)
PAID_ON = date(2023, 12, 1)
PERSONS: dict[str, tuple[tuple[Role, str], ...]] = {
    "clerk": ((Role.CLERK, "zone"),),
    "colleague": ((Role.CLERK, "zone"), (Role.CHECKER, "zone"), (Role.HEAD, "zone")),
    "checker": ((Role.CHECKER, "zone"),),
    "head": ((Role.HEAD, "zone"),),
    "bureau_clerk": ((Role.CLERK, "bureau"),),
    "bureau_head": ((Role.HEAD, "bureau"),),
    "sibling": ((Role.CLERK, "sibling"), (Role.CHECKER, "sibling"), (Role.HEAD, "sibling")),
    "above": ((Role.HEAD, "city"),),
    "overseer": ((Role.OVERSIGHT, "bureau"),),
    "auditor": ((Role.AUDITOR, "city"),),
}


@dataclass
class StepLedger:
    """Ids of what is there; ``paid_by_zone`` is bought and paid by the zone, the other by two."""

    organisations: dict[str, UUID]
    users: dict[str, UUID]
    paid_by_zone: UUID
    paid_by_bureau: UUID

    def actor(self, database: Database, name: str) -> Actor:
        with database.reading(LOCAL_OPERATOR) as session:
            found = actor_of(session, self.users[name], TODAY)
        assert found is not None
        return found


def fill(database: Database) -> StepLedger:
    """One plan handed in, one round ended, 首付款 at signing, 进度款 when round 1 is confirmed."""
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        organisations = {
            "city": _city(place),
            "bureau": place.bureau.id,
            "zone": _department(session, place, "高新区"),
            "sibling": _department(session, place, "工信局"),
        }
        users = {
            login: person(session, login, *((role, organisations[at]) for role, at in held)).id
            for login, held in PERSONS.items()
        }
        zone, bureau = organisations["zone"], organisations["bureau"]
        keys = [
            _bought(session, place, "HT-1", zone, zone),
            _bought(session, place, "HT-2", zone, bureau),
        ]
        return StepLedger(organisations, users, *keys)


def _city(place: City) -> UUID:
    assert place.bureau.parent_id is not None
    return place.bureau.parent_id


def _department(session: Session, place: City, name: str) -> UUID:
    key = new_key()
    session.add(
        Organisation(
            id=key,
            code=f"D-{name}",
            name=f"甲市{name}",
            short_name=name,
            kind=OrganisationKind.DEPARTMENT,
            parent_id=place.bureau.parent_id,
            **WHO,
        )
    )
    session.flush()
    return key


def _bought(session: Session, place: City, number: str, purchaser: UUID, payer: UUID) -> UUID:
    spec = ContractSpec(BEGINS, [], [PlanDates(1, date(2023, 2, 20))])
    key = contract(session, place, number, spec)
    for role, who in ((PartyRole.PURCHASER, purchaser), (PartyRole.PAYER, payer)):
        party = session.get(ContractParty, (key, role, FIRST))
        assert party is not None
        party.organisation_id = who
    session.get_one(Contract, key).purchaser_id = purchaser
    session.add(
        ServiceRound(
            contract_id=key,
            number=1,
            kind=RoundKind.HAZARD_INSPECTION,
            started_on=date(2023, 6, 1),
            ended_on=date(2023, 6, 9),
            **WHO,
        )
    )
    _milestone(session, key, 1, "首付款", Trigger.SIGNING, "400000.00")
    _milestone(session, key, 2, "进度款", Trigger.ROUND_CONFIRMED, "600000.00")
    session.flush()
    settle_contracts(session, [key])
    return key


def _milestone(
    session: Session, key: UUID, number: int, name: str, trigger: Trigger, amount: str
) -> None:
    session.add(
        Milestone(
            contract_id=key,
            number=number,
            name=name,
            kind=MilestoneKind.FIRST if number == 1 else MilestoneKind.PROGRESS,
            amount_given=Decimal(amount),
            trigger_kind=trigger,
            trigger_round=1 if trigger is Trigger.ROUND_CONFIRMED else None,
            days_allowed=30,
            **WHO,
        )
    )


def another_contract(database: Database, ledger: StepLedger, number: str) -> UUID:
    """One more contract that the zone buys and pays."""
    with database.writing(LOCAL_OPERATOR) as session:
        known = session.get_one(Contract, ledger.paid_by_zone)
        bureau = session.get_one(Organisation, ledger.organisations["bureau"])
        place = City(bureau, known.vendor, known.programme)
        zone = ledger.organisations["zone"]
        return _bought(session, place, number, zone, zone)


def milestone_id(database: Database, contract_id: UUID, number: int = 1) -> UUID:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalars(
            select(Milestone.id).where(
                Milestone.contract_id == contract_id, Milestone.number == number
            )
        ).one()


def plan_id(database: Database, contract_id: UUID) -> UUID:
    with database.reading(LOCAL_OPERATOR) as session:
        plans = select(ImplementationPlan.id).where(ImplementationPlan.contract_id == contract_id)
        return session.scalars(plans).one()


def round_id(database: Database, contract_id: UUID) -> UUID:
    with database.reading(LOCAL_OPERATOR) as session:
        rounds = select(ServiceRound.id).where(ServiceRound.contract_id == contract_id)
        return session.scalars(rounds).one()


def payment(
    database: Database, contract_id: UUID, amount: str = "30000.00", **more: Any
) -> dict[str, Any]:
    """A payment as it is sent to the API."""
    return {
        "kind": "payment",
        "contract_id": str(contract_id),
        "milestone_id": str(milestone_id(database, contract_id, more.pop("milestone", 1))),
        "amount": amount,
        "paid_on": PAID_ON.isoformat(),
        "voucher": "ZF-1",
        "payee": "甲市安全技术有限公司",
        **more,
    }


class Person:
    """Somebody who is signed in and uses the API from a page, with its form token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        text = client.get("/account").text
        self.token = text.split('name="csrf_token" value="')[1].split('"')[0]

    def post(self, path: str, body: Any, **headers: str) -> Any:
        sent = {"X-CSRFToken": self.token, **headers}
        return self.client.post(f"/api/v1/{path}", json=body, headers=sent)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}")


def people_of(database: Database, data_dir: Path, ledger: StepLedger, *logins: str) -> list[Person]:
    return [Person(client_as(database, data_dir, ledger.users[login])) for login in logins]
