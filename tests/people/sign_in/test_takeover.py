"""What a stolen token, a stolen session or a name well chosen must not be made into."""

import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError
from sqlalchemy import func, select

from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.access.permissions import Permission
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.group_roles import GroupRole
from people.accounts import disable_user, enable_user
from people.actors import actor_of
from people.models import User
from people.schemas import NewUser
from people.sign_in.models import LinkPurpose, OneTimeLink
from people.sign_in.one_time_links import make_link, open_link
from people.sign_in.second_factor import begin_enrolment, confirm_enrolment
from people.sign_in.set_up import ORDER, Administrators, create_administrators, offer_set_up
from people.single_sign_on.accounts import Subject, admit
from people.tokens.bearer import actor_of_token
from people.tokens.schemas import NewToken
from people.tokens.tokens import make_token
from tests.clocks import StoppedClock
from tests.people import person
from tests.signing_in import PASSWORD, SEALED, code_at, desk, fill_in
from tests.web import NOW, TODAY, client_as, stranger

CLOCK = StoppedClock(NOW, TODAY)


@pytest.fixture
def administrator(database: Database) -> UUID:
    with database.writing(LOCAL_OPERATOR) as session:
        return person(session, "xi.tong", (Role.SYSTEM_ADMIN, None)).id


def token_for(database: Database, user_id: UUID, scope: Permission) -> str:
    with database.writing(LOCAL_OPERATOR) as session:
        holder = actor_of(session, user_id, TODAY)
        assert holder is not None
        wanted = NewToken(name="同步", scopes=[scope], valid_days=30)
        return make_token(session, holder, holder, NOW, wanted).token


@pytest.fixture
def program(database: Database, tmp_path: Path, administrator: UUID) -> FlaskClient:
    """A program with a token of the system administrator's that may keep accounts."""
    token = token_for(database, administrator, Permission.USERS_WRITE)
    client = stranger(database, tmp_path)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def links(database: Database) -> int:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalar(select(func.count()).select_from(OneTimeLink)) or 0


@pytest.mark.parametrize("whose", ["own", "another's"])
def test_a_token_that_keeps_accounts_opens_none(
    database: Database, program: FlaskClient, administrator: UUID, whose: str
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        other = person(session, "an.quan", (Role.SECURITY_ADMIN, None)).id
    target = administrator if whose == "own" else other
    answer = program.post(f"/users/{target}/password-link", data={"second_factor": "yes"})
    assert answer.status_code == 403
    assert "/new-password/" not in answer.text
    assert links(database) == 0


def test_nobody_resets_the_own_password_without_knowing_it(
    database: Database, tmp_path: Path, administrator: UUID
) -> None:
    client = client_as(database, tmp_path, administrator)
    path = f"/users/{administrator}/password-link"
    refused = client.get(path)
    assert refused.status_code == 409
    answer = fill_in(client, path, "/account", second_factor="yes")
    assert answer.status_code == 409
    assert links(database) == 0
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("role", [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_one_administrator_does_not_become_another(
    database: Database, tmp_path: Path, administrator: UUID, role: Role
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        other = person(session, "an.quan", (role, None)).id
    client = client_as(database, tmp_path, administrator)
    path = f"/users/{other}/password-link"
    answer = fill_in(client, path, "/account", second_factor="yes")
    assert answer.status_code == 409
    assert "monitor user reset" in answer.text
    assert client.get(path).status_code == 409
    assert links(database) == 0


def test_what_opened_an_account_before_it_was_disabled_opens_it_no_more(
    database: Database, administrator: UUID
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        person(session, "xi.tong2", (Role.SYSTEM_ADMIN, None))
    token = token_for(database, administrator, Permission.USERS_READ)
    by = Actor("xi.tong2")
    with database.writing(LOCAL_OPERATOR) as session:
        link = make_link(session, LinkPurpose.PASSWORD, administrator, NOW)
    with database.writing(LOCAL_OPERATOR) as session:
        closed = disable_user(session, by, CLOCK, administrator, "离岗", 1)
    with database.writing(LOCAL_OPERATOR) as session:
        enable_user(session, by, CLOCK, administrator, closed.version)
    assert actor_of_token(database, token, NOW, TODAY) is None
    with database.reading(LOCAL_OPERATOR) as session, pytest.raises(NotFoundError):
        open_link(session, LinkPurpose.PASSWORD, link, NOW)


def test_of_two_set_up_links_used_at_once_one_makes_the_administrators(database: Database) -> None:
    tokens = [offer_set_up(database, NOW) for _ in range(2)]
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def use(token: str | None, begin: str) -> None:
        assert token is not None
        logins = {f"{role}_login": f"{begin}.{role[:5]}" for role in ORDER}
        names = {f"{role}_name": "管理员" for role in ORDER}
        secret = {"password": PASSWORD, "repeated": PASSWORD, "own": ORDER[0]}
        wanted = Administrators.model_validate({**logins, **names, **secret})
        start.wait()
        try:
            create_administrators(database, token, wanted, desk(database).cause, CLOCK)
            outcomes.append("made")
        except ConflictError:
            outcomes.append("refused")

    threads = [
        threading.Thread(target=use, args=(token, begin))
        for token, begin in zip(tokens, ("first", "second"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused"]


@pytest.mark.parametrize("login", ["operator", "Anonymous", "local", "demo"])
def test_nobody_is_called_what_the_trail_calls_the_machine(login: str) -> None:
    with pytest.raises(ValidationError, match="另有所指"):
        NewUser(login=login, name="甲")


@pytest.mark.parametrize("name", ["\u200b", "王\u202e强", "王强\u200d", "王\u2028强", "王\x7f强"])
def test_no_name_holds_what_nobody_sees(name: str) -> None:
    with pytest.raises(ValidationError, match="看不见"):
        NewUser(login="wang.qiang", name=name)
    assert NewUser(login="wang.qiang", name="王　强·买买提").name == "王　强·买买提"


def test_the_provider_names_nobody_so_either(database: Database) -> None:
    subject = Subject("https://idp.example", "s-1", "operator", "甲", frozenset({"admins"}))
    mapping = [GroupRole("admins", Role.SYSTEM_ADMIN, None)]
    with database.writing(LOCAL_OPERATOR) as session:
        user_id = admit(session, CLOCK, subject, mapping)
        assert user_id is not None
        assert session.get_one(User, user_id).login.startswith("sso-")


def test_a_secret_that_somebody_looked_at_long_ago_is_not_enrolled(
    database: Database, administrator: UUID
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        seen = begin_enrolment(session, SEALED, administrator, NOW)
        soon = begin_enrolment(session, SEALED, administrator, NOW + timedelta(minutes=29))
        later = begin_enrolment(session, SEALED, administrator, NOW + timedelta(minutes=30))
        assert soon == seen
        assert later != seen
        then = NOW + timedelta(minutes=31)
        with pytest.raises(InputError):
            confirm_enrolment(session, SEALED, administrator, code_at(seen, then), then)
        confirm_enrolment(session, SEALED, administrator, code_at(later, then), then)
