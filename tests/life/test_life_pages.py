"""The screens of a contract's life: what was typed stays, faults stand at their fields."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contracts.life.models import ContractState, ContractStep
from contracts.models import Contract
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.life.life_ledger import Scene, clerks_client, scene
from tests.pages import statements


@pytest.fixture
def told(database: Database) -> Scene:
    return scene(database)


@pytest.fixture
def client(database: Database, tmp_path: Path, told: Scene) -> FlaskClient:
    found = clerks_client(database, tmp_path, told)
    found.application.config["WTF_CSRF_METHODS"] = ()
    return found


FORM = {
    "number": "HT-9",
    "name": "安全技术服务",
    "purchaser": "应急局",
    "programme": "甲市-2023",
    "vendor": "甲市安全技术有限公司",
    "total": "588,000",
    "awarded_on": "2023-02-01",
    "service_start": "2023-03-01",
    "service_end": "2024-02-29",
    "sme_at_signing": "true",
}


def only_contract(database: Database) -> Contract:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalars(select(Contract)).one()


def test_a_contract_is_entered_signed_and_amended_on_screen(
    database: Database, client: FlaskClient, told: Scene
) -> None:
    wrong = client.post("/contracts/new", data={**FORM, "service_end": "2023-02-01"})
    assert wrong.status_code == 422
    assert "服务期限止不能早于服务期限起 2023-03-01" in wrong.text
    assert 'value="588,000"' in wrong.text
    unknown = client.post("/contracts/new", data={**FORM, "vendor": "无此公司"})
    assert "没有“无此公司”这个承接主体" in unknown.text
    assert client.post("/contracts/new", data=FORM).status_code == 302
    at = f"/contracts/{only_contract(database).id}"
    assert client.get(f"{at}/edit").status_code == 200
    assert client.get("/contracts/vendor-offers?vendor=检测").text.count("<option") == 1
    assert client.get("/contracts/programme-offers?programme=").status_code == 200
    early = client.post(f"{at}/state", data={"state": "signed", "since": "2023-01-01"})
    assert "上一次变更自 2023-02-01 起，不能早于这一天" in early.text
    signed = {"state": "signed", "since": "2023-03-01", "document": "合同书"}
    assert client.post(f"{at}/state", data=signed).status_code == 302
    tried = {"signed_on": "2023-06-01", "amount_change": "60000", "milestones": "proportional"}
    over = client.post(f"{at}/amend", data={**tried, "act": "preview"})
    assert "10 % 为 58,800.00 元" in over.text
    assert "政府采购法第四十九条" in over.text
    allowed = {**tried, "amount_change": "50000"}
    shown = client.post(f"{at}/amend", data={**allowed, "act": "preview"})
    assert "638,000.00" in shown.text
    assert client.post(f"{at}/amend", data={**allowed, "act": "amend"}).status_code == 302


def test_rows_of_shares_keep_what_was_typed_and_point_at_the_row(
    client: FlaskClient, told: Scene
) -> None:
    made: Any = client.post("/api/v1/contracts", json=told.new()).json
    at = f"/contracts/{made['id']}/shares"
    assert 'value="甲市应急管理局"' in client.get(at).text
    first = {"purchaser_1": "应急局", "programme_1": "甲市-2023", "share_1": "59.99"}
    second = {"purchaser_2": "工信局", "programme_2": "甲市-工信", "share_2": "40"}
    sent = {"version": "1", **first, **second}
    short = client.post(at, data=sent)
    assert "各份比例合计 99.99 %，应恰为 100 %" in short.text
    assert 'value="59.99"' in short.text
    wrong = client.post(at, data={**sent, "share_2": "四十"})
    assert 'id="share_2-fault"' in wrong.text
    assert client.post(at, data={**sent, "share_1": "60"}).status_code == 302
    assert client.post(at, data={**sent, "share_1": "60"}).status_code == 409
    members = f"/contracts/{made['id']}/members"
    both = {"version": "2", "vendor_1": "甲市检测有限公司", "vendor_2": "甲市安全技术有限公司"}
    assert client.get(members).status_code == 200
    assert client.post(members, data=both).status_code == 302


def test_the_number_of_questions_does_not_grow_with_a_contracts_life(
    database: Database, client: FlaskClient, told: Scene
) -> None:
    made: Any = client.post("/api/v1/contracts", json=told.new()).json
    path = f"/api/v1/contracts/{made['id']}/life"
    with statements(client.application.extensions["monitor_web"].database) as few:
        assert client.get(path).status_code == 200
    with database.writing(LOCAL_OPERATOR) as session:
        key = session.scalars(select(Contract.id)).one()
        step = session.scalars(select(ContractStep)).one()
        session.add_all(
            ContractStep(
                contract_id=key, state=ContractState.AWARDED, since=step.since,
                recorded_at=step.recorded_at, recorded_by="x",
            )
            for _ in range(5)
        )  # fmt: skip
    with statements(client.application.extensions["monitor_web"].database) as many:
        assert client.get(path).status_code == 200
    assert len(few) == len(many)
