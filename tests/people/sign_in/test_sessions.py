"""Sessions: where they begin, what ends them, and what they are worth meanwhile."""

import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.permissions import Permission
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import NotFoundError
from people.accounts import disable_user, enable_user
from people.models import Membership, User
from people.sign_in.models import SessionState, SignInSession
from people.sign_in.security_policy import PolicyTerms, change_policy
from people.sign_in.sessions import (
    SignedIn,
    Step,
    Visitor,
    find,
    open_session,
    revoke,
    revoke_all,
    rotate,
    seen,
)
from tests.clocks import StoppedClock
from tests.people import person, session_token
from tests.signing_in import (
    OTHER_PASSWORD,
    actions,
    cookie,
    fill_in,
    form_token,
    member,
    refusals,
    sign_in,
)
from tests.web import NOW, TODAY, client_as, stranger

CLOCK = StoppedClock(NOW, TODAY)


def found_at(
    database: Database, token: str, after: timedelta = timedelta(), today: date = TODAY
) -> SignedIn | None:
    with database.reading(LOCAL_OPERATOR) as session:
        return find(session, token, NOW + after, today)


def test_the_database_keeps_no_token(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        token = session_token(session, user_id, NOW)
        kept = session.scalars(select(SignInSession)).one()
    assert token not in {kept.token_hash, str(kept.id)}
    assert len(token) >= 43
    assert found_at(database, token) is not None
    assert found_at(database, kept.token_hash) is None
    assert found_at(database, "") is None


def test_it_ends_idle_and_it_ends_in_any_case(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        token = session_token(session, user_id, NOW)
    assert found_at(database, token, timedelta(minutes=29)) is not None
    assert found_at(database, token, timedelta(minutes=30)) is None
    alive = found_at(database, token)
    assert alive is not None
    for half_hours in range(1, 25):
        with database.writing(LOCAL_OPERATOR) as session:
            seen(session, alive.session_id, NOW + timedelta(minutes=30 * half_hours - 1))
    assert found_at(database, token, timedelta(hours=12, seconds=-1)) is not None
    assert found_at(database, token, timedelta(hours=12)) is None


def test_use_is_written_once_a_minute(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        session_token(session, user_id, NOW)
        kept = session.scalars(select(SignInSession)).one()
        for seconds, written in [(59, 0), (60, 60), (100, 60), (120, 120)]:
            seen(session, kept.id, NOW + timedelta(seconds=seconds))
            session.refresh(kept)
            assert kept.last_seen_at == NOW + timedelta(seconds=written)


def test_a_shorter_policy_ends_it_at_the_next_request(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        token = session_token(session, user_id, NOW)
        change_policy(session, PolicyTerms(idle_minutes=5), 1)
    assert found_at(database, token, timedelta(minutes=5)) is None


def test_a_revoked_one_dies_at_once_on_every_node(database: Database, tmp_path: Path) -> None:
    user_id = member(database)
    here, elsewhere = (client_as(database, tmp_path, user_id) for _ in range(2))
    assert here.get("/account").status_code == elsewhere.get("/account").status_code == 200
    page = here.get("/account").text
    assert page.count("退出</button>") >= 1
    other = page.partition("/account/sessions/")[2].partition("/revoke")[0]
    answer = here.post(f"/account/sessions/{other}/revoke", data={"csrf_token": form_token(page)})
    assert answer.status_code == 303
    assert elsewhere.get("/account").location == "/sign-in?next=/account"
    assert here.get("/account").status_code == 200


def test_nobody_revokes_the_session_of_another(database: Database) -> None:
    mine, theirs = member(database), member(database, "li.na")
    with database.writing(LOCAL_OPERATOR) as session:
        session_token(session, theirs, NOW)
        kept = session.scalars(select(SignInSession.id)).one()
        with pytest.raises(NotFoundError):
            revoke(session, mine, kept, NOW)
        assert revoke_all(session, theirs, NOW) == 1
        with pytest.raises(NotFoundError):
            rotate(session, kept, NOW)


def test_signing_out_everywhere_ends_all(database: Database, tmp_path: Path) -> None:
    user_id = member(database)
    clients = [client_as(database, tmp_path, user_id) for _ in range(3)]
    fill_in(clients[0], "/account/sign-out-everywhere", page="/account")
    assert [client.get("/account").status_code for client in clients] == [302] * 3
    assert "sign_out_everywhere" in actions(database)


def test_a_session_given_to_a_victim_gains_nothing_by_the_sign_in(
    database: Database, tmp_path: Path
) -> None:
    member(database)
    attacker = member(database, "li.na")
    client = client_as(database, tmp_path, attacker)
    planted = cookie(client)
    with database.reading(LOCAL_OPERATOR) as session:
        assert planted is not None
        assert find(session, planted, NOW, TODAY) is not None
    text = client.get("/account").text
    client.post("/sign-in", data={
        "csrf_token": form_token(text), "login": "zhou.ming", "password": "Nebel-ueber-Wiesen-7",
    })  # fmt: skip
    assert cookie(client) not in {planted, None}
    assert found_at(database, planted) is None
    assert "zhou.ming" in client.get("/account").text


def test_a_disabled_user_is_out_at_once_and_stays_out_of_old_sessions(
    database: Database, tmp_path: Path
) -> None:
    user_id = member(database)
    client = client_as(database, tmp_path, user_id)
    with database.writing(LOCAL_OPERATOR) as session:
        disable_user(session, LOCAL_OPERATOR, CLOCK, user_id, "离职", 1)
    assert client.get("/account").status_code == 302
    refused = sign_in(stranger(database, tmp_path), "zhou.ming")
    assert refusals(refused) == ["登录名或密码不正确"]
    with database.writing(LOCAL_OPERATOR) as session:
        enable_user(session, LOCAL_OPERATOR, CLOCK, user_id, 2)
    assert client.get("/account").status_code == 302
    assert sign_in(stranger(database, tmp_path), "zhou.ming").status_code == 303


def test_a_temporary_account_is_out_after_its_last_day(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        token = session_token(session, user_id, NOW)
        session.execute(update(User).values(expires_on=TODAY))
    assert found_at(database, token) is not None
    assert found_at(database, token, today=TODAY + timedelta(days=1)) is None


def test_a_role_taken_away_counts_no_more_at_the_next_request(
    database: Database, tmp_path: Path
) -> None:
    user_id = member(database, "an.quan", (Role.SECURITY_ADMIN, None))
    client = client_as(database, tmp_path, user_id)
    assert client.get("/security-policy").status_code == 200
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(update(Membership).values(ended_at=NOW))
    assert client.get("/security-policy").status_code == 403
    assert "还没有角色" in client.get("/account").text


def test_a_user_with_many_roles_has_them_all(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        user = person(session, "an.quan", (Role.SECURITY_ADMIN, None), (Role.AUDIT_ADMIN, None))
        token = session_token(session, user.id, NOW)
    found = found_at(database, token)
    assert found is not None
    assert found.actor.may(Permission.POLICIES_WRITE)
    assert found.actor.may(Permission.TRAIL_READ)
    assert not found.actor.may(Permission.CONTRACTS_READ)
    assert [held.role for held in found.roles] == [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN]


def test_half_a_session_has_steps_in_order(database: Database) -> None:
    old = NOW - timedelta(days=90)
    user_id = member(database, "an.quan", (Role.SECURITY_ADMIN, None), set_at=old)
    with database.writing(LOCAL_OPERATOR) as session:
        change_policy(session, PolicyTerms(second_factor_roles=(Role.SECURITY_ADMIN,)), 1)
        visitor, terms = Visitor("10.0.0.1", "tests"), PolicyTerms()
        half = SessionState.SECOND_FACTOR
        token = open_session(session, user_id, half, visitor, NOW, terms)
    first = found_at(database, token)
    assert first is not None
    assert first.step is Step.SECOND_FACTOR
    with database.writing(LOCAL_OPERATOR) as session:
        token = rotate(session, first.session_id, NOW)
    second = found_at(database, token)
    assert second is not None
    assert second.step is Step.PASSWORD


def test_a_password_that_ran_out_is_changed_before_anything_else(
    database: Database, tmp_path: Path
) -> None:
    member(database, set_at=NOW - timedelta(days=90))
    client = stranger(database, tmp_path)
    answer = sign_in(client, "zhou.ming", next_page="/account")
    assert client.get(answer.location).location == "/sign-in/password?next=/account"
    before = cookie(client)
    assert client.get("/account").status_code == 302
    assert client.get("/api/v1/contracts").status_code == 401
    assert client.get("/account/password").status_code == 302
    refused = fill_in(client, "/sign-in/password", present="x", password="y", repeated="y")
    assert refusals(refused) == ["现在的密码不正确"]
    changed = fill_in(
        client,
        "/sign-in/password",
        present="Nebel-ueber-Wiesen-7",
        password=OTHER_PASSWORD,
        repeated=OTHER_PASSWORD,
        next="/account",
    )
    assert client.get(changed.location).location == "/account"
    assert client.get("/account").status_code == 200
    assert cookie(client) != before


def test_the_account_page_costs_the_same_whatever_it_shows(
    database: Database, tmp_path: Path
) -> None:
    from tests.pages import statements

    user_id = member(database, "an.quan", (Role.SECURITY_ADMIN, None))
    client = client_as(database, tmp_path, user_id)
    costs = []
    for _ in range(2):
        with statements(database) as asked:
            assert client.get("/account").status_code == 200
        costs.append(len(asked))
        with database.writing(LOCAL_OPERATOR) as session:
            for _more in range(20):
                session_token(session, user_id, NOW)
    assert costs[0] == costs[1]


def test_a_page_does_not_wait_for_a_long_write(database: Database, tmp_path: Path) -> None:
    user_id = member(database)
    client = stranger(database, tmp_path)
    with database.writing(LOCAL_OPERATOR) as session:
        token = session_token(session, user_id, NOW - timedelta(minutes=2))
    client.set_cookie("monitor_sign_in", token)
    with database.writing(LOCAL_OPERATOR) as session:
        session.scalar(select(User.id))
        began = time.monotonic()
        assert client.get("/account").status_code == 200
        assert time.monotonic() - began < 10
    assert client.get("/account").status_code == 200
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(SignInSession.last_seen_at)).one() == NOW
