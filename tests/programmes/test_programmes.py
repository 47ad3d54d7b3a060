"""预算项目: entered and kept by who leads one, by form and by API, chosen for a contract."""

import re
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from contracts.models import Programme
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.trail.models import AuditEntry
from tests.pages import page
from tests.step_ledger import StepLedger

TYPED = {"code": "GXQ-2024", "name": "2024 年安全生产第三方服务", "fiscal_year": "2024"}


def body(ledger: StepLedger, **more: Any) -> dict[str, Any]:
    return {**TYPED, "lead_id": str(ledger.organisations["zone"]), **more}


def test_a_clerk_enters_one_by_a_form_that_keeps_what_was_typed(
    database: Database, clerk: FlaskClient
) -> None:
    assert "新增预算项目" in page(clerk, "/programmes")
    wrong = {**TYPED, "fiscal_year": "二〇二四", "budget": "约 30 万", "lead": "甲市高新区"}
    refused = clerk.post("/programmes/new", data=wrong)
    assert refused.status_code == 422
    assert "应为四位年份" in refused.text
    assert "应为金额（元）" in refused.text
    assert "约 30 万" in refused.text
    nobody = clerk.post("/programmes/new", data={**TYPED, "lead": "甲市工信局"})
    assert (nobody.status_code, "只能为本单位" in nobody.text) == (422, True)
    unknown = clerk.post("/programmes/new", data={**TYPED, "lead": ""})
    assert (unknown.status_code, "请填写牵头单位" in unknown.text) == (422, True)
    sound = {**TYPED, "lead": "甲市高新区", "budget": "300,000", "initial_budget": ""}
    assert clerk.post("/programmes/new", data=sound).status_code == 302
    shown = page(clerk, "/programmes?fiscal_year=2024")
    assert "GXQ-2024" in shown
    assert "30.00" in shown
    assert "未提供" in shown
    twice = clerk.post("/programmes/new", data=sound)
    assert (twice.status_code, "已用这个项目编码" in twice.text) == (422, True)
    assert "GXQ-2024" in clerk.get("/contracts/programme-offers?programme=GXQ").text
    with database.reading(LOCAL_OPERATOR) as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.object_kind == "programme").order_by(AuditEntry.id)
        ).all()[-1]
        assert (entry.action, entry.reason) == ("insert", "新增预算项目")


def test_an_edit_is_told_of_another_and_changes_no_code(
    database: Database, clerk: FlaskClient, ledger: StepLedger
) -> None:
    made = clerk.post("/api/v1/programmes", json=body(ledger, budget="100")).get_json()
    form = f"/programmes/{made['id']}/edit"
    text = page(clerk, form)
    version = re.search(r'name="version" value="(\d+)"', text)
    assert version is not None
    assert 'value="100.00"' in text
    assert 'name="code"' not in text
    assert clerk.post(form, data={"version": version[1], "budget": "200"}).status_code == 302
    stale = clerk.post(form, data={"version": version[1], "budget": "150"})
    assert stale.status_code == 409
    assert "200.00" in stale.text
    assert "150.00" in stale.text
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.scalars(select(Programme).where(Programme.code == "GXQ-2024")).one()
        assert (str(found.budget), found.version) == ("200.00", 2)


def test_the_api_adds_once_and_edits_what_was_read(clerk: FlaskClient, ledger: StepLedger) -> None:
    key = {"Idempotency-Key": "p"}
    first = clerk.post("/api/v1/programmes", json=body(ledger), headers=key)
    again = clerk.post("/api/v1/programmes", json=body(ledger), headers=key)
    assert (first.status_code, first.get_json()["id"]) == (201, again.get_json()["id"])
    assert first.get_json()["budget"] is None
    path = f"/api/v1/programmes/{first.get_json()['id']}"
    assert clerk.patch(path, json={"name": "新名"}).status_code == 428
    etag = {"If-Match": clerk.get(path).headers["ETag"]}
    assert clerk.patch(path, json={"name": "新名"}, headers=etag).get_json()["name"] == "新名"
    assert clerk.patch(path, json={"name": "旧名"}, headers=etag).status_code == 409
    etag = {"If-Match": clerk.get(path).headers["ETag"]}
    code = clerk.patch(path, json={"code": "X"}, headers=etag)
    assert (code.status_code, code.get_json()["errors"][0]["field"]) == (422, "code")
    negative = clerk.post("/api/v1/programmes", json=body(ledger, code="N", received="-1"))
    assert (negative.status_code, negative.get_json()["errors"][0]["field"]) == (422, "received")


def test_who_does_not_lead_it_does_not_keep_it(
    database: Database, clerk: FlaskClient, overseer: FlaskClient, ledger: StepLedger
) -> None:
    with database.reading(LOCAL_OPERATOR) as session:
        shared = session.scalars(select(Programme)).one().id
    assert clerk.get(f"/programmes/{shared}/edit").status_code == 403
    assert "修改" not in page(clerk, "/programmes")
    path = f"/api/v1/programmes/{shared}"
    read = clerk.get(path)
    assert read.get_json()["withheld"] == ["initial_budget", "budget", "received"]
    etag = {"If-Match": read.headers["ETag"]}
    assert clerk.patch(path, json={"name": "x"}, headers=etag).status_code == 403
    assert overseer.post("/api/v1/programmes", json=body(ledger)).status_code == 403
    export = clerk.get("/programmes/export")
    assert export.status_code == 200
