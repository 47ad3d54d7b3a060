"""The API of hazards and enterprises as a clerk, a colleague next door and a stranger use it."""

from pathlib import Path
from typing import Any

import pytest

from kernel.database import Database
from tests.step_ledger import Person, StepLedger, fill, people_of


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


def body(ledger: StepLedger, **values: Any) -> dict[str, Any]:
    return {
        "contract_id": str(ledger.paid_by_zone),
        "level": "general",
        "description": "配电箱未接地",
        "found_on": "2023-06-02",
        "deadline": "2023-06-20",
        **values,
    }


def patch(person: Person, path: str, sent: Any, **headers: str) -> Any:
    asked = {"X-CSRFToken": person.token, **headers}
    return person.client.patch(f"/api/v1/{path}", json=sent, headers=asked)


def test_a_hazard_from_found_to_closed(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, sibling, auditor = people_of(database, tmp_path, ledger, "clerk", "sibling", "auditor")
    made = clerk.post("hazards", body(ledger), **{"Idempotency-Key": "k1"})
    assert made.status_code == 201
    again = clerk.post("hazards", body(ledger), **{"Idempotency-Key": "k1"})
    assert again.json["id"] == made.json["id"]
    twin = clerk.post("hazards", body(ledger))
    assert [each["field"] for each in twin.json["errors"]] == ["not_a_twin"]
    for day in ("1500-01-01", "9999-12-31"):
        slip = clerk.post("hazards", body(ledger, deadline=day))
        assert [each["field"] for each in slip.json["errors"]] == ["deadline"]
    path = f"hazards/{made.json['id']}"
    assert made.json["state"] == "overdue"
    assert sibling.get(path).status_code == 404
    assert sibling.post("hazards", body(ledger)).status_code == 404
    assert auditor.post("hazards", body(ledger)).status_code == 403
    assert auditor.get(path).json["holder"] == "enterprise"
    assert auditor.get(f"{path}?as_of=2023-06-01").status_code == 404
    wrong = clerk.post(f"{path}/steps", {"kind": "rectified", "day": "2023-06-01"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "day")
    assert clerk.post(f"{path}/steps", {"kind": "found", "day": "2023-06-05"}).status_code == 409
    steps = [
        clerk.post(f"{path}/steps", {"kind": kind, "day": "2023-06-19"})
        for kind in ("rectified", "rechecked", "verified")
    ]
    assert [step.json["state"] for step in steps] == ["to_verify", "to_verify", "verified"]
    address = steps[-1].headers["Location"].removeprefix("/api/v1/")
    assert clerk.get(address).json["state"] == "verified"
    assert [each["kind"] for each in clerk.get(f"{path}/steps").json["items"]] == [
        "found", "assigned", "rectified", "rechecked", "verified",
    ]  # fmt: skip
    listed = clerk.get("hazards?state=verified&found_from=2023-06-01&order=deadline").json["items"]
    assert [each["id"] for each in listed] == [made.json["id"]]
    assert clerk.get("hazards?overdue=true&as_of=2023-06-18").json["items"] == []
    rate = clerk.get("hazard-rates?by=level").json["items"][0]
    assert (rate["name"], rate["rectified_rate"]) == ("general", "100.0")
    assert sibling.get("hazard-rates").json["items"] == []


def test_edits_name_what_they_were_made_from(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, colleague = people_of(database, tmp_path, ledger, "clerk", "colleague")
    made = clerk.post("hazards", body(ledger))
    path, etag = f"hazards/{made.json['id']}", made.headers["ETag"]
    edit = {"level": "major", "description": "储罐液位计失效", "found_on": "2023-06-02"}
    assert patch(clerk, path, edit).status_code == 428
    assert patch(clerk, path, edit, **{"If-Match": etag}).json["level"] == "major"
    late = patch(colleague, path, {**edit, "spot": "罐区"}, **{"If-Match": etag})
    assert late.status_code == 409
    assert {each["field"] for each in late.json["errors"]} == {"spot"}
    count = {"contract_id": str(ledger.paid_by_zone), "counted_on": "2023-06-30", "rectified": 4}
    over = clerk.post("hazard-counts", {**count, "hazards_found": 3})
    assert over.json["errors"][0]["field"] == "rectified"
    assert clerk.post("hazard-counts", {**count, "hazards_found": 5}).status_code == 201
    assert len(clerk.get("hazard-counts").json["items"]) == 1


def test_enterprises_are_shared_merged_and_listed(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, sibling = people_of(database, tmp_path, ledger, "clerk", "sibling")
    first = clerk.post("enterprises", {"name": "甲化工有限公司"})
    second = sibling.post("enterprises", {"name": "甲化工有限责任公司", "is_another": True})
    assert (first.status_code, second.status_code) == (201, 201)
    wrong = clerk.post("enterprises", {"name": "乙矿业", "credit_code": "91350100M000100Y44"})
    assert wrong.json["errors"][0]["field"] == "credit_code"
    assert len(clerk.get("enterprises/alike").json["items"][0]["enterprises"]) == 2
    path = f"enterprises/{second.json['id']}"
    merged = clerk.post(
        f"{path}/merge",
        {"into_id": first.json["id"], "reason": "同一家"},
        **{"If-Match": second.headers["ETag"]},
    )
    assert merged.json["root_id"] == first.json["id"]
    parted = clerk.post(f"{path}/part", {"reason": "有误"}, **{"If-Match": merged.headers["ETag"]})
    assert parted.json["root_id"] == second.json["id"]
    listing = f"contracts/{ledger.paid_by_zone}/enterprises"
    read = clerk.get(listing)
    put: Any = clerk.client.put(
        f"/api/v1/{listing}",
        json={"day": "2023-06-01", "enterprises": [{"enterprise_id": first.json["id"]}]},
        headers={"X-CSRFToken": clerk.token, "If-Match": read.headers["ETag"]},
    )
    assert [each["name"] for each in put.json["enterprises"]] == ["甲化工有限公司"]
    assert sibling.get(listing).status_code == 404
