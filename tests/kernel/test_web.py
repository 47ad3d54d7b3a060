"""What every request gets: an id, an access line, safe headers, errors that reveal nothing."""

import json
from datetime import UTC, date, datetime

import pytest
import structlog
from cryptography.fernet import Fernet
from flask import Flask, jsonify
from flask.testing import FlaskClient
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from contracts.models import Vendor
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import ConflictError, InputError, NotFoundError, UnavailableError
from kernel.sealed_secrets import SealedSecrets
from kernel.web.headers import allowed_hosts
from kernel.web.install import install
from kernel.web.permissions import ANYBODY, declare_static, requires
from kernel.web.session import (
    WebParts,
    as_of,
    current_actor,
    current_clock,
    current_session,
    write_session,
)
from tests.clocks import StoppedClock
from tests.ledger import WHO

TODAY = date(2023, 12, 31)
CLOCK = StoppedClock(datetime(2023, 12, 31, 4, tzinfo=UTC), TODAY)
SECRET = "password=hunter2"


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: int = Field(ge=1, le=9)


@pytest.fixture
def app(database: Database) -> Flask:
    app = Flask("test")
    install(
        app,
        WebParts(database, CLOCK, lambda: LOCAL_OPERATOR, SealedSecrets([Fernet.generate_key()])),
        allowed_hosts("https://monitor.example.gov.cn:8443"),
    )

    def fail(error: Exception) -> str:
        raise error

    errors: dict[str, Exception] = {
        "conflict": ConflictError("已被修改"),
        "missing": NotFoundError("没有这份合同"),
        "input": InputError("金额", "不能为负"),
        "unavailable": UnavailableError("正在升级"),
        "database": OperationalError(SECRET, {}, Exception(SECRET)),
        "bug": RuntimeError(SECRET),
    }
    for name, error in errors.items():
        for prefix in ("/api/", "/"):
            app.add_url_rule(f"{prefix}{name}", f"{prefix}{name}", lambda error=error: fail(error))
    app.add_url_rule("/api/echo", "echo", lambda: jsonify({}), methods=["POST"])
    app.add_url_rule("/api/day", "day", lambda: str(as_of()))
    app.add_url_rule(
        "/api/model", "model", lambda: str(Asked.model_validate({"count": "x", "more": 1}))
    )
    for endpoint, view in app.view_functions.items():
        if not endpoint.endswith("static"):
            requires(ANYBODY)(view)
    declare_static(app)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_request_id_is_the_callers_when_it_is_a_plain_word(client: FlaskClient) -> None:
    response = client.get("/api/day", headers={"X-Request-Id": "gateway-17.a"})
    assert response.headers["X-Request-Id"] == "gateway-17.a"


@pytest.mark.parametrize("given", ["", "a b", "x" * 101, '"><script>', "编号"])
def test_request_id_is_made_when_the_callers_is_not(client: FlaskClient, given: str) -> None:
    response = client.get("/api/day", headers={"X-Request-Id": given.encode().decode("latin-1")})
    made = response.headers["X-Request-Id"]
    assert made != given
    assert made[14] == "7"  # UUIDv7


def test_each_request_writes_one_access_line_with_its_id(client: FlaskClient) -> None:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        client.get("/api/day", headers={"X-Request-Id": "one"})
        client.get("/api/nowhere", headers={"X-Request-Id": "two"})
    access = [line for line in lines if line["event"] == "request"]
    assert [(line["request_id"], line["path"], line["status"]) for line in access] == [
        ("one", "/api/day", 200),
        ("two", "/api/nowhere", 404),
    ]
    assert "request_id" not in structlog.contextvars.get_contextvars()


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("conflict", 409, "conflict"),
        ("missing", 404, "not_found"),
        ("input", 422, "invalid_input"),
        ("unavailable", 503, "unavailable"),
    ],
)
def test_a_refusal_is_a_problem_on_the_api_and_a_page_elsewhere(
    client: FlaskClient, name: str, status: int, code: str
) -> None:
    response = client.get(f"/api/{name}")
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body = json.loads(response.data)
    assert list(body) == [
        "type", "title", "status", "detail", "instance", "request_id", "errors",
    ]  # fmt: skip
    assert body["type"].endswith(f":{code}")
    assert (body["status"], body["instance"]) == (status, f"/api/{name}")
    assert body["request_id"] == response.headers["X-Request-Id"]
    page = client.get(f"/{name}")
    assert page.status_code == status
    assert page.mimetype == "text/html"
    assert body["detail"] in page.text
    assert page.headers["X-Request-Id"] in page.text


def test_an_input_error_names_its_field(client: FlaskClient) -> None:
    assert json.loads(client.get("/api/input").data)["errors"] == [
        {"field": "金额", "message": "不能为负"}
    ]


@pytest.mark.parametrize(("name", "status"), [("database", 503), ("bug", 500)])
@pytest.mark.parametrize("prefix", ["/api/", "/"])
def test_a_failure_reveals_nothing_and_is_logged(
    client: FlaskClient, name: str, status: int, prefix: str
) -> None:
    with capture_logs() as lines:
        response = client.get(f"{prefix}{name}")
    assert response.status_code == status
    assert SECRET not in response.text
    assert "Traceback" not in response.text
    assert response.headers["X-Request-Id"] in response.text
    logged = [line for line in lines if "exc_info" in line]
    assert len(logged) == 1
    assert SECRET in str(logged[0]["exc_info"])


def test_a_pydantic_error_names_each_field(client: FlaskClient) -> None:
    response = client.get("/api/model")
    assert response.status_code == 422
    assert json.loads(response.data)["errors"] == [
        {"field": "count", "message": "应为整数"},
        {"field": "more", "message": "没有这个参数"},
    ]


def test_malformed_json_is_400(client: FlaskClient) -> None:
    response = client.post("/api/echo", data=b'{"a": ', content_type="application/json")
    assert response.status_code == 400
    assert response.content_type == "application/problem+json"
    assert client.post("/api/echo", json={"a": 1}).status_code == 200


def test_unknown_path_and_wrong_method(client: FlaskClient) -> None:
    assert client.get("/api/nowhere").content_type == "application/problem+json"
    response = client.get("/api/echo")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000",
                                  "Monitor.example.gov.cn:8443"])  # fmt: skip
def test_known_hosts_are_served(client: FlaskClient, host: str) -> None:
    assert client.get("/api/day", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[", "a b", ""]
)
def test_foreign_hosts_are_refused(client: FlaskClient, host: str) -> None:
    response = client.get("/api/day", headers={"Host": host})
    assert response.status_code == 400
    assert "Content-Security-Policy" in response.headers


def test_a_host_that_no_address_can_be_built_for_is_refused_by_a_page(client: FlaskClient) -> None:
    response = client.get("/", headers={"Host": "a" * 300})
    assert response.status_code == 400
    assert "/problem-page/problem.css" in response.get_data(as_text=True)
    assert "Content-Security-Policy" in response.headers


@pytest.mark.parametrize("path", ["/api/day", "/api/bug", "/nowhere", "/problem-page/problem.css"])
def test_every_answer_has_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_as_of_is_the_day_asked_else_the_clocks(client: FlaskClient) -> None:
    assert client.get("/api/day?as_of=2023-02-28").text == "2023-02-28"
    assert client.get("/api/day").text == "2023-12-31"
    assert client.get("/api/day?as_of=").text == "2023-12-31"


@pytest.mark.parametrize(
    "given", ["2023-02-29", "2023-2-3", "0", "20230203", "today", "１９９９-01-01"]
)
def test_as_of_that_is_no_date_is_refused_by_name(client: FlaskClient, given: str) -> None:
    response = client.get("/api/day", query_string={"as_of": given})
    assert response.status_code == 422
    assert json.loads(response.data)["errors"][0]["field"] == "as_of"


def test_the_reading_session_is_one_and_closed_with_the_request(
    app: Flask, database: Database
) -> None:
    with app.test_request_context("/"):
        session = current_session()
        assert session is current_session()
        assert session.scalar(text("SELECT 1")) == 1
        assert session.in_transaction()
        assert current_actor() is LOCAL_OPERATOR
        assert current_clock() is CLOCK
    assert not session.in_transaction()


def test_what_was_written_is_read_in_the_same_request(app: Flask) -> None:
    with app.test_request_context("/"):
        assert current_session().scalars(select(Vendor.name)).all() == []
        with write_session() as session:
            session.add(Vendor(name="新承接方", **WHO))
        assert current_session().scalars(select(Vendor.name)).all() == ["新承接方"]


def test_a_failed_write_leaves_nothing(app: Flask) -> None:
    def fail() -> None:
        with write_session() as session:
            session.add(Vendor(name="新承接方", **WHO))
            session.flush()
            raise ConflictError("已被修改")

    with app.test_request_context("/"):
        with pytest.raises(ConflictError):
            fail()
        assert current_session().scalars(select(Vendor.name)).all() == []
