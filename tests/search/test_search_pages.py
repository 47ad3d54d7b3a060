"""The search box and its page: grouped, marked, paged, and never a hint of what is hidden."""

from pathlib import Path
from typing import Any

from contracts.hazards.models import Hazard, HazardLevel
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from tests.ledger import WHO, ContractSpec, city, contract
from tests.people import person
from tests.web import TODAY, client_as, web_client

SPEC = ContractSpec(begins=TODAY.replace(month=3))


def _fill(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        for name in ("甲市", "乙市"):
            place = city(session, name)
            keys = [contract(session, place, f"{name}{n}<b>", SPEC) for n in range(7)]
            session.add(
                Hazard(
                    contract_id=keys[0], natural_key="1", level=HazardLevel.MAJOR,
                    description=f"{name}配电箱未接地", found_on=TODAY.replace(month=5), **WHO,
                )
            )  # fmt: skip
            person(session, name, (Role.CLERK, place.bureau.id))


def test_found_records_are_grouped_marked_and_paged(database: Database, tmp_path: Path) -> None:
    _fill(database)
    client = web_client(database, tmp_path)
    page = client.get("/search", query_string={"q": "甲市 安全"}).text
    assert page.count('class="hit"') == 6  # five contracts and a vendor
    assert "<mark>甲市</mark>6&lt;b&gt;<mark>安全</mark>服务" in page
    assert "查看更多合同" in page
    assert "没有含“甲市 安全”的企业。已查：名称、统一社会信用代码。" in page
    only = client.get("/search", query_string={"q": "接地", "kind": "hazard"}).text
    assert only.count('class="hit"') == 2
    assert "在上方输入" in client.get("/search").text
    assert client.get("/search", query_string={"q": "安" * 101}).status_code == 422


def test_pages_of_one_kind_have_each_record_once(database: Database, tmp_path: Path) -> None:
    _fill(database)
    client = web_client(database, tmp_path)
    asked: dict[str, Any] = {"q": "安全", "limit": 4}
    keys: list[str] = []
    while True:
        answer: Any = client.get("/api/v1/search", query_string=asked).json
        keys += [item["id"] for item in answer["items"]]
        if answer["next"] is None:
            break
        asked["cursor"] = answer["next"]
    assert len(keys) == len(set(keys)) == 14
    wrong = client.get("/api/v1/search", query_string={"q": "安全", "cursor": "AAAA"})
    assert wrong.status_code == 422
    assert "cursor" in wrong.text


def test_what_is_not_seen_is_not_found(database: Database, tmp_path: Path) -> None:
    _fill(database)
    with database.writing(LOCAL_OPERATOR) as session:
        clerk = person(session, "丙", (Role.CLERK, city(session, "丙市").bureau.id)).id
    client = client_as(database, tmp_path, clerk)
    page = client.get("/search", query_string={"q": "配电"}).text
    assert 'class="hit"' not in page
    assert "没有含“配电”的隐患" in page
    hidden = client.get("/api/v1/search", query_string={"q": "安全服务"}).json
    assert hidden == {"items": [], "next": None}
