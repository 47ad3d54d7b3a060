"""The edges of the service: names, proxies, redirects, form tokens, headers, error pages, bodies."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from tests.access.extent import Extent
from tests.clocks import StoppedClock
from tests.counts import and_in_proof
from tests.web import COOKIE, NOW, TODAY, overseers_token, stranger, web_client

CLOCK = StoppedClock(NOW, TODAY)
FOREIGN = "https://evil.example/"
ELSEWHERE = (FOREIGN, "//evil.example", "/\\evil.example", "https:evil.example")
KEY = "00000000-0000-7000-8000-000000000001"
HTTPS = "https://monitor.example.gov.cn"


def application(database: Database, data_dir: Path, **settings: Any) -> Flask:
    return create_app(Settings(data_dir=data_dir, business_date=TODAY, **settings), database, CLOCK)


def filled(rule: Rule) -> str:
    """The rule's address with something in each place."""
    return re.sub(
        r"<(?:uuid:)?(?:key|[a-z_]*id)>", KEY, re.sub(r"<[^>]*filename>", "x.css", rule.rule)
    )


def addresses(app: Flask, method: str) -> list[str]:
    found = {
        filled(rule)
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and not Extent.is_stood_for(rule.rule)
    }
    return sorted(re.sub(r"<[^>]*>", "x", address) for address in found)


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    return web_client(database, tmp_path)


@pytest.mark.parametrize("backend", and_in_proof(["sqlite"], ["postgresql"]), indirect=True)
def test_no_change_is_made_without_the_forms_token(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path)
    client = app.test_client()
    client.set_cookie(COOKIE, overseers_token(database))
    asked = 0
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for address in addresses(app, method):
            answer = client.open(address, method=method, json={})
            assert answer.status_code == 400, (method, address, answer.status_code)
            asked += 1
    assert asked >= 10


@pytest.mark.parametrize("backend", and_in_proof(["sqlite"], ["postgresql"]), indirect=True)
def test_no_page_leads_elsewhere(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path)
    for client in (web_client(database, tmp_path), stranger(database, tmp_path)):
        for at, address in enumerate(addresses(app, "GET")):
            goes_on = address.startswith(("/sign-in", "/account", "/set-up"))
            for given in ELSEWHERE if goes_on else ELSEWHERE[at % 4 :][:1]:
                query = dict.fromkeys(("next", "redirect", "url", "return_to"), given)
                answer = client.get(address, query_string=query)
                location = answer.headers.get("Location", "")
                assert not location.startswith(("http", "//", "/\\")), (address, location)


@pytest.mark.parametrize("backend", and_in_proof(["sqlite"], ["postgresql"]), indirect=True)
def test_every_answer_carries_the_headers(database: Database, tmp_path: Path) -> None:
    app = application(database, tmp_path)
    client = web_client(database, tmp_path)
    for address in addresses(app, "GET"):
        answer = client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, address
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer.headers
        if answer.mimetype == "text/html":
            assert answer.headers["Cache-Control"] == "no-store", address
        assert "public" not in answer.headers["Cache-Control"] or "/static/" in address


def test_by_https_it_says_to_stay_there_and_cookies_are_secure(
    database: Database, tmp_path: Path
) -> None:
    app = application(database, tmp_path, public_url=HTTPS)
    client = app.test_client()
    answer = client.get("/sign-in", base_url=HTTPS)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        for flag in ("Secure", "HttpOnly", "SameSite=", "Path=/"):
            assert flag in cookie
        assert "Domain" not in cookie
        assert cookie.startswith("__Host-")


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "Forwarded", "X-Host", "X-Original-Host"])
@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forwarded_name_is_not_believed(
    database: Database, tmp_path: Path, header: str, proxies: int
) -> None:
    client = application(database, tmp_path, trusted_proxies=proxies).test_client()
    for address in ("/", "/sign-in"):
        answer = client.get(address, headers={header: "host=evil.example"})
        assert "evil.example" not in answer.text + answer.headers.get("Location", "")
    refused = client.get("/healthz", headers={"Host": "evil.example", header: "127.0.0.1"})
    assert refused.status_code == 400


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "10.0.0.7"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.7"),
        (1, "", "10.0.0.7"),
    ],
)
def test_the_clients_address_is_the_one_a_trusted_proxy_wrote(
    database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    proxies: int,
    forwarded: str,
    seen: str,
) -> None:
    client = application(database, tmp_path, trusted_proxies=proxies).test_client()
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    client.get("/healthz", headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.7"})
    written = capsys.readouterr()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", written.out + written.err)
    # As text or as JSON, by how an earlier test set up the log.
    assert re.search(rf'client(=|": "){re.escape(seen)}\b', plain)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_the_method_is_not_overridden(client: FlaskClient, header: str) -> None:
    assert client.get("/healthz", headers={header: "DELETE"}).status_code == 200
    assert client.post("/healthz?_method=GET", headers={header: "GET"}).status_code in {400, 405}


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "DEBUG"])
def test_other_methods_are_refused(client: FlaskClient, method: str) -> None:
    answer = client.open("/", method=method, headers={"X-Secret": "echo-me"})
    assert answer.status_code in {400, 405}
    assert "echo-me" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        "[" * 500_000,
        '{"a":' * 100_000,
        "[" * 400_000 + "]" * 400_000,
        '{"a": ' + "9" * 900_000 + "}",
        '{"a": "\\ud800"}',
        "\x00",
        "NaN",
    ],
    ids=["open", "objects", "nested", "number", "surrogate", "nul", "nan"],
)
def test_json_that_is_nonsense_is_refused_and_breaks_nothing(
    client: FlaskClient, body: str
) -> None:
    answer = client.post("/api/v1/tokens", data=body, content_type="application/json")
    assert answer.status_code in {400, 422}, answer.text
    problem = json.loads(answer.text)
    assert problem["status"] == answer.status_code
    assert len(answer.text) < 2_000


def test_a_form_of_too_many_or_too_large_parts_is_refused(client: FlaskClient) -> None:
    many = {f"field{number}": "x" for number in range(500)}
    assert client.post("/sign-in", data=many, content_type="multipart/form-data").status_code == 413
    large = {"login": "x" * 1_100_000}
    assert client.post("/sign-in", data=large).status_code == 413


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/nowhere/<script>alert(1)</script>", 404),
        ("GET", "/api/v1/nowhere", 404),
        ("DELETE", "/contracts", 405),
        ("DELETE", "/api/v1/contracts", 405),
        ("GET", "/api/v1/contracts?limit=x", 422),
        ("GET", "/contracts?after=%00", 422),
        ("GET", "/contracts/" + "9" * 3_000, 404),
    ],
)
def test_an_error_reveals_nothing(
    client: FlaskClient, method: str, address: str, status: int, accept: str
) -> None:
    answer = client.open(address, method=method, headers={"Accept": accept})
    assert answer.status_code in {status, 400}
    for word in (
        "Traceback",
        "werkzeug",
        "sqlalchemy",
        "File &#34;",
        "<script>alert",
        "site-packages",
    ):
        assert word not in answer.text
    if address.startswith("/api/"):
        assert answer.mimetype == "application/problem+json"
    else:
        assert answer.mimetype == "text/html"
