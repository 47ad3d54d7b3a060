"""Whose account a sign-on finds or makes, and which roles the groups give and take."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.trail.models import AuditEntry
from people.models import Membership, User
from people.sign_in.models import SignInSession
from people.single_sign_on.models import SsoIdentity, SsoMembership
from tests.people import hold, person

IN = {"groups": ["安监科"]}


def test_whoever_has_no_group_gets_no_account(bureau: Any) -> None:
    useless: tuple[Any, ...] = ([], ["别的"], ["外地"], "安监科", None, [None, 1, {}])
    for groups in useless:
        page = bureau.said(bureau.sign_on(groups=groups))
        assert "没有给您在本系统中的角色" in page
    assert bureau.count(User) == 0
    assert not bureau.is_signed_in()


def test_roles_follow_the_groups_at_each_sign_on(bureau: Any) -> None:
    bureau.sign_on(groups=["安监科", "财务"])
    assert bureau.roles() == {"oversight", "finance"}
    bureau.sign_on(groups=["财务", "办公室"])
    assert bureau.roles() == {"finance", "clerk"}
    page = bureau.said(bureau.sign_on(groups=[]))
    assert "没有给您在本系统中的角色" in page
    assert bureau.roles() == set()
    assert bureau.count(Membership) == 3  # ended, not deleted
    bureau.sign_on(groups=["安监科"])
    assert bureau.roles() == {"oversight"}
    assert bureau.count(User) == 1


def test_what_a_person_granted_stays(bureau: Any) -> None:
    bureau.sign_on(groups=["安监科"])
    with bureau.database.writing(LOCAL_OPERATOR) as session:
        user = session.scalars(select(User)).one()
        hold(session, user.id, Role.CLERK, bureau.organisation.id)
    bureau.sign_on(groups=["办公室"])
    assert bureau.roles() == {"clerk"}
    assert bureau.count(SsoMembership) == 1
    bureau.sign_on(groups=[])
    assert bureau.roles() == {"clerk"}
    assert bureau.is_signed_in()


def test_an_administrator_comes_by_a_group_that_says_so_alone(bureau: Any) -> None:
    bureau.sign_on(groups=["运维"])
    assert bureau.roles() == {"system_admin"}
    for groups in (["运维", "安监科"], ["运维", "纪检", "安监科"]):
        bureau.sign_on(subject="u-2", login="li.si", groups=groups)
    with bureau.database.reading(LOCAL_OPERATOR) as session:
        other = session.scalars(select(User.id).where(User.login == "li.si")).one()
        held = select(Membership.role).where(
            Membership.user_id == other, Membership.ended_at.is_(None)
        )
        assert set(session.scalars(held)) == {"oversight"}
    page = bureau.said(bureau.sign_on(subject="u-3", login="wang.wu", groups=["运维", "纪检"]))
    assert "没有给您在本系统中的角色" in page


def test_the_last_administrator_does_not_go_by_a_group(bureau: Any) -> None:
    bureau.sign_on(groups=["运维"])
    bureau.client = bureau.browser()
    page = bureau.said(bureau.sign_on(groups=["安监科"]))
    assert "没有其他人担任" in page
    assert bureau.roles() == {"system_admin"}
    assert [entry["fault"] for entry in bureau.noted()] == ["last_administrator"]


def test_a_closed_account_stays_closed(bureau: Any) -> None:
    bureau.sign_on(**IN)
    with bureau.database.writing(LOCAL_OPERATOR) as session:
        user = session.scalars(select(User)).one()
        user.disabled_at, user.disabled_reason = datetime.now(UTC), "离职"
    assert not bureau.is_signed_in()
    assert "已停用或已到期" in bureau.said(bureau.sign_on(**IN))
    assert not bureau.is_signed_in()


def test_a_login_of_somebody_here_is_not_taken_over(bureau: Any) -> None:
    with bureau.database.writing(LOCAL_OPERATOR) as session:
        owner = person(session, "zhang.san", (Role.HEAD, bureau.organisation.id)).id
    bureau.sign_on(**IN)
    with bureau.database.reading(LOCAL_OPERATOR) as session:
        identity = session.scalars(select(SsoIdentity)).one()
        assert identity.user_id != owner
        login = session.scalars(select(User.login).where(User.id == identity.user_id)).one()
        assert login.startswith("sso-")


@pytest.mark.parametrize("login", ["", "张三", "A B", "x" * 100, "../etc", None])
def test_a_login_that_is_none_is_made_up(bureau: Any, login: str | None) -> None:
    bureau.sign_on(**(IN | {"login": login, "name": None}))
    assert bureau.is_signed_in()


def test_the_provider_changes_the_name_and_it_is_the_same_person(bureau: Any) -> None:
    bureau.sign_on(**IN)
    bureau.sign_on(**(IN | {"login": "zhang.new"}))
    assert bureau.count(User) == 1
    bureau.sign_on(**(IN | {"subject": "u-9"}))
    assert bureau.count(User) == 2


def test_sign_ons_are_in_the_trail_without_secrets(bureau: Any) -> None:
    bureau.sign_on(**IN)
    with bureau.database.reading(LOCAL_OPERATOR) as session:
        entries = str(session.execute(text("SELECT * FROM audit_entry")).all())
        facts = select(AuditEntry.after).where(AuditEntry.action == "sign_in")
        assert session.scalars(facts).all() == [{"by": "统一身份认证"}]
        by = select(AuditEntry.user_id).where(AuditEntry.action == "sign_in")
        assert session.scalars(by).all() == [str(session.scalars(select(User.id)).one())]
    assert bureau.settings.oidc_client_secret not in entries


def test_two_first_sign_ons_at_once_make_one_account(bureau: Any) -> None:
    bureau.turn(**IN)
    browsers = [bureau.browser() for _ in range(4)]
    backs = [bureau.return_from(bureau.leave(browser)) for browser in browsers]
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda b=b, p=p: statuses.append(b.get(p).status_code))
        for b, p in zip(browsers, backs, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * 4
    assert bureau.count(User) == 1
    assert bureau.count(SsoMembership) == 1
    assert bureau.count(SignInSession) == 4
