"""The read API tells of the ledger as it stood on the day asked about."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contracts.models import Contract, ContractTotal
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from payments.models import Milestone, MilestoneKind, Trigger
from tests.api_ledger import BEGINS, fill, items, pay, scan, spec
from tests.ledger import WHO, ContractSpec, city, contract
from tests.web import NOW, web_client


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    return web_client(database, tmp_path)


def test_a_contract_shows_its_money_as_of_a_day(client: FlaskClient, database: Database) -> None:
    [key] = fill(database, 1)
    [found] = items(client, "contracts")
    assert found["id"] == str(key)
    assert (found["total"], found["paid"], found["unpaid"]) == (
        "1000000.00", "200000.00", "800000.00",
    )  # fmt: skip
    assert (found["overdue"], found["overdue_count"]) == ("800000.00", 2)
    assert found["plan_state"] == "submitted"
    assert (
        found["purchaser"]["label"] == found["payer"]["label"] == found["lead"]["label"] == "应急局"
    )
    [then] = items(client, "contracts", as_of="2023-05-15")
    assert (then["paid"], then["overdue"], then["overdue_count"]) == ("0.00", "500000.00", 1)
    [returned] = items(client, "contracts", as_of="2023-04-10")
    assert (returned["overdue"], returned["plan_state"]) == ("0.00", "returned")
    assert items(client, "contracts", as_of="2023-02-28") == []
    assert client.get(f"/api/v1/contracts/{key}?as_of=2023-02-28").status_code == 404


def test_an_unknown_total_is_null_and_never_zero(client: FlaskClient, database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        contract(session, city(session), "HT-1", ContractSpec(BEGINS, total=None))
    [found] = items(client, "contracts")
    for name in ("total", "paid", "unpaid", "overdue"):
        assert found[name] is None, name


def test_a_contract_without_dates_is_listed_on_every_day(
    client: FlaskClient, database: Database
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = contract(session, city(session), "HT-1", ContractSpec(BEGINS))
        row = session.get_one(Contract, key)
        row.signed_on = row.service_start = None
    assert len(items(client, "contracts", as_of="1999-01-01")) == 1


def test_a_superseded_total_is_not_told(client: FlaskClient, database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = contract(session, city(session), "HT-1", ContractSpec(BEGINS))
        [wrong] = session.scalars(select(ContractTotal))
        wrong.superseded_at = NOW
        session.flush()
        session.add(
            ContractTotal(
                contract_id=key,
                valid_from=BEGINS,
                valid_to=date(2023, 7, 1),
                amount=Decimal("7.00"),
                **WHO,
            )
        )
        session.add(
            ContractTotal(
                contract_id=key, valid_from=date(2023, 7, 1), amount=Decimal("8.00"), **WHO
            )
        )
    assert items(client, "contracts")[0]["total"] == "8.00"
    assert items(client, "contracts", as_of="2023-06-30")[0]["total"] == "7.00"


@pytest.mark.parametrize(
    ("as_of", "states", "days"),
    [
        ("2023-05-10", ["payable", "payable"], None),
        ("2023-05-11", ["overdue", "payable"], 1),
        ("2023-05-20", ["overdue", "payable"], 10),
        ("2023-12-29", ["overdue", "payable"], 233),
        ("2023-12-30", ["overdue", "overdue"], 234),
    ],
)
def test_a_milestone_is_overdue_from_the_first_day_late(
    client: FlaskClient, database: Database, as_of: str, states: list[str], days: int | None
) -> None:
    fill(database, 1)
    found = items(client, "milestones", as_of=as_of)
    assert [item["state"] for item in found] == states
    assert found[0]["days_late"] == days
    assert [item["number"] for item in found] == [1, 2]


def test_a_milestone_paid_wholly_or_not_yet_payable(
    client: FlaskClient, database: Database
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        place = city(session)
        contract(session, place, "HT-1", spec(paid="500000.00"))
        key = contract(session, place, "HT-2", ContractSpec(BEGINS))
        session.add(
            Milestone(
                contract_id=key,
                number=1,
                name="尾款",
                kind=MilestoneKind.FINAL,
                share=Decimal("20"),
                trigger_kind=Trigger.ACCEPTANCE,
                **WHO,
            )
        )
    assert [m["state"] for m in items(client, "milestones", as_of="2023-06-01")] == [
        "paid", "payable", "not_due",
    ]  # fmt: skip
    assert len(items(client, "milestones", state="overdue", as_of="2023-12-30")) == 1
    assert items(client, "milestones", as_of="2023-06-01")[2]["share"] == "20"


def test_rounds_and_plans_are_told_as_they_stood(client: FlaskClient, database: Database) -> None:
    fill(database, 1)
    assert items(client, "rounds", as_of="2023-05-31") == []
    states = [
        items(client, "rounds", as_of=day)[0]["state"]
        for day in ("2023-06-01", "2023-06-09", "2023-06-30")
    ]
    assert states == ["running", "to_confirm", "confirmed"]
    assert items(client, "rounds", as_of="2023-06-29")[0]["confirmed_on"] is None
    assert items(client, "rounds")[0]["hazards_major"] is None
    assert [p["state"] for p in items(client, "plans", as_of="2023-04-05")] == ["submitted"]
    assert [p["state"] for p in items(client, "plans")] == ["returned", "submitted"]
    assert len(items(client, "plans", state="returned")) == 1


def test_payments_after_the_day_are_not_there(client: FlaskClient, database: Database) -> None:
    fill(database, 1)
    [found] = items(client, "payments")
    assert (found["amount"], found["paid_on"]) == ("200000.00", "2023-05-20")
    assert items(client, "payments", as_of="2023-05-19") == []
    assert client.get(f"/api/v1/payments/{found['id']}?as_of=2023-05-19").status_code == 404


def test_an_alert_is_told_as_it_stood(client: FlaskClient, database: Database) -> None:
    fill(database, 1)
    late = items(client, "alerts", rule="late_payment")
    assert [(a["severity"], a["state"], a["since"]) for a in late] == [
        ("major", "open", "2023-05-11")
    ]
    assert (late[0]["days"], late[0]["rule_name"]) == (235, "逾期付款")
    assert late[0]["facts"]["unpaid"] == "300000.00"
    assert items(client, "alerts", rule="late_payment", as_of="2023-06-14") == []
    then = items(client, "alerts", as_of="2023-05-05")
    assert {a["rule"]: a["state"] for a in then} == {
        "payment_due": "open", "missing_plan": "open",
    }  # fmt: skip
    assert items(client, "alerts", state="resolved")[0]["rule"] == "payment_due"
    severities = [a["severity"] for a in items(client, "alerts")]
    assert severities == sorted(severities, key=["critical", "major", "minor", "info"].index)


def test_an_alert_shows_its_history_and_messages(client: FlaskClient, database: Database) -> None:
    fill(database, 1)
    [due] = items(client, "alerts", rule="payment_due")
    found = client.get(f"/api/v1/alerts/{due['id']}").get_json()
    assert [event["change"] for event in found["events"]] == ["opened", "resolved"]
    assert len(found["episodes"]) == 1
    assert len(found["message_ids"]) == 2
    then = client.get(f"/api/v1/alerts/{due['id']}?as_of=2023-05-06").get_json()
    assert (then["state"], then["days"], len(then["events"])) == ("open", 4, 1)
    assert then["episodes"][0]["resolved_on"] is None


def test_an_alert_that_came_back_is_told_by_the_time_it_was_open(
    client: FlaskClient, database: Database
) -> None:
    [key] = fill(database, 1)
    pay(database, key, date(2023, 6, 20), "300000.00")
    scan(database, date(2023, 6, 21))
    pay(database, key, date(2023, 6, 25), "-300000.00")
    scan(database, date(2023, 6, 26))

    def told(day: str) -> tuple[object, ...]:
        [found] = items(client, "alerts", rule="late_payment", as_of=day)
        return found["state"], found["episode"], found["severity"], found["resolved_on"]

    assert told("2023-06-19") == ("open", 1, "major", None)
    assert told("2023-06-21") == ("resolved", 1, "major", "2023-06-20")
    assert told("2023-06-26") == ("open", 2, "major", None)
    assert told("2023-12-31") == ("open", 2, "major", None)
    amounts = [item["amount"] for item in items(client, "payments")]
    assert amounts == ["-300000.00", "300000.00", "200000.00"]
    assert items(client, "contracts")[0]["paid"] == "200000.00"
