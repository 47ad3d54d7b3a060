"""The doors: the form, where it leads afterwards, its cookies and tokens, links, and the set-up."""

import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import ConflictError, NotFoundError
from kernel.settings import Settings
from monitor.app import create_app
from people.models import Membership, User
from people.sign_in.models import LinkPurpose
from people.sign_in.one_time_links import make_link, open_link
from people.sign_in.own_account import NewPassword, reset_password, set_password_by_link
from people.sign_in.pages.browser import safe_next
from people.sign_in.security_policy import current_policy
from people.sign_in.set_up import (
    ORDER,
    Administrators,
    check_set_up,
    create_administrators,
    offer_set_up,
)
from tests.clocks import StoppedClock
from tests.signing_in import (
    OTHER_PASSWORD,
    PASSWORD,
    actions,
    desk,
    fill_in,
    form_token,
    member,
    refusals,
    sign_in,
)
from tests.web import NOW, TODAY, client_as, stranger

CLOCK = StoppedClock(NOW, TODAY)
WHO = {
    "system_admin_login": "xi.tong",
    "system_admin_name": "系统员",
    "security_admin_login": "an.quan",
    "security_admin_name": "安全员",
    "audit_admin_login": "shen.ji",
    "audit_admin_name": "审计员",
    "own": "system_admin",
    "password": PASSWORD,
    "repeated": PASSWORD,
}


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


def test_a_link_sets_a_password_once(
    client: FlaskClient, database: Database, tmp_path: Path
) -> None:
    user_id = member(database)
    inside = client_as(database, tmp_path, user_id)
    with database.writing(LOCAL_OPERATOR) as session:
        token = reset_password(session, user_id, NOW)
    assert inside.get("/account").status_code == 302
    assert sign_in(client, "zhou.ming").status_code == 422
    address = f"/new-password/{token}"
    shown = client.get(address)
    assert "zhou.ming" in shown.text
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    refused = fill_in(client, address, password="zhou.ming.2023", repeated="zhou.ming.2023")
    assert refusals(refused) == ["不能含有登录名、姓名或单位名称"]
    refused = fill_in(client, address, password=PASSWORD, repeated=PASSWORD)
    assert refusals(refused) == ["不能与最近 5 次用过的密码相同"]
    done = fill_in(client, address, password=OTHER_PASSWORD, repeated=OTHER_PASSWORD)
    assert done.location == "/sign-in"
    assert client.get(address).status_code == 404
    assert sign_in(client, "zhou.ming", OTHER_PASSWORD).status_code == 303


def test_links_end_and_a_new_one_ends_the_old(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        first = make_link(session, LinkPurpose.PASSWORD, user_id, NOW)
        second = make_link(session, LinkPurpose.PASSWORD, user_id, NOW)
        for token, purpose, after in [
            (first, LinkPurpose.PASSWORD, timedelta()),
            (second, LinkPurpose.SET_UP, timedelta()),
            (second, LinkPurpose.PASSWORD, timedelta(hours=24)),
            ("", LinkPurpose.PASSWORD, timedelta()),
        ]:
            with pytest.raises(NotFoundError):
                open_link(session, purpose, token, NOW + after)
        assert open_link(session, LinkPurpose.PASSWORD, second, NOW).user_id == user_id


def test_of_two_who_use_a_link_at_once_one_wins(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        token = reset_password(session, user_id, NOW)
    outcomes: list[str] = []
    start = threading.Barrier(3)

    def one(password: str) -> None:
        start.wait()
        try:
            outcomes.append(
                set_password_by_link(desk(database), token, NewPassword(password, password))
            )
        except NotFoundError:
            outcomes.append("too late")

    threads = [threading.Thread(target=one, args=(f"{OTHER_PASSWORD}{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["too late", "too late", "zhou.ming"]


def test_the_link_of_a_closed_account_opens_nothing(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        token = reset_password(session, user_id, NOW)
        user = session.get_one(User, user_id)
        user.disabled_at, user.disabled_reason = NOW, "离职"
    with pytest.raises(NotFoundError):
        set_password_by_link(desk(database), token, NewPassword(OTHER_PASSWORD, OTHER_PASSWORD))


def test_the_set_up_makes_three_administrators_apart(
    client: FlaskClient, database: Database
) -> None:
    token = offer_set_up(database, NOW)
    done = fill_in(client, f"/set-up/{token}", **WHO)
    assert done.status_code == 200, done.text
    links = re.findall(r"http://localhost(/new-password/[^<]+)<", done.text)
    assert len(links) == 2
    assert done.headers["Cache-Control"] == "no-store"
    with database.reading(LOCAL_OPERATOR) as session:
        held = session.execute(
            select(User.login, Membership.role, Membership.organisation_id)
            .join(Membership, Membership.user_id == User.id)
            .order_by(User.login)
        ).all()
    assert [tuple(row) for row in held] == [
        ("an.quan", Role.SECURITY_ADMIN, None),
        ("shen.ji", Role.AUDIT_ADMIN, None),
        ("xi.tong", Role.SYSTEM_ADMIN, None),
    ]
    assert client.get(f"/set-up/{token}").status_code == 404
    assert offer_set_up(database, NOW) is None
    assert (
        fill_in(client, links[0], password=OTHER_PASSWORD, repeated=OTHER_PASSWORD).status_code
        == 303
    )
    assert sign_in(client, "an.quan", OTHER_PASSWORD).status_code == 303
    assert client.get("/contracts").status_code == 403


def test_the_set_up_may_ask_administrators_for_a_second_factor(database: Database) -> None:
    token = offer_set_up(database, NOW)
    assert token is not None
    wanted = Administrators.model_validate({**WHO, "second_factor": "true"})
    create_administrators(database, token, wanted, desk(database).cause, CLOCK)
    with database.reading(LOCAL_OPERATOR) as session:
        assert current_policy(session).terms.second_factor_roles == ORDER
        with pytest.raises(NotFoundError):
            check_set_up(session, token, NOW)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"audit_admin_login": "XI.TONG"}, "三名管理员须是三个不同的账号"),
        ({"own": "clerk"}, "请选择您本人担任的一项"),
        ({"own": "x"}, ""),
        ({"repeated": "different"}, "两次输入的密码不一致"),
        ({"password": "Admin@123456", "repeated": "Admin@123456"}, "这是常见密码"),
        ({"password": "xi.tong-12345", "repeated": "xi.tong-12345"}, "不能含有登录名"),
        ({"security_admin_login": "安全"}, ""),
        ({"security_admin_name": " "}, ""),
    ],
)
def test_a_bad_set_up_changes_nothing_and_keeps_the_link(
    client: FlaskClient, database: Database, wrong: dict[str, str], where: str
) -> None:
    token = offer_set_up(database, NOW)
    refused = fill_in(client, f"/set-up/{token}", **{**WHO, **wrong})
    assert refused.status_code == 422
    assert any(where in sentence for sentence in refusals(refused))
    assert 'value="shen.ji"' in refused.text or "audit_admin_login" in wrong
    assert PASSWORD not in refused.text
    assert client.get(f"/set-up/{token}").status_code == 200
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(User.id)).all() == []


def test_a_set_up_link_is_worth_nothing_once_there_are_users(database: Database) -> None:
    token = offer_set_up(database, NOW)
    assert token is not None
    member(database)
    wanted = Administrators.model_validate(WHO)
    with pytest.raises(ConflictError):
        create_administrators(database, token, wanted, desk(database).cause, CLOCK)
