"""The security policy: its page, its API, and who may touch it."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import ConflictError
from kernel.trail.models import AuditEntry
from people.sign_in.security_policy import PolicyTerms, change_policy, current_policy
from tests.signing_in import fill_in, form_token, member, refusals
from tests.web import client_as

DEFAULTS = {k: str(v) for k, v in PolicyTerms().model_dump().items() if isinstance(v, int)}


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    return client_as(database, tmp_path, member(database, "an.quan", (Role.SECURITY_ADMIN, None)))


def test_the_page_changes_it_and_the_trail_notes_what(
    client: FlaskClient, database: Database
) -> None:
    for idle in ("20", "25"):
        version = client.get("/security-policy").text.partition('name="version" value="')[2][0]
        answer = fill_in(
            client,
            "/security-policy",
            **{**DEFAULTS, "idle_minutes": idle, "second_factor_roles": "audit_admin"},
            version=version,
        )
        assert answer.status_code == 303, refusals(answer)
    with database.reading(LOCAL_OPERATOR) as session:
        terms = current_policy(session).terms
        assert (terms.idle_minutes, terms.second_factor_roles) == (25, (Role.AUDIT_ADMIN,))
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.object_kind == "security_policy")
            .order_by(AuditEntry.id)
        ).all()
    assert [entry.action for entry in entries] == ["insert", "update"]
    assert entries[1].actor == "an.quan"
    assert entries[1].before is not None
    assert entries[1].after is not None
    assert entries[1].before["idle_minutes"] == 20
    assert entries[1].after["idle_minutes"] == 25


@pytest.mark.parametrize(
    ("name", "value"),
    [("idle_minutes", "4"), ("min_length", "x"), ("max_age_days", "366"), ("history", "")],
)
def test_what_is_out_of_range_is_refused_at_the_field(
    client: FlaskClient, name: str, value: str
) -> None:
    fields = {**DEFAULTS, name: value, "idle_minutes": value if name == "idle_minutes" else "7"}
    refused = fill_in(client, "/security-policy", **fields, version="1")
    assert refused.status_code == 422
    assert len(refusals(refused)) == 1
    if name != "idle_minutes":
        assert 'name="idle_minutes" value="7"' in refused.text


def test_a_role_that_is_none_is_refused(client: FlaskClient) -> None:
    fields = {**DEFAULTS, "second_factor_roles": "king"}
    assert fill_in(client, "/security-policy", **fields, version="1").status_code == 422


def test_the_second_of_two_editors_is_told(client: FlaskClient, database: Database) -> None:
    page = client.get("/security-policy").text
    with database.writing(LOCAL_OPERATOR) as session:
        change_policy(session, PolicyTerms(idle_minutes=10), 1)
    refused = client.post(
        "/security-policy",
        data={**DEFAULTS, "csrf_token": form_token(page), "version": "1"},
    )
    assert refused.status_code == 409
    assert "已被他人修改" in refused.text
    assert "现为 10" in refused.text
    with database.writing(LOCAL_OPERATOR) as session, pytest.raises(ConflictError):
        change_policy(session, PolicyTerms(), 1)


def test_the_api_reads_and_changes_it(client: FlaskClient) -> None:
    shown = client.get("/api/v1/security-policy")
    assert shown.get_json()["max_age_days"] == 90
    token = form_token(client.get("/security-policy").text)
    body = {**shown.get_json(), "max_age_days": 60}

    def put(etag: str | None) -> int:
        headers = {"X-CSRFToken": token, **({"If-Match": etag} if etag else {})}
        return client.put("/api/v1/security-policy", json=body, headers=headers).status_code

    assert put(None) == 428
    assert put('"something else"') == 409
    assert put(shown.headers["ETag"]) == 200
    assert put(shown.headers["ETag"]) == 409
    assert client.get("/api/v1/security-policy").get_json()["max_age_days"] == 60
    body["max_age_days"] = 9999
    refused = client.put(
        "/api/v1/security-policy", json=body, headers={"X-CSRFToken": token, "If-Match": "*"}
    )
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"].endswith("max_age_days")


def test_others_do_not_touch_it(database: Database, tmp_path: Path) -> None:
    for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN):
        user_id = member(database, f"other.{role.value}", (role, None))
        client = client_as(database, tmp_path, user_id)
        assert client.get("/security-policy").status_code == 403
        assert client.get("/api/v1/security-policy").status_code == 403
