"""Contracts with milestones, payments, plans, rounds, alerts and messages, and a way to ask for them."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select

from alerts.messages import compose
from alerts.scan import run_scan
from contracts.plan_standings import PlanDates
from contracts.service_models import RoundKind, ServiceRound
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB
from kernel.database import Database
from kernel.keys import new_key
from kernel.settings import Settings
from monitor.wiring import rules
from payments.models import Milestone, Payment
from payments.settling import settle_contracts
from tests.alert_ledger import channel
from tests.clocks import StoppedClock
from tests.ledger import WHO, ContractSpec, MilestoneSpec, city, contract
from tests.web import NOW

RESOURCES = ("organisations", "programmes", "vendors", "contracts", "milestones", "payments",
             "rounds", "plans", "alerts", "deliveries")  # fmt: skip
BEGINS = date(2023, 3, 1)


def spec(paid: str = "200000.00") -> ContractSpec:
    """Half a million due on 10 May, some of it paid on 20 May; a plan handed in late."""
    return ContractSpec(
        BEGINS,
        [
            MilestoneSpec(
                Decimal("500000.00"), date(2023, 5, 10), [(date(2023, 5, 20), Decimal(paid))]
            ),
            MilestoneSpec(Decimal("500000.00"), date(2023, 12, 29)),
        ],
        [PlanDates(1, date(2023, 4, 1), date(2023, 4, 10)), PlanDates(2, date(2023, 4, 20))],
    )


def scan(database: Database, *days: date) -> None:
    for day in days:
        run_scan(database, StoppedClock(NOW, day), day, SCAN_JOB, rules(Settings()))


def fill(database: Database, contracts: int) -> list[UUID]:
    """Contracts with milestones, plans, rounds, payments, alerts and a message each."""
    with database.writing(LOCAL_OPERATOR) as session:
        channel(session, "https://receiver.example/hook")
        keys = []
        for number in range(contracts):
            place = city(session, f"第{number}市")
            keys.append(contract(session, place, f"HT-{number}", spec()))
        session.add_all(
            ServiceRound(
                contract_id=key,
                number=1,
                kind=RoundKind.HAZARD_INSPECTION,
                started_on=date(2023, 6, 1),
                ended_on=date(2023, 6, 9),
                confirmed_on=date(2023, 6, 30),
                hazards_found=12,
                **WHO,
            )
            for key in keys
        )
    scan(database, date(2023, 5, 5), date(2023, 6, 15))
    compose(database, StoppedClock(NOW, date(2023, 6, 15)), "http://127.0.0.1:8000")
    return keys


def items(client: FlaskClient, path: str, **query: Any) -> list[dict[str, Any]]:
    response = client.get(f"/api/v1/{path}", query_string=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.get_json()["items"]
    return found


def pay(database: Database, contract_id: UUID, day: date, amount: str) -> UUID:
    """Pay of the first milestone, or take a payment of that amount back when it is negative."""
    with database.writing(LOCAL_OPERATOR) as session:
        first = session.scalars(
            select(Milestone).where(Milestone.contract_id == contract_id, Milestone.number == 1)
        ).one()
        yuan = Decimal(amount)
        wrong = session.scalars(select(Payment).where(Payment.amount == -yuan)).first()
        paid = Payment(
            id=new_key(), contract_id=contract_id, milestone_id=first.id, paid_on=day, amount=yuan,
            reverses_id=wrong.id if wrong else None, **WHO,
        )  # fmt: skip
        session.add(paid)
        session.flush()
        settle_contracts(session, [contract_id])
        return paid.id
