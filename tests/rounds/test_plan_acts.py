"""Plans over the API: handed in, changed, returned, handed in again; what breaks a rule is refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from contracts.models import Contract
from contracts.service_models import ImplementationPlan
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.step_ledger import Person, StepLedger, fill, people_of

ROUND = {
    "number": 1,
    "kind": "hazard_inspection",
    "window_from": "2023-04-01",
    "window_to": "2023-04-30",
    "enterprises": 16,
}


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


@pytest.fixture
def clerk(database: Database, tmp_path: Path, ledger: StepLedger) -> Person:
    return people_of(database, tmp_path, ledger, "clerk")[0]


def _new(ledger: StepLedger, **more: Any) -> dict[str, Any]:
    return {"contract_id": str(ledger.paid_by_zone), "submitted_on": "2023-03-05", **more}


def change(person: Person, method: str, path: str, body: Any, etag: str = "*") -> Any:
    headers = {"X-CSRFToken": person.token, "If-Match": etag}
    return person.client.open(f"/api/v1/{path}", method=method, json=body, headers=headers)


def test_a_version_is_handed_in_once_changed_and_superseded(
    database: Database, ledger: StepLedger, clerk: Person
) -> None:
    body = _new(ledger, title="排查方案", headcount=6, rounds=[ROUND])
    made = clerk.post("plans", body, **{"Idempotency-Key": "k-1"})
    assert made.status_code == 201, made.text
    assert (
        clerk.post("plans", body, **{"Idempotency-Key": "k-1"}).get_json()["id"]
        == (made.get_json()["id"])
    )
    sheet = made.get_json()
    assert (sheet["number"], sheet["state"], sheet["due_on"]) == (2, "submitted", "2023-02-28")
    assert sheet["rounds"][0]["window_to"] == "2023-04-30"
    path = f"plans/{sheet['id']}"
    etag = clerk.get(path).headers["ETag"]
    rounds = [ROUND, {**ROUND, "number": 2, "window_from": "2023-06-01", "window_to": "2023-06-30"}]
    edited = change(clerk, "PATCH", path, {"headcount": None, "rounds": rounds}, etag)
    assert edited.status_code == 200, edited.text
    assert edited.get_json()["headcount"] is None
    assert len(edited.get_json()["rounds"]) == 2
    assert change(clerk, "PATCH", path, {"title": "又改"}, etag).status_code == 409
    # The former version is no longer decided on.
    former = f"plans/{plan_id_of(database, ledger, 1)}"
    assert clerk.post(f"{former}/return", _return()).status_code == 409


def test_a_returned_version_stays_and_the_next_one_carries_its_rounds(
    ledger: StepLedger, clerk: Person
) -> None:
    path = f"plans/{clerk.post('plans', _new(ledger, rounds=[ROUND])).get_json()['id']}"
    assert clerk.post(f"{path}/submit", {"submitted_on": "2023-03-20"}).status_code == 409
    assert clerk.post(f"{path}/return", {**_return(), "return_reason": " "}).status_code == 422
    early = clerk.post(f"{path}/return", {**_return(), "returned_on": "2023-03-01"})
    assert "才报送" in early.get_json()["errors"][0]["message"]
    returned = clerk.post(f"{path}/return", _return()).get_json()
    assert (returned["state"], returned["return_reason"]) == ("returned", "缺进度安排")
    assert change(clerk, "PATCH", path, {"title": "改"}).status_code == 409
    again = clerk.post(f"{path}/submit", {"submitted_on": "2023-03-20"})
    assert again.status_code == 201, again.text
    sheet = again.get_json()
    assert again.headers["Location"] == f"/api/v1/plans/{sheet['id']}"
    assert (sheet["number"], len(sheet["rounds"])) == (3, 1)
    before = clerk.get(f"{path}?as_of=2023-03-09").get_json()
    assert (before["state"], before["return_reason"]) == ("submitted", "")


def test_what_is_wrong_is_named(ledger: StepLedger, clerk: Person) -> None:
    wrong = {**ROUND, "window_to": "2023-03-01"}
    for body, field in (
        (_new(ledger, rounds=[ROUND, wrong]), "rounds.1.number"),
        (_new(ledger, rounds=[wrong]), "rounds.0.window_to"),
        (_new(ledger, submitted_on="2024-01-01"), "submitted_on"),
        (_new(ledger, submitted_on="2023-02-01"), "submitted_on"),
        (_new(ledger, headcount=True), "headcount"),
        (_new(ledger, submitted_on="0203-03-05"), "submitted_on"),
        (_new(ledger, rounds=[{**ROUND, "window_to": "9999-12-31"}]), "rounds.0.window_to"),
        (_new(ledger, approved_on="2023-03-06"), "approved_on"),
    ):
        answer = clerk.post("plans", body)
        assert answer.status_code == 422, answer.text
        assert answer.get_json()["errors"][0]["field"] == field


def test_who_only_reads_does_not_write(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    bureau, sibling = people_of(database, tmp_path, ledger, "bureau_clerk", "sibling")
    assert bureau.post("plans", _new(ledger)).status_code == 404
    assert sibling.post("plans", _new(ledger)).status_code == 404


def test_a_late_approval_is_told_as_late(
    database: Database, ledger: StepLedger, clerk: Person
) -> None:
    first = plan_id_of(database, ledger, 1)
    with database.writing(LOCAL_OPERATOR) as session:
        session.get_one(ImplementationPlan, first).approved_on = date(2023, 3, 10)
        assert session.get_one(Contract, ledger.paid_by_zone).service_start == date(2023, 3, 1)
    sheet = clerk.get(f"plans/{first}").get_json()
    assert (sheet["days_late"], sheet["counts"]) == (10, True)
    before = clerk.get(f"plans/{first}?as_of=2023-03-09").get_json()
    assert (before["days_late"], before["counts"], before["state"]) == (9, False, "submitted")


def plan_id_of(database: Database, ledger: StepLedger, number: int) -> Any:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalars(
            select(ImplementationPlan.id).where(
                ImplementationPlan.contract_id == ledger.paid_by_zone,
                ImplementationPlan.number == number,
            )
        ).one()


def _return() -> dict[str, str]:
    return {"returned_on": "2023-03-10", "return_reason": "缺进度安排"}
