"""补充合同 over the API: tried, refused, made; and every past day keeps what was agreed then."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from payments.models import Milestone, MilestoneKind, Payment, Trigger
from payments.settling import settle_contracts
from tests.ledger import WHO
from tests.life.life_ledger import clerks_client, scene

SIGNED = "2023-03-01"
SHARES = (("首付款", "first", "40"), ("进度款", "progress", "40"), ("尾款", "final", "20"))


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    told = scene(database)
    found = clerks_client(database, tmp_path, told)
    found.application.config["WTF_CSRF_METHODS"] = ()
    made: Any = found.post("/api/v1/contracts", json=told.new()).json
    found.application.config["KEY"] = made["id"]
    signing = {"state": "signed", "since": SIGNED}
    assert found.post(f"/api/v1/contracts/{made['id']}/states", json=signing).status_code == 201
    with database.writing(LOCAL_OPERATOR) as session:
        key = UUID(made["id"])
        terms = [
            Milestone(contract_id=key, number=number, name=name, kind=MilestoneKind(kind),
                      share=Decimal(share), trigger_kind=Trigger.DATE,
                      due_on_given=date(2023, 5 + number, 1), **WHO)
            for number, (name, kind, share) in enumerate(SHARES, 1)
        ]  # fmt: skip
        session.add_all(terms)
        session.flush()
        first = terms[0].id
        paid = Decimal("400000.00")
        session.add(
            Payment(
                contract_id=key, milestone_id=first, paid_on=date(2023, 6, 1), amount=paid, **WHO
            )
        )
        session.flush()
        settle_contracts(session, [key])
    return found


def at(client: FlaskClient, path: str = "") -> str:
    return f"/api/v1/contracts/{client.application.config['KEY']}{path}"


def read(client: FlaskClient, path: str = "") -> Any:
    return client.get(at(client, path)).json


def amended(client: FlaskClient, query: str = "", **given: Any) -> Any:
    body = {"signed_on": "2023-09-01", "document": "补充协议一", **given}
    return client.post(at(client, f"/amendments{query}"), json=body)


def asked(client: FlaskClient, day: str) -> list[str]:
    key = client.application.config["KEY"]
    found: Any = client.get(f"/api/v1/milestones?contract={key}&as_of={day}").json
    return [each["amount"] for each in found["items"]]


def fault(answer: Any) -> tuple[str, str]:
    assert answer.status_code == 422, answer.text
    found = answer.json["errors"][0]
    return found["field"], found["message"]


def test_what_was_agreed_on_each_day_stays_and_the_milestones_follow(client: FlaskClient) -> None:
    change = {"amount_change": "60000", "service_end": "2024-06-30", "milestones": "proportional"}
    told = amended(client, "?dry_run=true", **change)
    assert told.status_code == 200, told.text
    assert (told.json["total_before"], told.json["total_after"]) == ("1000000.00", "1060000.00")
    assert [(each["before"], each["after"]) for each in told.json["milestones"]] == [
        ("400000.00", "400000.00"),
        ("400000.00", "440000.00"),
        ("200000.00", "220000.00"),
    ]
    assert read(client, "/amendments")["items"] == []
    assert amended(client, **change).status_code == 201
    before = read(client, "?as_of=2023-08-31")
    after = read(client, "?as_of=2023-09-01")
    assert (before["total"], before["service_end"]) == ("1000000.00", "2024-02-29")
    assert (after["total"], after["service_end"]) == ("1060000.00", "2024-06-30")
    assert asked(client, "2023-08-31") == ["400000.00", "400000.00", "200000.00"]
    assert asked(client, "2023-09-01") == ["400000.00", "440000.00", "220000.00"]
    found = read(client, "/amendments")
    assert (found["added"], found["allowed"]) == ("60000.00", "100000.00")


def test_more_than_a_tenth_together_is_refused_with_the_figures(client: FlaskClient) -> None:
    assert amended(client, amount_change="-50000", milestones="final_only").status_code == 201
    assert amended(client, amount_change="90000", milestones="final_only").status_code == 201
    field, message = fault(amended(client, amount_change="10000.01", milestones="unchanged"))
    assert field == "amount_change"
    assert "100,000.01 元" in message
    assert "第四十九条" in message
    assert amended(client, amount_change="10000", milestones="unchanged").status_code == 201
    assert read(client)["total"] == "1050000.00"
    assert asked(client, "2023-12-31") == ["400000.00", "400000.00", "240000.00"]


REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({}, "body"),
    ({"amount_change": "1000"}, "milestones"),
    ({"amount_change": "0.001", "milestones": "unchanged"}, "amount_change"),
    ({"amount_change": "-700000", "milestones": "proportional"}, "milestones"),
    ({"service_end": "2023-02-01"}, "service_end"),
    ({"other_changes": "增加企业", "signed_on": SIGNED}, "signed_on"),
    ({"other_changes": "增加企业", "signed_on": "2024-01-01"}, "signed_on"),
    ({"other_changes": "增加企业", "effective_on": "2023-08-01"}, "effective_on"),
)


def test_an_amendment_that_breaks_a_rule_is_refused_at_its_field(client: FlaskClient) -> None:
    for given, field in REFUSED:
        assert fault(amended(client, **given))[0] == field
    assert read(client, "/amendments")["items"] == []


def test_a_contract_amended_cannot_go_back_before_its_signing(client: FlaskClient) -> None:
    assert amended(client, other_changes="增加企业名单").status_code == 201
    back = {"state": "awarded", "since": "2023-12-01", "why": "录入有误"}
    refused = client.post(at(client, "/states"), json=back)
    assert refused.status_code == 409
    assert "补充合同" in refused.text


def test_nothing_is_added_to_a_contract_that_has_ended(client: FlaskClient) -> None:
    steps = (
        {"state": "in_service", "since": SIGNED},
        {"state": "completed", "since": "2023-10-01"},
    )
    for step in steps:
        assert client.post(at(client, "/states"), json=step).status_code == 201
    late = {"other_changes": "增加企业名单", "signed_on": "2023-10-02"}
    field, message = fault(amended(client, **late))
    assert (field, "自 2023-10-01 起已完成" in message) == ("signed_on", True)
    # What was agreed before the end may be entered after it.
    assert amended(client, **late | {"signed_on": "2023-09-30"}).status_code == 201
