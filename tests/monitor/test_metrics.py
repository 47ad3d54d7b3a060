"""Figures for Prometheus: behind a permission, without a fact or a name in them."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from people.models import User
from tests import pages
from tests.alert_ledger import alerts, channel
from tests.people import person, session_token
from tests.served import served
from tests.web import COOKIE, client_as, stranger


def admin(database: Database, role: Role = Role.SYSTEM_ADMIN) -> User:
    with database.writing(LOCAL_OPERATOR) as session:
        return person(session, f"keeper-{role.value}", (role, None))


def values(text: str, name: str) -> dict[str, float]:
    found = re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


def test_a_stranger_and_who_may_not_are_refused(database: Database, tmp_path: Path) -> None:
    answer = stranger(database, tmp_path).get("/metrics")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    other = client_as(database, tmp_path, admin(database, Role.AUDIT_ADMIN).id)
    assert other.get("/metrics").status_code == 403


def test_what_stands_in_the_database_is_counted(database: Database, tmp_path: Path) -> None:
    pages.write(database, pages.late())
    pages.scan(database)
    with database.writing(LOCAL_OPERATOR) as session:
        channel(session, "http://127.0.0.1:9/")
    client = client_as(database, tmp_path, admin(database).id)
    client.get("/alerts/nonsense-about-li")
    text = client.get("/metrics").text
    assert sum(values(text, "monitor_alerts_open").values()) == 1
    assert set(values(text, "monitor_messages")) == {
        'state="pending"',
        'state="delivered"',
        'state="parked"',
    }
    assert values(text, "monitor_trail_unsealed")[""] > 0
    assert "monitor_last_scan_age_seconds" in text
    for fact in ("HT-01", "nonsense", "keeper", "应急", "值班群"):
        assert fact not in text


def test_durations_are_named_by_route(database: Database, tmp_path: Path) -> None:
    client = client_as(database, tmp_path, admin(database).id)
    client.get("/channels")
    client.get("/channels?after=")
    client.get("/nowhere/zx81")
    text = client.get("/metrics").text
    counted = values(text, "monitor_request_seconds_count")
    assert counted['method="GET",route="/channels",status="200"'] >= 2
    assert "zx81" not in text


@pytest.mark.parametrize("count", [0, 5])
def test_the_number_of_statements_is_the_same_whatever_is_counted(
    database: Database, tmp_path: Path, count: int
) -> None:
    if count:
        with database.writing(LOCAL_OPERATOR) as session:
            alerts(session, [channel(session, "http://127.0.0.1:9/")], count)
    client = client_as(database, tmp_path, admin(database).id)
    with pages.statements(database) as asked:
        client.get("/metrics")
    assert len(asked) <= 8


def test_all_processes_of_a_server_are_added_up(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        user = person(session, "keeper", (Role.SYSTEM_ADMIN, None))
        from_now = session_token(session, user.id, datetime.now(UTC))
    with served(database_address, tmp_path) as server:
        for _ in range(24):
            requests.get(f"{server.address}/healthz", timeout=20)
        answer = requests.get(f"{server.address}/metrics", timeout=20, cookies={COOKIE: from_now})
    assert answer.status_code == 200, answer.text
    counted = values(answer.text, "monitor_request_seconds_count")
    assert counted['method="GET",route="/healthz",status="200"'] == 24
