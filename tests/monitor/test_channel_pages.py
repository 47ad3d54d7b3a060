"""Channels kept by a system administrator: no secret, no whole address and no contract is shown."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from alerts.delivery_models import Channel
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from tests.alert_ledger import KEYS, SECRET, alerts, channel
from tests.clocks import StoppedClock
from tests.couriers import courier
from tests.people import person, session_token
from tests.receiver import receiver
from tests.web import COOKIE, NOW, TODAY

CLOCK = StoppedClock(NOW, TODAY)


def signed_in(database: Database, data_dir: Path, role: Role) -> FlaskClient:
    settings = Settings(data_dir=data_dir, business_date=TODAY, receiver_networks=("127.0.0.0/8",))
    app = create_app(settings, database, CLOCK)
    client = app.test_client()
    with database.writing(LOCAL_OPERATOR) as session:
        user = person(session, "keeper", (role, None))
        client.set_cookie(COOKIE, session_token(session, user.id, NOW))
    token = client.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    client.environ_base["HTTP_X_CSRFTOKEN"] = token
    return client


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    return signed_in(database, tmp_path, Role.SYSTEM_ADMIN)


def only_channel(database: Database) -> Channel:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalars(select(Channel)).one()


def form(**changes: str) -> dict[str, str]:
    given = {
        "name": "值班群",
        "url": "https://a.cn/send?key=K9",
        "secret": "",
        "min_severity": "major",
    }
    return {**given, **changes}


def test_a_channel_is_added_and_its_secret_shown_once(
    client: FlaskClient, database: Database
) -> None:
    made = client.post("/channels", data=form())
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    secret = KEYS.open(only_channel(database).secret)
    assert secret in made.text
    page = client.get("/channels").text
    assert "值班群" in page
    assert "https://a.cn/…" in page
    assert "较重及以上" in page
    for kept_back in (secret, "K9", "sealed:"):
        assert kept_back not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "name-fault"),
        ({"url": "ftp://a.cn/"}, "url-fault"),
        ({"url": "http://10.0.0.1/"}, "内网地址"),
        ({"url": "https://a.cn/" + "x" * 1400}, "url-fault"),
        ({"secret": "abc"}, "secret-fault"),
        ({"min_severity": "worst"}, "只能是"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    client: FlaskClient, database: Database, changes: dict[str, str], words: str
) -> None:
    answer = client.post("/channels", data=form(**changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert form(**changes)["name"] in answer.text
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(Channel)).all() == []


def test_a_name_in_use_is_refused(client: FlaskClient) -> None:
    client.post("/channels", data=form())
    again = client.post("/channels", data=form())
    assert again.status_code == 409
    assert "已有名为“值班群”的渠道" in again.text


def test_a_test_message_says_what_the_receiver_answered(
    client: FlaskClient, database: Database
) -> None:
    with receiver() as server:
        with database.writing(LOCAL_OPERATOR) as session:
            key = channel(session, server.url)
        told = client.post(f"/channels/{key}/test", follow_redirects=True).text
        assert "测试消息已送达" in told
        assert b"test.ping" in server.received[0].body
    assert "没有送达" in client.post(f"/channels/{key}/test", follow_redirects=True).text


def test_it_is_switched_and_gets_a_new_secret(client: FlaskClient, database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = channel(session, "http://127.0.0.1:9/")
    assert "已停用" in client.post(f"/channels/{key}/switch", follow_redirects=True).text
    assert not only_channel(database).enabled
    client.post(f"/channels/{key}/switch", data={"enabled": "yes"})
    assert only_channel(database).enabled
    shown = client.post(f"/channels/{key}/secret").text
    assert KEYS.open(only_channel(database).secret) in shown
    assert KEYS.open(only_channel(database).former_secret or "") == SECRET
    assert SECRET not in shown
    refused = client.post(f"/channels/{key}/secret", follow_redirects=True)
    assert "并用期" in refused.text


def test_counts_are_shown_and_nothing_of_the_contracts(
    client: FlaskClient, database: Database
) -> None:
    with receiver() as server:
        with database.writing(LOCAL_OPERATOR) as session:
            alerts(session, [channel(session, server.url)], 3)
        sent = courier(database).deliver_due().delivered
    listed: Any = client.get("/api/v1/channels").json
    assert [one["delivered"] for one in listed["items"]] == [sent]
    page = client.get("/channels").text
    for fact in ("HT-1", "逾期付款", "7.88"):
        assert fact not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_keeps_no_channels_is_refused(database: Database, tmp_path: Path, method: str) -> None:
    other = signed_in(database, tmp_path, Role.SECURITY_ADMIN)
    for path in ("/channels", "/api/v1/channels"):
        assert getattr(other, method)(path, json={}).status_code == 403


def test_the_api_does_the_same(client: FlaskClient, database: Database) -> None:
    made = client.post("/api/v1/channels", json={"name": "甲", "url": "https://a.cn/send?key=K9"})
    assert made.status_code == 201
    body: Any = made.json
    assert KEYS.open(only_channel(database).secret) == body["secret"]
    path = made.headers["Location"]
    shown = client.get(path)
    assert shown.headers["ETag"]
    assert re.search("secret|K9|sealed", shown.text) is None
    off: Any = client.post(f"{path}/switch", json={"enabled": False}).json
    assert off["enabled"] is False
    fresh: Any = client.post(f"{path}/secret").json
    assert fresh["secret"] != body["secret"]
    assert client.post(f"{path}/secret").status_code == 409
    trial: Any = client.post(f"{path}/test").json
    assert trial["accepted"] is False
    assert client.get(f"/api/v1/channels/{UUID(int=1)}").status_code == 404
    wrong = client.post("/api/v1/channels", json={"name": "乙", "url": "x", "extra": 1})
    assert wrong.status_code == 422


def test_a_long_list_is_paged(client: FlaskClient, database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        for number in range(30):
            channel(session, "http://127.0.0.1:9/", f"渠道{number}")
    first: Any = client.get("/api/v1/channels?limit=20").json
    second: Any = client.get(f"/api/v1/channels?limit=20&cursor={first['next']}").json
    names = [one["name"] for one in first["items"] + second["items"]]
    assert sorted(names) == sorted(f"渠道{number}" for number in range(30))
    assert second["next"] is None
