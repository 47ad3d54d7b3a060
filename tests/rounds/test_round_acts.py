"""Rounds over the API: recorded, updated, counted by type, returned, confirmed as finding nothing."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from contracts.finding_models import Finding
from contracts.service_models import ServiceRound
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.step_ledger import Person, StepLedger, fill, people_of, round_id

TYPES = {
    "电梯": 73,
    "起重机械": 31,
    "场（厂）内机动车辆": 30,
    "锅炉": 15,
    "压力容器": 97,
    "压力管道": 11,
}


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


@pytest.fixture
def clerk(database: Database, tmp_path: Path, ledger: StepLedger) -> Person:
    return people_of(database, tmp_path, ledger, "clerk")[0]


def send(person: Person, method: str, path: str, body: Any, etag: str = "*") -> Any:
    headers = {"X-CSRFToken": person.token, "If-Match": etag}
    return person.client.open(f"/api/v1/{path}", method=method, json=body, headers=headers)


def _new(ledger: StepLedger, **more: Any) -> dict[str, Any]:
    return {
        "contract_id": str(ledger.paid_by_zone),
        "kind": "special_inspection",
        "started_on": "2023-08-19",
        **more,
    }


def _findings(database: Database, contract_id: UUID) -> list[str]:
    with database.reading(LOCAL_OPERATOR) as session:
        return list(
            session.scalars(
                select(Finding.code).where(
                    Finding.contract_id == contract_id, Finding.ended_at.is_(None)
                )
            )
        )


def test_a_round_is_recorded_once_and_updated_by_who_read_it(
    ledger: StepLedger, clerk: Person
) -> None:
    body = _new(ledger, enterprises=37)
    made = clerk.post("rounds", body, **{"Idempotency-Key": "r-1"})
    assert made.status_code == 201, made.text
    known = clerk.post("rounds", body, **{"Idempotency-Key": "r-1"})
    sheet = made.get_json()
    assert known.get_json()["id"] == sheet["id"]
    assert (sheet["number"], sheet["state"], sheet["hazards_found"]) == (2, "running", None)
    path = f"rounds/{sheet['id']}"
    etag = clerk.get(path).headers["ETag"]
    assert send(clerk, "PATCH", path, {"ended_on": "2023-09-01"}, etag).status_code == 200
    clash = send(clerk, "PATCH", path, {"ended_on": "2023-09-02"}, etag)
    assert clash.status_code == 409
    assert "现为“2023-09-01”" in clash.get_json()["errors"][0]["message"]
    other = send(clerk, "PATCH", path, {"kind": "recheck"}, etag).get_json()["errors"][0]
    assert other["message"] == "种类现为“专项检查”，您要改为“复查”"
    assert (
        clerk.client.patch(
            f"/api/v1/{path}", json={}, headers={"X-CSRFToken": clerk.token}
        ).status_code
        == 428
    )
    assert clerk.get(path).get_json()["state"] == "to_confirm"
    assert clerk.get(f"{path}?as_of=2023-08-31").get_json()["state"] == "running"


def test_what_a_round_cannot_state_is_refused(ledger: StepLedger, clerk: Person) -> None:
    for more, field in (
        ({"number": 1}, "number"),
        ({"started_on": "2024-01-01"}, "started_on"),
        ({"ended_on": "2023-08-01"}, "ended_on"),
        ({"started_on": "0203-08-01"}, "started_on"),
        ({"hazards_found": 5, "rectified": 6}, "rectified"),
        ({"enterprises": -1}, "enterprises"),
        ({"confirmed_on": "2023-09-01"}, "confirmed_on"),
    ):
        answer = clerk.post("rounds", _new(ledger, **more))
        assert answer.status_code == 422, answer.text
        assert answer.get_json()["errors"][0]["field"] == field


def test_an_old_ledgers_contradiction_does_not_hinder_another_edit(
    database: Database, ledger: StepLedger, clerk: Person
) -> None:
    key = round_id(database, ledger.paid_by_zone)
    with database.writing(LOCAL_OPERATOR) as session:
        found = session.get_one(ServiceRound, key)
        found.hazards_found, found.rectified = 5, 6
    assert send(clerk, "PATCH", f"rounds/{key}", {"title": "第一轮"}).status_code == 200
    assert _findings(database, ledger.paid_by_zone) == ["rectified_above_found"]
    assert send(clerk, "PATCH", f"rounds/{key}", {"rectified": 7}).status_code == 422
    assert send(clerk, "PATCH", f"rounds/{key}", {"rectified": 5}).status_code == 200
    assert _findings(database, ledger.paid_by_zone) == []


def test_equipment_by_type_adds_up_or_a_finding_says_so(
    database: Database, ledger: StepLedger, clerk: Person
) -> None:
    made = clerk.post("rounds", _new(ledger, equipment_sets=257)).get_json()
    path = f"rounds/{made['id']}/equipment"
    listed = [{"equipment": name, "sets": sets} for name, sets in TYPES.items()]
    answer = send(clerk, "PUT", path, {"items": listed})
    assert answer.status_code == 200, answer.text
    assert {e["equipment"]: e["sets"] for e in answer.get_json()["equipment"]} == TYPES
    assert _findings(database, ledger.paid_by_zone) == []
    assert send(clerk, "PUT", path, {"items": listed[:-1]}).status_code == 200
    assert _findings(database, ledger.paid_by_zone) == ["equipment_does_not_add_up"]
    twice = send(clerk, "PUT", path, {"items": [listed[0], listed[0]]})
    assert twice.get_json()["errors"][0]["field"] == "items.1.equipment"
    assert send(clerk, "PUT", path, {"items": []}, '"old"').status_code == 409


def test_a_returned_round_is_confirmed_only_when_it_was_handed_in_again(
    database: Database, ledger: StepLedger, clerk: Person
) -> None:
    key = round_id(database, ledger.paid_by_zone)
    act = {
        "kind": "round_confirmation",
        "contract_id": str(ledger.paid_by_zone),
        "round_id": str(key),
        "confirmed_on": "2023-06-20",
    }
    back = {"returned_on": "2023-06-12", "return_reason": "报告缺企业名单"}
    early = clerk.post(f"rounds/{key}/return", {**back, "returned_on": "2023-06-08"})
    assert "才结束" in early.get_json()["errors"][0]["message"]
    sheet = clerk.post(f"rounds/{key}/return", back).get_json()
    assert (sheet["state"], sheet["returns"][0]["return_reason"]) == ("returned", "报告缺企业名单")
    assert clerk.post(f"rounds/{key}/return", back).status_code == 409
    refused = clerk.post("acts", act)
    assert "还没有重新报送" in refused.get_json()["errors"][0]["message"]
    assert clerk.get(f"rounds/{key}?as_of=2023-06-11").get_json()["state"] == "to_confirm"
    again = {"resubmitted_on": "2023-06-18", "answered": "已补名单"}
    assert clerk.post(f"rounds/{key}/resubmit", again).get_json()["state"] == "to_confirm"
    assert clerk.post("acts", {**act, "confirmed_on": "2023-06-17"}).status_code == 422
    assert clerk.post("acts", act).status_code == 201
    # While the act is on its way the round stays as it was entered.
    assert send(clerk, "PATCH", f"rounds/{key}", {"title": "改"}).status_code == 409


def test_zero_hazards_is_said_by_somebody(
    database: Database, ledger: StepLedger, clerk: Person
) -> None:
    key = round_id(database, ledger.paid_by_zone)
    running = clerk.post("rounds", _new(ledger)).get_json()["id"]
    said = {"confirmed_on": "2023-09-02"}
    assert clerk.post(f"rounds/{running}/zero-hazards", said).status_code == 422
    sheet = clerk.post(f"rounds/{key}/zero-hazards", said).get_json()
    assert (sheet["hazards_found"], sheet["zero_hazards_on"]) == (0, "2023-09-02")
    assert send(clerk, "PATCH", f"rounds/{key}", {"hazards_found": 3}).status_code == 422
    assert clerk.post(f"rounds/{key}/zero-hazards", said).status_code == 422


def test_what_was_confirmed_of_a_round_stays(
    database: Database, ledger: StepLedger, clerk: Person
) -> None:
    key = round_id(database, ledger.paid_by_zone)
    with database.writing(LOCAL_OPERATOR) as session:
        confirmed = session.get_one(ServiceRound, key)
        confirmed.confirmed_on, confirmed.enterprises = date(2023, 6, 20), 12
    for change in ({"ended_on": "2023-06-10"}, {"kind": "recheck"}, {"enterprises": 20}):
        assert send(clerk, "PATCH", f"rounds/{key}", change).status_code == 422
    # What was not known on that day may be told afterwards.
    later = {"rectified": 3, "expert_visits": 4}
    assert send(clerk, "PATCH", f"rounds/{key}", later).status_code == 200
