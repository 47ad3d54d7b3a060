"""审计记录 as a page, over the API and as a file: who sees what, and that seeing is noted."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from contracts.models import Organisation
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.access.roles import Role
from kernel.database import Database
from kernel.settings import Settings
from kernel.trail.models import AuditEntry
from kernel.trail.record import record
from monitor.app import create_app
from monitor.trail_export import plain_cell
from people.actors import actor_of
from tests.api_ledger import fill
from tests.clocks import StoppedClock
from tests.people import person
from tests.web import NOW, TODAY, client_as, web_client


@dataclass
class Two:
    """Two cities' contracts, an auditor of the first, an administrator of the trail, a clerk."""

    first: UUID
    second: UUID
    auditor: FlaskClient
    administrator: FlaskClient
    both: FlaskClient
    clerk: FlaskClient
    auditor_id: UUID


@pytest.fixture
def two(database: Database, tmp_path: Path) -> Two:
    first, second = fill(database, 2)
    with database.writing(LOCAL_OPERATOR) as session:
        root = session.scalars(select(Organisation).where(Organisation.code == "第0市-0")).one().id
        auditor = person(session, "shen", (Role.AUDITOR, root)).id
        administrator = person(session, "guan", (Role.AUDIT_ADMIN, None)).id
        both = person(session, "jian", (Role.AUDIT_ADMIN, None), (Role.AUDITOR, root)).id
        clerk = person(session, "ban", (Role.CLERK, root)).id
    return Two(
        first,
        second,
        client_as(database, tmp_path, auditor),
        client_as(database, tmp_path, administrator),
        client_as(database, tmp_path, both),
        client_as(database, tmp_path, clerk),
        auditor,
    )


def items(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/audit", query_string={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


def test_an_auditor_sees_the_entries_in_scope_with_their_values(two: Two) -> None:
    seen = items(two.auditor)
    assert {one["contract_id"] for one in seen} == {str(two.first), None}
    assert {one["object_kind"] for one in seen if one["contract_id"] is None} <= {
        "organisation", "organisation_version", "programme", "vendor", "membership",
    }  # fmt: skip
    (paid,) = items(two.auditor, kind="payment")
    assert paid["after"]["amount"] == 20_000_000
    assert not paid["masked"]
    assert items(two.auditor, contract=str(two.second)) == []
    assert items(two.auditor, contract="HT-1") == []
    assert len(items(two.auditor, contract="HT-0")) > 5


def test_the_administrator_of_the_trail_sees_all_entries_but_no_contract_s_facts(two: Two) -> None:
    paid = items(two.administrator, kind="payment")
    assert {one["contract_id"] for one in paid} == {str(two.first), str(two.second)}
    assert all(one["masked"] and one["after"] is None for one in paid)
    for kind in ("contract", "vendor", "programme", "contract_party"):
        assert all(one["masked"] for one in items(two.administrator, kind=kind))
    (shen,) = [one for one in items(two.administrator, kind="app_user") if not one["masked"]
               and one["after"]["login"] == "shen"]  # fmt: skip
    assert shen["action"] == "insert"
    page = two.administrator.get("/audit?kind=payment").text
    assert "合同内容，您的角色不查看" in page
    assert "200,000.00" not in page


def test_who_is_both_sees_the_values_in_scope_only(two: Two) -> None:
    paid = {one["contract_id"]: one for one in items(two.both, kind="payment")}
    assert not paid[str(two.first)]["masked"]
    assert paid[str(two.second)]["masked"]


@pytest.mark.parametrize(
    "path", ["/audit", "/audit/export", "/api/v1/audit", "/api/v1/audit/export",
             "/api/v1/audit/head"],
)  # fmt: skip
def test_a_clerk_does_not_read_the_trail(two: Two, path: str) -> None:
    assert two.clerk.get(path).status_code == 403


def test_reading_is_noted_with_what_was_asked(two: Two, database: Database) -> None:
    two.auditor.get("/audit?kind=payment")
    items(two.auditor, person="operator", since="2023-01-01")
    assert two.auditor.get("/audit/export?format=jsonl").status_code == 200
    with database.reading(LOCAL_OPERATOR) as session:
        noted = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.object_kind == "audit_entry")
            .order_by(AuditEntry.id)
        ).all()
    assert [(one.action, one.after) for one in noted] == [
        ("read", {"kind": "payment"}),
        ("read", {"person": "operator", "since": "2023-01-01"}),
        ("export", {"format": "jsonl"}),
    ]
    assert {one.actor for one in noted} == {"shen"}
    assert all(one.request_id and one.client == "127.0.0.1" for one in noted)


def test_filters_narrow(two: Two, database: Database, tmp_path: Path) -> None:
    client = web_client(database, tmp_path)
    everything = items(client)
    assert len({one["object_kind"] for one in everything}) > 8
    for query, key in (
        ({"kind": "milestone"}, "object_kind"), ({"action": "update"}, "action"),
        ({"person": "operator"}, "actor"), ({"contract": str(two.first)}, "contract_id"),
        ({"object": everything[-1]["object_id"]}, "object_id"),
    ):  # fmt: skip
        found = items(client, **query)
        assert {one[key] for one in found} <= set(query.values())
    today = everything[0]["recorded_at"][:10]
    assert items(client, until="2020-01-01") == []
    assert items(client, since="2200-01-01") == []
    assert items(client, since="2020-01-01", until="2199-12-31")
    assert today > "2020"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=gestern", "since"),
        ("since=2023-02-02&until=2023-02-01", "until"),
        ("until=9999-12-31", "until"),
        ("since=0001-01-01", "since"),
        ("kind=DROP TABLE", "kind"),
        ("cursor=abc", "cursor"),
        ("limit=0", "limit"),
        ("nonsense=1", "nonsense"),
        ("person=%00", "person"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(two: Two, query: str, field: str) -> None:
    answer = two.auditor.get(f"/api/v1/audit?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.get_json()["errors"][0]["field"] == field


def test_pages_follow_each_other(two: Two) -> None:
    wanted = [one["id"] for one in items(two.auditor, kind="milestone")]
    seen: list[int] = []
    cursor: str | None = None
    while True:
        query = {"kind": "milestone", "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = two.auditor.get("/api/v1/audit", query_string=query).get_json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == wanted
    assert wanted == sorted(wanted, reverse=True)


def test_the_page_says_what_changed_in_words(two: Two, database: Database, tmp_path: Path) -> None:
    actor = Actor("operator", everything=True)
    with database.writing(actor) as session:
        session.execute(text("UPDATE payment SET amount = 19999900 WHERE amount = 20000000"))
    page = web_client(database, tmp_path).get("/audit?kind=payment&action=update").text
    assert "<del>200,000.00 元</del> → <ins>199,999.00 元</ins>" in page
    assert "待封印" in page
    assert "shen" not in page


def test_a_change_by_another_program_stands_out(two: Two, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE vendor SET note = 'x'"))
    assert "绕开系统直接改库" in two.auditor.get("/audit?kind=vendor").text


def test_the_export_holds_what_the_filter_chose_and_no_formula(
    two: Two, database: Database
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        record(
            session, "read", "thing", "=1+1", {"a": "=2"}, '=HYPERLINK("x")',
            contract_id=two.first,
        )  # fmt: skip
    answer = two.auditor.get("/audit/export?kind=thing")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert row["object_id"] == "'=1+1"
    assert row["reason"] == '\'=HYPERLINK("x")'
    lines = two.auditor.get("/api/v1/audit/export?kind=thing&format=jsonl").text.splitlines()
    (entry,) = map(json.loads, lines)
    assert entry["reason"] == '=HYPERLINK("x")'
    masked = two.administrator.get("/audit/export?kind=payment&format=jsonl").text
    assert '"after":null' in masked
    assert "20000000" not in masked


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_a_cell_is_never_a_formula(begin: str) -> None:
    assert plain_cell(f"{begin}1") == f"'{begin}1"
    assert plain_cell(None) == ""


def test_a_page_costs_the_same_whatever_it_holds(two: Two, database: Database) -> None:
    said: list[str] = []
    application: Any = two.auditor.application
    parts: Any = application.extensions["monitor_web"]

    def note(*told: Any) -> None:
        said.append(told[2])

    event.listen(parts.database.engine, "before_cursor_execute", note)
    two.auditor.get("/audit?kind=payment")
    few = len(said)
    said.clear()
    two.auditor.get("/audit")
    event.remove(parts.database.engine, "before_cursor_execute", note)
    assert len(said) == few


def test_no_route_changes_or_deletes_the_trail(database: Database, tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path), database, StoppedClock(NOW, TODAY))
    ways = {
        method
        for rule in app.url_map.iter_rules()
        if "audit" in rule.rule.split("/")
        for method in rule.methods or ()
    }
    assert ways == {"GET", "HEAD", "OPTIONS"}


def test_the_database_itself_hides_what_is_out_of_scope(two: Two, database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no row policies")
    with database.reading(LOCAL_OPERATOR) as session:
        auditor = actor_of(session, two.auditor_id, date(2023, 12, 31))
    assert auditor is not None
    with database.reading(auditor) as session:
        seen = session.execute(text("SELECT DISTINCT contract_id FROM audit_entry")).scalars()
        assert set(seen) == {two.first, None}
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 0


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong_with_it(two: Two) -> None:
    answer = two.auditor.get("/audit?since=2023-02-02&until=2023-02-01&person=zhang")
    assert answer.status_code == 422
    assert "止于 2023-02-01，早于起始日 2023-02-02" in answer.text
    assert 'value="2023-02-02"' in answer.text
    assert 'value="zhang"' in answer.text


def test_an_event_is_told_with_whom_it_happened_to(two: Two, database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        record(session, "lock_out", "app_user", two.auditor_id, {"by": "密码"})
    page = two.administrator.get("/audit?action=sign_in_blocked").text
    assert "没有符合条件" in page
    page = two.administrator.get("/audit?kind=app_user&object=" + str(two.auditor_id)).text
    assert "lock_out" in page
    assert "shen" in page
