"""Links that work once: a new password, and the first administrators."""

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import ConflictError, NotFoundError
from people.models import Membership, User
from people.sign_in.models import LinkPurpose
from people.sign_in.one_time_links import make_link, open_link
from people.sign_in.own_account import NewPassword, reset_password, set_password_by_link
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
    desk,
    fill_in,
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


def test_an_account_made_before_the_set_up_does_not_shut_it(database: Database) -> None:
    """Nobody could ever grant a role then: added at the machine, or signed on elsewhere."""
    member(database)
    token = offer_set_up(database, NOW)
    assert token is not None
    wanted = Administrators.model_validate(WHO)
    create_administrators(database, token, wanted, desk(database).cause, CLOCK)
    assert offer_set_up(database, NOW) is None


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


def test_a_set_up_link_is_worth_nothing_once_there_is_an_administrator(database: Database) -> None:
    token = offer_set_up(database, NOW)
    assert token is not None
    member(database, "li.na", (Role.SYSTEM_ADMIN, None))
    wanted = Administrators.model_validate(WHO)
    with pytest.raises(ConflictError):
        create_administrators(database, token, wanted, desk(database).cause, CLOCK)
