"""The application as it is put together: its key, its files, its health, its description."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from jinja2 import StrictUndefined

from alerts.models import ScanRun
from contracts.record_kinds import RECORD_KINDS
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.web.permissions import ANYBODY, requires
from kernel.web.session import WebParts
from migrations.schema import downgrade, upgrade
from monitor.assets import asset_url
from monitor.secret_key import secret_key
from monitor.wiring import event_bus
from tests.web import NOW, TODAY, web_client


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "not-yet"
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(secret_key, [folder] * 64))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert [item.name for item in folder.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600


def test_templates_are_strict_and_escape(database: Database, tmp_path: Path) -> None:
    app = web_client(database, tmp_path).application
    assert app.jinja_env.undefined is StrictUndefined
    with app.test_request_context("/"):
        template = app.jinja_env.get_template("error.html")
        problem = {
            "status": 400, "title": "<script>", "detail": "a & b", "errors": [], "request_id": "1",
        }  # fmt: skip
        page = template.render(problem=problem)
    assert "<script>" not in page
    assert "a &amp; b" in page


def test_an_asset_is_kept_for_a_year_by_its_content(database: Database, tmp_path: Path) -> None:
    client = web_client(database, tmp_path)
    with client.application.test_request_context("/"):
        address = asset_url("api-docs.js")
        with pytest.raises(FileNotFoundError):
            asset_url("nothing.js")
    with client.get(address) as kept, client.get("/static/api-docs.js") as asked:
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "max-age=31536000" not in asked.headers["Cache-Control"]
    with client.get("/static/nothing.js?v=1") as missing:
        assert missing.status_code == 404
        assert "immutable" not in missing.headers["Cache-Control"]


def test_a_form_without_its_token_is_refused(database: Database, tmp_path: Path) -> None:
    client = web_client(database, tmp_path)
    form = requires(ANYBODY)(lambda: "done")
    client.application.add_url_rule("/form", "form", form, methods=["POST"])
    response = client.post("/form", data={"a": "1"})
    assert response.status_code == 400
    assert client.post("/form", data={"a": "x" * 1_100_000}).status_code == 413


def test_alive_asks_nothing_of_the_database(tmp_path: Path) -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    response = web_client(nowhere, tmp_path).get("/healthz")
    assert (response.status_code, response.get_json()) == (200, {"alive": True})


def test_ready_says_how_old_the_last_good_scan_is(database: Database, tmp_path: Path) -> None:
    client = web_client(database, tmp_path)
    never = client.get("/readyz")
    assert never.status_code == 200
    assert never.get_json()["last_scan"] is None
    with database.writing(LOCAL_OPERATOR) as session:
        for days, error in ((3, ""), (2, ""), (1, "failed")):
            session.add(
                ScanRun(
                    as_of=TODAY - timedelta(days=days),
                    started_at=NOW - timedelta(hours=days, seconds=5),
                    duration_ms=5000,
                    actor="system:scan",
                    error=error,
                    counts={},
                )
            )
    found = client.get("/readyz").get_json()
    assert found == {
        "ready": True,
        "database": "ok",
        "schema_revision": "ok",
        "last_scan": {
            "as_of": "2023-12-29",
            "finished_at": "2023-12-31T02:00:00Z",
            "age_seconds": 7200,
        },
    }


def test_ready_says_when_the_database_is_away(tmp_path: Path) -> None:
    nowhere = Database("postgresql+psycopg://nobody:hunter2@127.0.0.1:1/nothing?connect_timeout=2")
    response = web_client(nowhere, tmp_path).get("/readyz")
    assert response.status_code == 503
    found = response.get_json()
    assert (found["ready"], found["database"]) == (False, "unreachable")
    assert "hunter2" not in response.text
    page = web_client(nowhere, tmp_path).get("/api/v1/contracts")
    assert page.status_code == 503
    assert page.content_type == "application/problem+json"


def test_ready_says_when_the_schema_is_old(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/old.db", event_bus())
    upgrade(database)
    downgrade(database, "-1")
    response = web_client(database, tmp_path).get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["schema_revision"] == "outdated"
    database.dispose()


def test_every_route_of_the_api_is_described(database: Database, tmp_path: Path) -> None:
    client = web_client(database, tmp_path)
    found = client.get("/api/openapi.json").get_json()
    assert found["openapi"] == "3.1.0"
    routes = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith(("/api/v1/", "/healthz", "/readyz"))
    }
    assert set(found["paths"]) == routes
    rooms = {path.split("/")[3] for path in routes if path.startswith("/api/v1/")}
    assert rooms >= {
        "organisations", "programmes", "vendors", "contracts", "milestones", "payments",
        "rounds", "plans", "alerts", "deliveries", "scores", "acts", "step-settings", "users",
        "memberships", "tokens", "security-policy", "audit", "channels", "hazards", "enterprises",
        "surveys", "documents", "imports", "search", *(kind.path for kind in RECORD_KINDS),
    }  # fmt: skip
    silent = [
        f"{method} {rule.rule}"
        for rule in client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if method.lower() not in found["paths"][rule.rule.replace("<", "{").replace(">", "}")]
    ]
    assert silent == []
    operations = [
        (path, method, operation)
        for path, item in found["paths"].items()
        for method, operation in item.items()
    ]
    for path, _method, operation in operations:
        assert operation["summary"], path
        assert operation["description"], path
        if path.startswith("/api/v1/"):
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert list(response["content"]) == ["application/problem+json"], path
            assert {"400", "422", "503"} <= set(operation["responses"]), path
            assert "404" in operation["responses"] or not path.endswith("}"), path
    identifiers = {operation["operationId"] for _path, _method, operation in operations}
    assert len(identifiers) == len(operations)


def test_the_description_tells_of_the_headers_of_edits_and_creates(
    database: Database, tmp_path: Path
) -> None:
    paths = web_client(database, tmp_path).get("/api/openapi.json").get_json()["paths"]

    def headers(path: str, method: str) -> dict[str, bool]:
        told = paths[f"/api/v1/{path}"][method].get("parameters", [])
        return {
            each["name"]: each.get("required", False) for each in told if each["in"] == "header"
        }

    edits = [
        (path.removeprefix("/api/v1/"), method)
        for path, item in paths.items()
        for method in item.keys() & {"put", "patch"}
    ]
    assert len(edits) > 30
    assert all(headers(*edit) == {"If-Match": True} for edit in edits)
    creates = ["contracts", "contracts/{id}/amendments", "plans", "rounds", "hazards", "documents"]
    creates += ["vendors", "enterprises", "surveys", "acts", *(kind.path for kind in RECORD_KINDS)]
    assert all(headers(path, "post") == {"Idempotency-Key": False} for path in creates)
    assert headers("tokens", "post") == {}


def test_every_reference_of_the_description_leads_somewhere(
    database: Database, tmp_path: Path
) -> None:
    text = web_client(database, tmp_path).get("/api/openapi.json").text
    schemas = json.loads(text)["components"]["schemas"]
    wanted = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert wanted <= set(schemas)


def test_the_description_page_needs_nothing_from_outside(
    database: Database, tmp_path: Path
) -> None:
    client = web_client(database, tmp_path)
    page = client.get("/api/docs").text
    assert "http" not in page
    assert "<style" not in page
    addresses = [part.split('"')[0] for part in page.split('src="')[1:] + page.split('href="')[1:]]
    assert len(addresses) >= 4
    for address in addresses:
        with client.get(address) as response:
            assert response.status_code == 200, address


def test_the_application_knows_what_it_was_made_with(database: Database, tmp_path: Path) -> None:
    app = web_client(database, tmp_path, date(2024, 2, 29)).application
    parts = app.extensions["monitor_web"]
    assert isinstance(parts, WebParts)
    assert parts.database is database
    assert parts.clock.business_date() == date(2024, 2, 29)
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"
