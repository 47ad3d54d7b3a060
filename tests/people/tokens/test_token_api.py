"""Tokens through the service: made in a session, used by programs, refused when they are not good."""

from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from people.models import User
from people.tokens.secrets import fresh_token
from tests.ledger import city
from tests.people import person
from tests.web import COOKIE, client_as, stranger

NEW = {"name": "看板", "scopes": ["organisations.read"], "valid_days": 30}


@pytest.fixture
def clerk(database: Database) -> UUID:
    with database.writing(LOCAL_OPERATOR) as session:
        return person(session, "clerk", (Role.CLERK, city(session).bureau.id)).id


@pytest.fixture
def browser(database: Database, tmp_path: Path, clerk: UUID) -> FlaskClient:
    client = client_as(database, tmp_path, clerk)
    client.application.config["WTF_CSRF_METHODS"] = set()
    return client


@pytest.fixture
def program(database: Database, tmp_path: Path) -> FlaskClient:
    return stranger(database, tmp_path)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_is_made_once_and_used(browser: FlaskClient, program: FlaskClient) -> None:
    answer = browser.post("/api/v1/tokens", json=NEW)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    made = answer.get_json()
    assert made["token"].startswith(made["prefix"])
    with_token = bearer(made["token"])
    assert program.get("/api/v1/organisations", headers=with_token).status_code == 200
    refused = program.get("/api/v1/contracts", headers=with_token)
    assert refused.status_code == 403
    listed = browser.get("/api/v1/tokens").get_json()["items"]
    assert [item["id"] for item in listed] == [made["id"]]
    assert listed[0]["last_used_at"] is not None
    assert "token" not in listed[0]
    assert made["token"] not in browser.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_revoked_token_is_refused_at_once(browser: FlaskClient, program: FlaskClient) -> None:
    made = browser.post("/api/v1/tokens", json=NEW).get_json()
    assert browser.delete(f"/api/v1/tokens/{made['id']}").get_json()["state"] == "revoked"
    answer = program.get("/api/v1/organisations", headers=bearer(made["token"]))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="monitor", error="invalid_token"'
    assert answer.get_json()["type"].endswith(":invalid_token")


@pytest.mark.parametrize(
    "token", ["", "x", "cm_short", pytest.param(fresh_token().text, id="nobodys")]
)
def test_a_bad_token_is_refused_though_a_cookie_comes_with_it(
    browser: FlaskClient, token: str
) -> None:
    assert browser.get("/api/v1/tokens").status_code == 200
    answer = browser.get("/api/v1/tokens", headers=bearer(token))
    assert answer.status_code == 401
    assert "invalid_token" in answer.headers["WWW-Authenticate"]
    page = browser.get("/account/tokens", headers=bearer(token))
    assert page.status_code == 401


def test_a_token_counts_and_not_the_cookie_beside_it(
    database: Database, tmp_path: Path, browser: FlaskClient
) -> None:
    token = browser.post("/api/v1/tokens", json=NEW).get_json()["token"]
    with database.writing(LOCAL_OPERATOR) as session:
        bureau = session.scalars(select(User)).one().id
        admin = person(session, "admin", (Role.SYSTEM_ADMIN, None)).id
    other = client_as(database, tmp_path, admin)
    assert other.get_cookie(COOKIE) is not None
    listed = other.get("/api/v1/tokens", headers=bearer(token)).get_json()["items"]
    assert {item["user_id"] for item in listed} == {str(bureau)}


def test_a_stranger_is_told_what_to_bring(program: FlaskClient) -> None:
    answer = program.get("/api/v1/tokens")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="monitor"'


def test_a_token_makes_and_revokes_none(browser: FlaskClient, program: FlaskClient) -> None:
    made = browser.post("/api/v1/tokens", json=NEW).get_json()
    headers = bearer(made["token"])
    answer = program.post("/api/v1/tokens", json={**NEW, "name": "又一个"}, headers=headers)
    assert answer.status_code == 403
    assert program.delete(f"/api/v1/tokens/{made['id']}", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": ["users.write"]}, "scopes"),
        ({"valid_days": 0}, "valid_days"),
        ({"valid_days": 366}, "valid_days"),
        ({"valid_days": None}, "valid_days"),
        ({"expires_at": "2999-01-01"}, "expires_at"),
    ],
)
def test_bad_input_names_its_field(
    browser: FlaskClient, change: dict[str, object], field: str
) -> None:
    answer = browser.post("/api/v1/tokens", json={**NEW, **change})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"].partition(".")[0] == field
    assert browser.get("/api/v1/tokens").get_json()["items"] == []


def test_a_browser_needs_the_form_token(database: Database, tmp_path: Path, clerk: UUID) -> None:
    client = client_as(database, tmp_path, clerk)
    assert client.post("/api/v1/tokens", json=NEW).status_code == 400
    assert client.post("/account/tokens", data=NEW).status_code == 400


def test_the_page_makes_shows_once_and_revokes(browser: FlaskClient) -> None:
    assert "还没有令牌" in browser.get("/account/tokens").get_data(as_text=True)
    answer = browser.post("/account/tokens", data=NEW)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    listed = browser.get("/api/v1/tokens").get_json()["items"]
    assert shown.count(listed[0]["prefix"] + "_") == 1
    page = browser.get("/account/tokens").get_data(as_text=True)
    assert listed[0]["prefix"] in page
    assert listed[0]["prefix"] + "_" not in page
    back = browser.post(f"/account/tokens/{listed[0]['id']}/revoke", follow_redirects=True)
    assert "已撤销" in back.get_data(as_text=True)


def test_the_page_keeps_what_was_typed(browser: FlaskClient) -> None:
    answer = browser.post("/account/tokens", data={"name": "统计用", "valid_days": "180"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "请至少选一项" in page
    assert 'value="统计用"' in page
    assert '<option value="180" selected>' in page
    browser.post("/account/tokens", data=NEW)
    again = browser.post("/account/tokens", data=NEW)
    assert again.status_code == 422
    assert "已有名为“看板”的令牌" in again.get_data(as_text=True)


def test_another_persons_token_is_not_found(
    database: Database, tmp_path: Path, browser: FlaskClient
) -> None:
    made = browser.post("/api/v1/tokens", json=NEW).get_json()
    with database.writing(LOCAL_OPERATOR) as session:
        other = person(session, "other").id
    neighbour = client_as(database, tmp_path, other)
    neighbour.application.config["WTF_CSRF_METHODS"] = set()
    assert neighbour.get(f"/api/v1/tokens/{made['id']}").status_code == 404
    assert neighbour.delete(f"/api/v1/tokens/{made['id']}").status_code == 404
    assert neighbour.post(f"/account/tokens/{made['id']}/revoke").status_code == 404
