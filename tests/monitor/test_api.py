"""The read API: pages, filters, ETags, statements, and what it refuses."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from alerts.delivery_models import DeliveryAttempt, Message, MessageState
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.api_ledger import RESOURCES, fill, items
from tests.web import NOW, web_client


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    return web_client(database, tmp_path)


@pytest.fixture
def etag(client: FlaskClient, database: Database) -> str:
    [key] = fill(database, 1)
    response = client.get(f"/api/v1/contracts/{key}")
    return response.headers["ETag"]


def test_what_the_caller_has_is_not_sent_again(
    client: FlaskClient, database: Database, etag: str
) -> None:
    [found] = items(client, "contracts")
    path = f"/api/v1/contracts/{found['id']}"
    same = client.get(path, headers={"If-None-Match": etag})
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == etag
    earlier = client.get(f"{path}?as_of=2023-05-15", headers={"If-None-Match": etag})
    assert earlier.status_code == 200


def test_lists_are_read_page_by_page(client: FlaskClient, database: Database) -> None:
    fill(database, 5)
    for resource in RESOURCES:
        whole = [item["id"] for item in items(client, resource, limit=200)]
        seen: list[str] = []
        query: dict[str, Any] = {"limit": 2}
        while True:
            page = client.get(f"/api/v1/{resource}", query_string=query).get_json()
            seen += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]
        assert seen == whole, resource
        assert len(set(seen)) == len(seen)


def statements(client: FlaskClient, database: Database, path: str) -> int:
    seen: list[str] = []

    def count(*arguments: Any) -> None:
        # SQLite's transaction is begun by hand; PostgreSQL is told whose it is.
        if not arguments[2].startswith(("BEGIN", "SELECT set_config")):
            seen.append(arguments[2])

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", count)
    return len(seen)


def test_a_page_takes_as_many_statements_for_30_rows_as_for_1(
    client: FlaskClient, database: Database
) -> None:
    fill(database, 30)
    for resource in RESOURCES:
        found = items(client, resource, limit=30)
        few = statements(client, database, f"/api/v1/{resource}?limit=1")
        many = statements(client, database, f"/api/v1/{resource}?limit=200")
        assert few == many <= 7, resource
        assert found, resource
        detail = statements(client, database, f"/api/v1/{resource}/{found[0]['id']}")
        assert detail <= 6, resource


def test_filters_choose(client: FlaskClient, database: Database) -> None:
    first, second = fill(database, 2)
    for resource in ("milestones", "payments", "rounds", "plans", "alerts"):
        assert items(client, resource, contract=str(first)), resource
        for item in items(client, resource, contract=str(first)):
            assert item["contract"]["id"] == str(first)
        assert items(client, resource, contract=str(uuid4())) == []
        for item in items(client, resource, programme="第1市-2023"):
            assert item["contract"]["id"] == str(second)
    assert [c["number"] for c in items(client, "contracts", q="ht-1 应急")] == ["HT-1"]
    assert [c["number"] for c in items(client, "contracts", programme="第0市-2023")] == ["HT-0"]
    assert items(client, "contracts", q="%") == []
    assert len(items(client, "contracts", overdue="true")) == 2
    assert items(client, "contracts", overdue="true", as_of="2023-05-01") == []
    assert len(items(client, "contracts", overdue="false", as_of="2023-05-01")) == 2
    assert items(client, "contracts", plan_state="approved") == []
    assert len(items(client, "organisations", q="应急局")) == 2
    assert len(items(client, "vendors", q="第1市")) == 1
    assert len(items(client, "programmes", fiscal_year=2023)) == 2
    assert items(client, "alerts", severity="info", state="open") == []


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("as_of", "2023-02-29"), ("as_of", "1700000000"), ("as_of", "2023-1-1"),
        ("limit", "0"), ("limit", "201"), ("limit", "ten"), ("limit", "1.5"),
        ("cursor", "zzz"), ("cursor", "W10"), ("cursor", "é"), ("cursor", "a" * 700),
        ("nonsense", "1"),
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_by_name(client: FlaskClient, name: str, given: str) -> None:
    for resource in (*RESOURCES, "scores"):
        response = client.get(f"/api/v1/{resource}", query_string={name: given})
        assert response.status_code == 422, resource
        assert response.content_type == "application/problem+json"
        assert [error["field"] for error in response.get_json()["errors"]] == [name]


def test_a_wrong_or_unknown_id_is_refused(client: FlaskClient) -> None:
    for resource in RESOURCES:
        wrong = client.get(f"/api/v1/{resource}/42")
        assert wrong.status_code == 422, resource
        assert wrong.get_json()["errors"][0]["field"] == "id"
        unknown = client.get(f"/api/v1/{resource}/{uuid4()}")
        assert unknown.status_code == 404, resource
        assert unknown.content_type == "application/problem+json"
        assert "没有这" in unknown.get_json()["detail"]


@pytest.mark.parametrize("words", ["\x00", "a\x00b", "\n"])
def test_words_that_no_database_takes_are_refused(client: FlaskClient, words: str) -> None:
    for resource in ("organisations", "vendors", "programmes", "contracts"):
        response = client.get(f"/api/v1/{resource}", query_string={"q": words})
        assert response.status_code == 422
        assert response.get_json()["errors"][0]["field"] == "q"


def test_deliveries_show_their_attempts_and_no_secret(
    client: FlaskClient, database: Database
) -> None:
    fill(database, 1)
    with database.writing(LOCAL_OPERATOR) as session:
        message = session.scalars(select(Message).order_by(Message.id)).first()
        assert message is not None
        for number, status in ((1, 500), (2, None)):
            session.add(
                DeliveryAttempt(
                    message_id=message.id,
                    number=number,
                    started_at=NOW,
                    latency_ms=12,
                    status=status,
                    answer="busy" if status else "",
                    error="" if status else "超时",
                )
            )
        message.state, message.tries, message.ended_at = MessageState.PARKED, 2, NOW
        key, count = message.id, message.alert_count
    [found] = items(client, "deliveries", state="parked")
    assert (found["id"], found["channel"], found["alert_count"]) == (str(key), "值班群", count)
    assert found["webhook_id"] == f"msg_{key.hex}"
    assert found["next_attempt_at"] is None
    response = client.get(f"/api/v1/deliveries/{key}")
    detail = response.get_json()
    assert [(a["number"], a["status"], a["error"]) for a in detail["attempts"]] == [
        (1, 500, ""),
        (2, None, "超时"),
    ]
    assert len(detail["alert_ids"]) == count
    [told] = items(client, "deliveries", state="parked", alert=detail["alert_ids"][0])
    assert told["id"] == str(key)
    assert items(client, "deliveries", channel="别的群") == []
    for text in (response.text, client.get("/api/v1/deliveries").text):
        assert "whsec" not in text
        assert "receiver.example" not in text
