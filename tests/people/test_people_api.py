"""Users, memberships and the tree over the API: who may, and what the second editor gets."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from tests.ledger import city
from tests.people import person
from tests.web import client_as, stranger

Clients = dict[str, FlaskClient]
ORGANISATION = {"code": "X1", "name": "新设局", "kind": "department", "division_code": "650500"}


@pytest.fixture
def clients(database: Database, tmp_path: Path) -> Clients:
    """One each of the administrators and a clerk, signed in; form tokens are not the matter here."""
    with database.writing(LOCAL_OPERATOR) as session:
        bureau = city(session).bureau.id
        held: dict[str, tuple[Role, UUID | None]] = {
            "system": (Role.SYSTEM_ADMIN, None),
            "security": (Role.SECURITY_ADMIN, None),
            "audit": (Role.AUDIT_ADMIN, None),
            "clerk": (Role.CLERK, bureau),
        }
        keys = {login: person(session, login, one).id for login, one in held.items()}
    found = {login: client_as(database, tmp_path, key) for login, key in keys.items()}
    found["stranger"] = stranger(database, tmp_path)
    for client in found.values():
        client.application.config["WTF_CSRF_METHODS"] = ()
    return found


def ask(client: FlaskClient, method: str, path: str, body: Any = None, etag: str = "") -> Any:
    headers = {"If-Match": etag} if etag else {}
    return client.open(f"/api/v1{path}", method=method, json=body, headers=headers)


def added_user(clients: Clients) -> tuple[str, str]:
    answer = ask(clients["system"], "POST", "/users", {"login": "wang", "name": "王"})
    assert answer.status_code == 201, answer.text
    read = ask(clients["system"], "GET", f"/users/{answer.json['id']}")
    assert answer.headers["Location"] == f"/api/v1/users/{answer.json['id']}"
    return answer.json["id"], read.headers["ETag"]


def test_accounts_are_for_one_administrator_and_roles_for_another(clients: Clients) -> None:
    key, etag = added_user(clients)
    role = {"user_id": key, "role": "system_admin", "valid_from": "2023-12-31"}
    for login, client in clients.items():
        refused = 401 if login == "stranger" else 403
        if login != "system":
            new = {"login": "x1", "name": "x"}
            assert ask(client, "POST", "/users", new).status_code == refused
            answer = ask(client, "POST", f"/users/{key}/disable", {"reason": "离职"}, etag)
            assert answer.status_code == refused
            assert ask(client, "POST", "/organisations", ORGANISATION).status_code == refused
        if login != "security":
            assert ask(client, "POST", "/memberships", role).status_code == refused
        if login not in {"system", "security"}:
            assert ask(client, "GET", "/users").status_code == refused
            assert ask(client, "GET", "/memberships").status_code == refused
    assert ask(clients["security"], "POST", "/memberships", role).status_code == 201


def test_the_second_editor_gets_409_that_names_the_fields(clients: Clients) -> None:
    key, etag = added_user(clients)
    changed = ask(clients["system"], "PATCH", f"/users/{key}", {"name": "王一"}, etag)
    assert changed.status_code == 200
    assert changed.json["version"] == 2
    late = ask(clients["system"], "PATCH", f"/users/{key}", {"name": "王二"}, etag)
    assert late.status_code == 409
    assert late.mimetype == "application/problem+json"
    assert late.json["errors"] == [{"field": "name", "message": "姓名现为“王一”，您要改为“王二”"}]
    assert "system 已修改过" in late.json["detail"]
    again = ask(
        clients["system"], "PATCH", f"/users/{key}", {"name": "王二"}, changed.headers["ETag"]
    )
    assert again.json["name"] == "王二"


def test_an_edit_that_names_no_state_is_not_made(clients: Clients) -> None:
    key, _etag = added_user(clients)
    answer = ask(clients["system"], "PATCH", f"/users/{key}", {"name": "王一"})
    assert answer.status_code == 428
    assert "If-Match" in answer.json["detail"]


def test_a_membership_is_granted_limited_and_ended(clients: Clients) -> None:
    key, _etag = added_user(clients)
    bureau = ask(clients["security"], "GET", "/organisations").json["items"][1]["id"]
    body = {"user_id": key, "role": "auditor", "organisation_id": bureau}
    body |= {"valid_from": "2023-12-01", "valid_to": "2024-01-31"}
    made = ask(clients["security"], "POST", "/memberships", body)
    assert made.status_code == 201, made.text
    path = f"/memberships/{made.json['id']}"
    longer = ask(
        clients["security"], "PATCH", path, {"valid_to": "2024-02-29"}, made.headers["ETag"]
    )
    assert (longer.json["valid_from"], longer.json["valid_to"]) == ("2023-12-01", "2024-02-29")
    late = ask(clients["security"], "POST", f"{path}/end", None, made.headers["ETag"])
    assert late.status_code == 409
    ended = ask(clients["security"], "POST", f"{path}/end", None, longer.headers["ETag"])
    assert ended.status_code == 200
    assert ended.json["effective"] is False


def test_the_last_administrator_is_not_removed(clients: Clients, database: Database) -> None:
    page = ask(clients["security"], "GET", "/memberships?role=system_admin").json["items"]
    one = ask(clients["security"], "GET", f"/memberships/{page[0]['id']}")
    path = f"/memberships/{page[0]['id']}/end"
    answer = ask(clients["security"], "POST", path, None, one.headers["ETag"])
    assert answer.status_code == 409
    assert "这是最后一名系统管理员" in answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/users", {"login": "x", "name": "x"}, "login"),
        ("/users", {"login": "a b", "name": "x"}, "login"),
        ("/users", {"login": "wang", "name": ""}, "name"),
        ("/users", {"login": "wang", "name": "a\nb"}, "name"),
        ("/users", {"login": "wang", "name": "王", "expires_on": "2023-12-30"}, "expires_on"),
        ("/organisations", {**ORGANISATION, "division_code": "990000"}, "division_code"),
        ("/organisations", {**ORGANISATION, "kind": "ministry"}, "kind"),
        ("/organisations", {**ORGANISATION, "valid_from": "2024-01-01"}, "valid_from"),
        ("/organisations", {**ORGANISATION, "extra": 1}, "extra"),
    ],
)
def test_wrong_fields_are_named(
    clients: Clients, path: str, body: dict[str, Any], field: str
) -> None:
    answer = ask(clients["system"], "POST", path, body)
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json["errors"]] == [field]


def test_an_organisation_is_added_renamed_and_moved(clients: Clients) -> None:
    client = clients["system"]
    made = ask(client, "POST", "/organisations", ORGANISATION)
    assert made.status_code == 201
    path = f"/organisations/{made.json['id']}"
    etag = ask(client, "GET", path).headers["ETag"]
    assert etag == made.headers["ETag"]
    body = {"name": "改名局", "valid_from": "2023-06-01"}
    renamed = ask(client, "PATCH", path, body, etag)
    assert renamed.status_code == 200, renamed.text
    stale = ask(client, "PATCH", path, {**body, "name": "又名局"}, etag)
    assert (stale.status_code, stale.json["errors"][0]["field"]) == (409, "name")
    before = ask(client, "GET", f"{path}?as_of=2023-05-31").json
    assert (before["name"], renamed.json["name"]) == ("新设局", "改名局")
    found = ask(client, "GET", "/organisations?q=新设&as_of=2023-05-31").json["items"]
    assert [each["id"] for each in found] == [made.json["id"]]
    assert ask(client, "GET", "/organisations?q=新设").json["items"] == []
    root = ask(client, "GET", "/organisations?kind=government").json["items"][0]["id"]
    target = {"parent_id": root, "valid_from": "2023-07-01"}
    moved = ask(client, "POST", f"{path}/move", target, renamed.headers["ETag"])
    assert moved.json["parent_id"] == root
    below = {"parent_id": made.json["id"], "valid_from": str(date(2023, 7, 2))}
    top = ask(client, "GET", f"/organisations/{root}")
    cycle = ask(client, "POST", f"/organisations/{root}/move", below, top.headers["ETag"])
    assert cycle.status_code == 422
    assert "循环" in cycle.json["errors"][0]["message"]
    told = ask(client, "GET", f"{path}/versions").json["items"]
    assert [(each["name"], each["parent_name"]) for each in told] == [
        ("新设局", None),
        ("改名局", None),
        ("改名局", "甲市人民政府"),
    ]
