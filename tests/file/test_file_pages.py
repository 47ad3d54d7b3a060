"""Pages and API of a file: what was typed stays, faults stand at their fields, links lead on."""

from pathlib import Path
from typing import Any

from kernel.database import Database
from tests.file.file_ledger import supervision
from tests.step_ledger import Person, fill, people_of


def _send(person: Person, path: str, **typed: str) -> Any:
    return person.client.post(path, data={"csrf_token": person.token, **typed})


def test_a_checklist_is_filled_in_row_by_row(database: Database, tmp_path: Path) -> None:
    ledger = fill(database)
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    form = {
        "owner": "HT-1",
        "organisation_id": "工信局",
        "checked_on": "2023-06-01",
        "service_content": "true",
        "breach": "false",
    }
    foreign = _send(clerk, "/clause-checks/new", **form)
    assert foreign.status_code == 422
    assert 'id="organisation-fault"' in foreign.text
    bare = _send(clerk, "/clause-checks/new", **{**form, "organisation_id": "高新区"})
    assert 'id="service_content_evidence-fault">写明有的，须写明在合同第几条' in bare.text
    assert '<option value="false" selected>没有</option>' in bare.text
    sound = {**form, "organisation_id": "高新区", "service_content_evidence": "第二条"}
    saved = _send(clerk, "/clause-checks/new", **sound)
    assert saved.status_code == 302, saved.text
    shown = clerk.client.get(saved.location).text
    assert "8 项中，有的 1 项" in shown
    assert '<strong class="late">没有</strong>' in shown
    file = clerk.client.get(f"/contracts/{ledger.paid_by_zone}/file").text
    assert "八项中有 1 项" in file
    before = clerk.client.get(f"/contracts/{ledger.paid_by_zone}/file?as_of=2023-02-19").text
    assert f"/contracts/{ledger.paid_by_zone}/plans/new" in before
    for address in (f"/clause-checks?of={ledger.paid_by_zone}", "/library", "/acceptances"):
        assert clerk.client.get(address).status_code == 200
    assert "未报送" in clerk.client.get("/yearly-filings?plan_year=2024").text


def test_the_api_tells_the_file_and_refuses_at_the_field(
    database: Database, tmp_path: Path
) -> None:
    ledger = fill(database)
    overseer, sibling = people_of(database, tmp_path, ledger, "overseer", "sibling")
    body = {key: str(value) for key, value in supervision(ledger, "bureau").items()}
    late = overseer.post("supervisions", {**body, "answered_on": "2024-01-01", "answered": "是"})
    assert late.status_code == 422
    assert [each["field"] for each in late.json["errors"]] == ["answered_on"]
    key = {"Idempotency-Key": "one"}
    made = [overseer.post("supervisions", body, **key) for _ in range(2)]
    assert made[0].status_code == 201
    assert made[0].json["id"] == made[1].json["id"]
    file = overseer.get(f"contracts/{ledger.paid_by_zone}/file")
    parts = {part["code"]: part for part in file.json["items"]}
    assert parts["supervisions"]["said"] == "1 条待答复"
    assert overseer.get("yearly-filings?plan_year=2024").json["due_on"] == "2023-09-30"
    assert sibling.get(f"contracts/{ledger.paid_by_zone}/file").status_code == 404
    assert sibling.get("supervisions").json["items"] == []
