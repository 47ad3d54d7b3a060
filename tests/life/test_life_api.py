"""A contract's life over the API, as the bureau's clerk: from its draft on, refusals among it."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from tests.life.life_ledger import Scene, clerks_client, scene
from tests.people import person
from tests.web import client_as


@pytest.fixture
def told(database: Database) -> Scene:
    return scene(database)


@pytest.fixture
def client(database: Database, tmp_path: Path, told: Scene) -> FlaskClient:
    found = clerks_client(database, tmp_path, told)
    found.application.config["WTF_CSRF_METHODS"] = ()
    return found


def ask(client: FlaskClient, method: str, path: str, body: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.open(f"/api/v1{path}", method=method, json=body, headers=named)


def added(client: FlaskClient, told: Scene, **given: Any) -> str:
    answer = ask(client, "POST", "/contracts", told.new(**given))
    assert answer.status_code == 201, answer.text
    key: str = answer.json["id"]
    return key


def stepped(client: FlaskClient, key: str, state: str, since: str, **given: str) -> Any:
    return ask(
        client, "POST", f"/contracts/{key}/states", {"state": state, "since": since, **given}
    )


def fault(answer: Any, status: int = 422) -> tuple[str, str]:
    assert answer.status_code == status, answer.text
    found = answer.json["errors"][0]
    return found["field"], found["message"]


def test_a_contract_goes_from_its_award_to_its_end(client: FlaskClient, told: Scene) -> None:
    key = added(client, told)
    assert ask(client, "GET", f"/contracts/{key}").json["state"] == "awarded"
    refused = stepped(client, key, "in_service", "2023-03-01")
    assert refused.status_code == 409
    assert "待签" in refused.json["detail"]
    assert stepped(client, key, "signed", "2023-03-06").status_code == 201
    assert fault(stepped(client, key, "in_service", "2023-03-01"))[0] == "since"
    assert stepped(client, key, "in_service", "2023-03-06").status_code == 201
    assert fault(stepped(client, key, "suspended", "2023-05-01")) == (
        "why",
        "变为“已暂停”须写明原因",
    )
    assert stepped(client, key, "suspended", "2023-05-01", why="企业停产").status_code == 201
    assert stepped(client, key, "in_service", "2023-06-01").status_code == 201
    assert fault(stepped(client, key, "completed", "2024-03-01"))[0] == "since"
    assert stepped(client, key, "completed", "2023-12-30", document="验收单").status_code == 201
    assert fault(stepped(client, key, "in_service", "2023-12-31"))[0] == "why"
    states = ask(client, "GET", f"/contracts/{key}/states?as_of=2023-05-10").json["items"]
    assert [each["state"] for each in states] == ["awarded", "signed", "in_service", "suspended"]
    for day, state in (("2023-02-15", "awarded"), ("2023-03-10", "in_service")):
        assert ask(client, "GET", f"/contracts/{key}?as_of={day}").json["state"] == state
    assert ask(client, "GET", f"/contracts/{key}?as_of=2023-02-15").json["signed_on"] is None
    life = ask(client, "GET", f"/contracts/{key}/life").json
    assert [(each["duty"], each["state"], each["days"]) for each in life["law_dates"]] == [
        ("sign", "done_late", 3),
        ("publish", "overdue", 298),
        ("file", "overdue", 291),
    ]
    assert life["term"] == "normal"


def test_a_draft_entered_later_is_listed_from_the_day_it_was_signed(
    client: FlaskClient, told: Scene
) -> None:
    key = added(client, told, awarded_on=None)
    assert ask(client, "GET", f"/contracts/{key}?as_of=2023-03-10").status_code == 404
    assert stepped(client, key, "signed", "2023-03-01").status_code == 201
    found = ask(client, "GET", f"/contracts/{key}?as_of=2023-03-10").json
    assert (found["state"], found["total"]) == ("signed", "1000000.00")


REFUSED = (
    ({"service_end": "2023-02-28"}, "service_end", "不能早于"),
    ({"performance_bond": "100000.01"}, "performance_bond", "第四十八条"),
    ({"awarded_on": "2024-01-01"}, "awarded_on", "不能晚于业务日期"),
    ({"late_interest_rate": "0.05"}, "late_interest_per", "一并填写"),
    ({"acceptance_days": "-1"}, "acceptance_days", ""),
)


def test_what_breaks_a_rule_is_refused_at_its_field(client: FlaskClient, told: Scene) -> None:
    of_another = ({"purchaser_id": str(told.sibling)}, "purchaser_id", "只能为本单位")
    for given, field, words in (*REFUSED, of_another):
        found = fault(ask(client, "POST", "/contracts", told.new(**given)))
        assert found[0] == field
        assert words in found[1]


def test_the_second_of_two_editors_is_told_what_the_first_wrote(
    client: FlaskClient, told: Scene
) -> None:
    key = added(client, told)
    etag = ask(client, "GET", f"/contracts/{key}").headers["ETag"]
    first = ask(client, "PATCH", f"/contracts/{key}", {"content": "甲"}, If_Match=etag)
    assert first.status_code == 200, first.text
    second = ask(client, "PATCH", f"/contracts/{key}", {"content": "乙"}, If_Match=etag)
    assert fault(second, 409) == ("content", "服务内容现为“甲”，您要改为“乙”")
    assert ask(client, "PATCH", f"/contracts/{key}", {"content": "乙"}).status_code == 428
    taken = ask(client, "POST", "/contracts", told.new())
    assert fault(taken) == ("number", "这个购买主体已有编号为 HT-1 的合同")


def test_once_signed_the_total_and_the_last_day_wait_for_an_amendment(
    client: FlaskClient, told: Scene
) -> None:
    key = added(client, told)
    changed = ask(client, "PATCH", f"/contracts/{key}", {"total": "1200000"}, If_Match="*")
    assert changed.json["total"] == "1200000.00"
    stepped(client, key, "signed", "2023-03-01")
    for body in ({"total": "1300000"}, {"service_end": "2024-06-30"}):
        refused = ask(client, "PATCH", f"/contracts/{key}", body, If_Match="*")
        assert refused.status_code == 409
        assert "补充合同" in refused.json["detail"]


def test_shares_add_up_to_exactly_a_hundred_and_let_the_others_see_the_contract(
    database: Database, client: FlaskClient, told: Scene, tmp_path: Path
) -> None:
    key = added(client, told)
    with database.writing(LOCAL_OPERATOR) as session:
        reader = person(session, "sibling", (Role.CHECKER, told.sibling)).id
    sibling = client_as(database, tmp_path, reader)
    assert sibling.get(f"/api/v1/contracts/{key}").status_code == 404
    path = f"/contracts/{key}/shares"
    whole = ask(client, "GET", path)
    assert (whole.json["stated"], whole.json["items"][0]["amount"]) == (False, "1000000.00")
    own = {"purchaser_id": str(told.bureau), "programme_id": str(told.programme)}
    other = {"purchaser_id": str(told.sibling), "programme_id": str(told.other_programme)}
    codes = {"money_level": "city", "functional_code": "2240150", "budget_document": "3号"}
    short = {"shares": [{**own, "share": "66.67", **codes}, {**other, "share": "33.32"}]}
    refused = ask(client, "PUT", path, short, If_Match=whole.headers["ETag"])
    assert fault(refused) == ("shares", "各份比例合计 99.99 %，应恰为 100 %")
    exact = {"shares": [{**own, "share": "66.67", **codes}, {**other, "share": "33.33"}]}
    written = ask(client, "PUT", path, exact, If_Match=whole.headers["ETag"])
    assert [each["amount"] for each in written.json["items"]] == ["666700.00", "333300.00"]
    assert sibling.get(f"/api/v1/contracts/{key}").status_code == 200
    again = ask(client, "PUT", path, exact, If_Match=whole.headers["ETag"])
    assert again.status_code == 409
    alone = {"shares": [{**own, "share": "100"}]}
    assert ask(client, "PUT", path, alone, If_Match=written.headers["ETag"]).status_code == 200
    assert sibling.get(f"/api/v1/contracts/{key}").status_code == 404


def test_a_consortium_has_one_lead_and_shares_of_the_work(client: FlaskClient, told: Scene) -> None:
    key = added(client, told)
    path = f"/contracts/{key}/members"
    etag = ask(client, "GET", path).headers["ETag"]
    both = [
        {"vendor_id": str(told.partner), "work_share": "70"},
        {"vendor_id": str(told.vendor), "work_share": "30"},
    ]
    half = [both[0], {"vendor_id": str(told.vendor)}]
    refused = ask(client, "PUT", path, {"members": half}, If_Match=etag)
    assert "逐个填写" in fault(refused)[1]
    written = ask(client, "PUT", path, {"members": both}, If_Match=etag).json["items"]
    assert [(each["lead"], each["work_share"]) for each in written] == [(True, "70"), (False, "30")]
    assert ask(client, "GET", f"/contracts/{key}").json["vendor"]["id"] == str(told.partner)


def test_a_step_sent_twice_is_taken_once(client: FlaskClient, told: Scene) -> None:
    key = added(client, told)
    body = {"state": "signed", "since": "2023-03-01"}
    path = f"/contracts/{key}/states"
    first = ask(client, "POST", path, body, Idempotency_Key="k1")
    second = ask(client, "POST", path, body, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] == second.json["id"]
    assert client.get(first.headers["Location"]).status_code == 200


def test_a_filing_number_is_a_text_that_every_database_takes(
    client: FlaskClient, told: Scene
) -> None:
    key = added(client, told)
    for wrong in ("备" * 81, "备\x00", "备\ud800"):
        answer = ask(client, "PATCH", f"/contracts/{key}", {"filing_number": wrong}, If_Match='"1"')
        assert answer.status_code == 422, wrong
        assert [each["field"] for each in answer.json["errors"]] == ["filing_number"]
    assert ask(client, "GET", f"/contracts/{key}").json["filing_number"] == ""
