"""Vendors and their records over the API: who may, what is refused, what is found contradictory."""

from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select

from contracts.finding_models import Finding
from contracts.models import Contract
from contracts.vendors.models import VendorFormerName
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.step_ledger import StepLedger, payment

Body = dict[str, Any]
CODE = "91350100M000100Y43"


def send(client: FlaskClient, path: str, code: int = 201, /, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == code, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def faults(told: dict[str, Any]) -> dict[str, str]:
    return {each["field"]: each["message"] for each in told["errors"]}


def vendor_of(database: Database, ledger: StepLedger) -> UUID:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.get_one(Contract, ledger.paid_by_zone).vendor_id


def findings(database: Database) -> list[tuple[str, str]]:
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.scalars(
            select(Finding).where(Finding.ended_at.is_(None)).order_by(Finding.id)
        )
        return [(each.code, each.message) for each in found]


def test_a_vendor_is_added_once_renamed_and_merged_on_purpose(
    database: Database, clerk: FlaskClient, overseer: FlaskClient, ledger: StepLedger
) -> None:
    refused = send(clerk, "vendors", 422, name="丙安全评价有限公司", credit_code=CODE[:-1] + "4")
    assert "校验码不符" in faults(refused)["credit_code"]
    headers = {"Idempotency-Key": "once"}
    body = {"name": "丙安全评价有限公司", "credit_code": CODE.lower(), "size": "small"}
    first = clerk.post("/api/v1/vendors", json=body, headers=headers).get_json()
    again = clerk.post("/api/v1/vendors", json=body, headers=headers).get_json()
    assert (first["id"], first["credit_code"]) == (again["id"], CODE)
    told = send(overseer, "vendors", 409, name="丙安全评价股份有限公司")
    assert "丙安全评价有限公司" in faults(told)["name"]
    other = send(overseer, "vendors", name="丙安全评价股份有限公司", is_another=True)
    twins = overseer.get(f"/api/v1/vendors/{other['id']}/twins").get_json()["items"]
    assert [each["id"] for each in twins] == [first["id"]]
    path = f"/api/v1/vendors/{vendor_of(database, ledger)}"
    etag = clerk.get(path).headers["ETag"]
    assert clerk.patch(path, json={"size": "micro"}).status_code == 428
    body = {"name": "甲市新安科技有限公司", "renamed_on": "2023-10-01"}
    assert clerk.patch(path, json=body, headers={"If-Match": etag}).status_code == 200
    stale = clerk.patch(path, json={"name": "别名公司"}, headers={"If-Match": etag})
    assert stale.status_code == 409
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(VendorFormerName.name)).all() == ["甲市安全技术有限公司"]
    one = send(clerk, "vendors", name="丁安全技术服务有限公司")["id"]
    two = send(clerk, "vendors", name="丁安全技术服务公司", is_another=True)["id"]
    send(clerk, f"vendors/{two}/merge", 422, kept_id=two, cause="同一家")
    merge = send(clerk, f"vendors/{two}/merge", 200, kept_id=one, cause="营业执照一致")
    send(clerk, f"vendors/{one}/merge", 409, kept_id=two, cause="反过来")
    assert send(clerk, f"vendor-merges/{merge['id']}/undo", 200)["undone_on"] == "2023-12-31"
    send(clerk, f"vendor-merges/{merge['id']}/undo", 409)


def refuse_a_unit(overseer: FlaskClient, bureau: str) -> None:
    """A public-benefit unit of the first class is never admitted, whatever it holds."""
    unit = send(overseer, "vendors", name="甲市应急救援指挥保障服务中心", public_unit="class_one")
    told = send(
        overseer,
        "admissions",
        422,
        vendor_id=unit["id"],
        organisation_id=bureau,
        sector="民爆",
        admitted_on="2023-02-01",
    )
    assert "第八条" in faults(told)["vendor_id"]


def test_who_lacks_what_a_sector_asks_for_or_is_excluded_is_not_admitted(
    database: Database, overseer: FlaskClient, clerk: FlaskClient, ledger: StepLedger
) -> None:
    bureau = str(ledger.organisations["bureau"])
    vendor = str(vendor_of(database, ledger))
    send(
        overseer,
        "qualification-requirements",
        organisation_id=bureau,
        sector="民爆",
        kind="安全评价机构资质",
        rank="乙级",
        valid_from="2023-01-01",
    )
    wanted: Body = {
        "vendor_id": vendor,
        "organisation_id": bureau,
        "sector": "民爆",
        "admitted_on": "2023-02-01",
    }
    assert "没有登记" in faults(send(overseer, "admissions", 422, **wanted))["sector"]
    held: Body = {
        "vendor_id": vendor,
        "kind": "安全评价机构资质",
        "number": "APJ-1",
        "rank": "甲级",
    }
    send(clerk, "qualifications", 422, **held, expires_on="2024-01-01", is_permanent=True)
    late = send(clerk, "qualifications", **held, issued_on="2023-04-01", expires_on="2026-03-31")
    assert [code for code, _ in findings(database)] == ["qualification_lacking"] * 2
    assert "2023-04-01 才发证" in findings(database)[0][1]
    path = f"/api/v1/qualifications/{late['id']}"
    etag = {"If-Match": clerk.get(path).headers["ETag"]}
    right = {**held, "issued_on": "2021-02-01", "expires_on": "2024-01-31"}
    assert clerk.put(path, json=right, headers=etag).status_code == 200
    assert "只能登记本单位" in faults(send(clerk, "admissions", 422, **wanted))["organisation_id"]
    send(overseer, "admissions", **wanted)
    send(overseer, "admissions", 409, **wanted)
    both: Body = {**wanted, "sector": "煤矿、民爆"}
    assert "一次填一个" in faults(send(overseer, "admissions", 422, **both))["sector"]
    refuse_a_unit(overseer, bureau)


def test_people_promised_twice_and_missing_and_a_grade_against_its_points(
    database: Database, clerk: FlaskClient, overseer: FlaskClient, ledger: StepLedger
) -> None:
    promise: Body = {
        "contract_id": str(ledger.paid_by_zone),
        "kind": "people",
        "item": "应急救援队员",
        "unit": "人",
    }
    agreed = send(clerk, "contract-resources", **promise, promised=30, basis="服务合同")
    send(overseer, "contract-resources", 403, **promise, promised=30)
    send(clerk, "contract-resources", **promise, promised=31, basis="绩效目标表")
    counted: Body = {"contract_id": promise["contract_id"], "resource_id": agreed["id"]}
    send(overseer, "resource-presences", **counted, seen_on="2023-06-01", present=28)
    assert findings(database) == [
        (
            "resource_contradicts",
            "“应急救援队员”的约定数前后不一：服务合同 30 人；绩效目标表 31 人",
        ),
        (
            "resource_short",
            "2023-06-01 清点，“应急救援队员”到位 28，比约定的 30 人少 2",
        ),
    ]
    send(overseer, "resource-presences", **counted, seen_on="2023-07-01", present=30)
    assert [code for code, _ in findings(database)] == ["resource_contradicts"]
    body: Body = {
        "contract_id": str(ledger.paid_by_zone),
        "organisation_id": str(ledger.organisations["bureau"]),
        "stage": "year",
        "evaluated_on": "2023-12-20",
    }
    assert "至少填一项" in faults(send(overseer, "vendor-evaluations", 422, **body))["score"]
    # The field in the wrong is named, and no other beside it.
    beyond = send(overseer, "vendor-evaluations", 422, **body, score="120")
    assert faults(beyond) == {"score": "不能大于 100"}
    told = send(overseer, "vendor-evaluations", 422, **body, score="86.5", grade="excellent")
    assert "86.5 分应为“良”" in faults(told)["grade"]
    made = send(overseer, "vendor-evaluations", **body, score="86.5")
    assert (made["score"], made["grade"]) == ("86.5", "good")
    send(overseer, "vendor-evaluations", 422, **{**body, "evaluated_on": "2024-01-01"}, score="90")


def test_a_payment_awaits_the_grade_that_the_contract_ties_it_to(
    database: Database, clerk: FlaskClient, overseer: FlaskClient, ledger: StepLedger
) -> None:
    contract_id = str(ledger.paid_by_zone)
    tied = {"contract_id": contract_id, "milestone_number": 1, "stage": "year"}
    send(clerk, "evaluation-conditions", **tied, least_grade="good", clause="第六条第2款")
    pay = payment(database, ledger.paid_by_zone)
    told = faults(send(clerk, "acts", 422, **pay))["milestone_id"]
    assert "须待年度评价达到“良”，2023-12-01 尚未达到" in told
    body: Body = {
        "contract_id": contract_id,
        "organisation_id": str(ledger.organisations["bureau"]),
        "stage": "year",
    }
    send(overseer, "vendor-evaluations", **body, evaluated_on="2023-11-20", score="79.9")
    send(clerk, "acts", 422, **pay)
    shown = clerk.get(f"/contracts/{contract_id}").text
    assert "第六条第2款" in shown
    assert "未达到" in shown
    send(overseer, "vendor-evaluations", **body, evaluated_on="2023-11-30", score="80")
    send(clerk, "acts", **pay)


def test_days_that_no_ledger_holds_are_refused_at_their_field(
    database: Database, clerk: FlaskClient, ledger: StepLedger
) -> None:
    vendor = str(vendor_of(database, ledger))
    for day in ("0001-01-01", "2201-01-01"):
        wrong = send(
            clerk, "admissions", 422, vendor_id=vendor, sector="矿山", admitted_on="2023-01-01",
            organisation_id=str(ledger.organisations["bureau"]), until_on=day,
        )  # fmt: skip
        assert list(faults(wrong)) == ["until_on"]
        path = f"/api/v1/vendors/{vendor}"
        headers = {"If-Match": clerk.get(path).headers["ETag"]}
        body = {"name": "改名", "renamed_on": day}
        assert clerk.patch(path, json=body, headers=headers).status_code == 422
