"""The doors: the form, where it leads afterwards, its cookies and its tokens."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from people.sign_in.pages.browser import safe_next
from tests.clocks import StoppedClock
from tests.signing_in import (
    PASSWORD,
    actions,
    fill_in,
    form_token,
    member,
    refusals,
    sign_in,
)
from tests.web import NOW, TODAY, stranger

CLOCK = StoppedClock(NOW, TODAY)


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    return stranger(database, tmp_path)


@pytest.mark.parametrize(
    "asked",
    [
        "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "https://evil.example", "http:evil.example", "javascript:alert(1)", "evil.example",
        "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
        "/a\\b", "/a\r\nSet-Cookie: x=1", "", "?x", "//", "/sign-in", "/sign-in/password?next=/a",
        "/sign-out", "/\x00", "data:text/html,x", "/%09/evil.example\\", "//127.0.0.1@evil.example",
        "/[", "//[", "http://[",
    ],
)  # fmt: skip
def test_nobody_is_led_elsewhere_after_signing_in(
    client: FlaskClient, database: Database, asked: str
) -> None:
    member(database)
    assert safe_next(asked) in {"/", asked if asked == "/[" else "/"}
    answer = sign_in(client, "zhou.ming", next_page=asked)
    assert answer.location in {"/sign-in?next=/", "/sign-in?next=/%5B"}
    assert client.get("/sign-in", query_string={"next": asked}).location in {"/", "/%5B"}


@pytest.mark.parametrize(
    "asked", ["/", "/contracts", "/contracts?q=煤矿&after=1", "/alerts#top", "/a/b%2F"]
)
def test_who_asked_for_a_page_gets_it_after_signing_in(asked: str) -> None:
    assert safe_next(asked) == asked


def test_a_stranger_is_sent_to_sign_in_and_back(client: FlaskClient, database: Database) -> None:
    member(database)
    sent = client.get("/account?a=1&b=2")
    assert sent.status_code == 302
    page = client.get(sent.location)
    answer = client.post(
        "/sign-in",
        data={
            "csrf_token": form_token(page.text),
            "login": " ZHOU.Ming ",
            "password": PASSWORD,
            "next": re.search(r'name="next" value="([^"]+)"', page.text)[1].replace("&amp;", "&"),  # type: ignore[index]
        },
    )
    assert client.get(answer.location).location == "/account?a=1&b=2"


def test_what_was_typed_stays_but_for_the_password(client: FlaskClient) -> None:
    answer = sign_in(client, 'zhou"<ming>', "secret words", next_page="/alerts")
    assert answer.status_code == 422
    assert refusals(answer) == ["登录名或密码不正确"]
    assert 'value="zhou&#34;&lt;ming&gt;"' in answer.text
    assert "secret words" not in answer.text
    assert 'name="next" value="/alerts"' in answer.text


@pytest.mark.parametrize("login", ["", "x" * 5000, "\x00", "zhou\x00ming", "' OR 1=1 --", "周明"])
def test_odd_logins_are_wrong_logins(client: FlaskClient, login: str) -> None:
    assert sign_in(client, login, "y" * 5000).status_code == 422


def test_every_change_asks_for_the_form_token(client: FlaskClient, database: Database) -> None:
    member(database)
    fields = {"login": "zhou.ming", "password": PASSWORD}
    assert client.post("/sign-in", data=fields).status_code == 400
    bearer = {"Authorization": "Bearer nonsense"}
    assert client.post("/sign-in", data=fields, headers=bearer).status_code == 400
    sign_in(client, "zhou.ming")
    assert client.post("/sign-out").status_code == 400
    assert client.post("/account/sign-out-everywhere").status_code == 400
    assert client.get("/account").status_code == 200


def test_the_form_token_of_before_is_worth_nothing_after(
    client: FlaskClient, database: Database
) -> None:
    member(database)
    before = form_token(client.get("/sign-in").text)
    sign_in(client, "zhou.ming")
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400


def test_signing_out_ends_the_session_not_only_the_cookie(
    client: FlaskClient, database: Database
) -> None:
    member(database)
    sign_in(client, "zhou.ming")
    kept = client.get_cookie("monitor_sign_in")
    assert kept is not None
    assert fill_in(client, "/sign-out", page="/account").location == "/sign-in"
    assert client.get_cookie("monitor_sign_in") is None
    client.set_cookie("monitor_sign_in", kept.value)
    assert client.get("/account").status_code == 302
    assert actions(database) == ["sign_in", "sign_out"]


def test_cookies_are_out_of_reach_and_bound_to_https_where_it_is(
    database: Database, tmp_path: Path
) -> None:
    member(database)
    for public, name, secure in [
        ("", "monitor_sign_in", False),
        ("https://monitor.example", "__Host-monitor_sign_in", True),
    ]:
        settings = Settings(data_dir=tmp_path, business_date=TODAY, public_url=public)
        app: Any = create_app(settings, database, CLOCK)
        client = app.test_client()
        base = public or "http://localhost"
        page = client.get("/sign-in", base_url=base)
        answer = client.post(
            "/sign-in",
            base_url=base,
            headers={"Referer": f"{base}/sign-in"},
            data={
                "csrf_token": form_token(page.text), "login": "zhou.ming", "password": PASSWORD,
            },
        )  # fmt: skip
        given = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith(f"{name}=")]
        assert len(given) == 1
        assert "HttpOnly" in given[0]
        assert "SameSite=Lax" in given[0]
        assert "Path=/" in given[0]
        assert ("Secure" in given[0]) is secure
        assert "Domain" not in given[0]
        for other in answer.headers.getlist("Set-Cookie"):
            assert ("Secure" in other) is secure
