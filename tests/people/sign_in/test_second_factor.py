"""The second factor: enrolment, codes that count once, recovery codes, and who must have one."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import InputError
from people.sign_in.guarded import TooManyTries
from people.sign_in.models import RecoveryCode, SecondFactor
from people.sign_in.own_account import give_up_second_factor
from people.sign_in.second_factor import begin_enrolment, confirm_enrolment, use_code
from people.sign_in.security_policy import PolicyTerms, change_policy
from people.sign_in.sessions import SignedIn, Step, find
from people.sign_in.signing_in import Attempt, give_second_factor
from people.sign_in.signing_in import sign_in as enter
from tests.signing_in import (
    PASSWORD,
    SEALED,
    actions,
    code_at,
    cookie,
    desk,
    enrolled,
    fill_in,
    form_token,
    member,
    refusals,
    sign_in,
)
from tests.web import NOW, TODAY, stranger


def found(database: Database, token: str) -> SignedIn:
    with database.reading(LOCAL_OPERATOR) as session:
        signed_in = find(session, token, NOW, TODAY)
    assert signed_in is not None
    return signed_in


def test_the_secret_is_sealed_and_the_codes_hashed(database: Database) -> None:
    secret, codes = enrolled(database, SEALED, member(database))
    with database.reading(LOCAL_OPERATOR) as session:
        factor = session.scalars(select(SecondFactor)).one()
        hashes = session.scalars(select(RecoveryCode.code_hash)).all()
    assert secret not in factor.sealed_secret
    assert SEALED.open(factor.sealed_secret) == secret
    assert len(set(codes)) == len(hashes) == 10
    assert not set(codes) & set(hashes)


def test_a_session_with_half_a_sign_in_is_a_stranger(database: Database, tmp_path: Path) -> None:
    client = stranger(database, tmp_path)
    sealed = client.application.extensions["monitor_web"].secrets
    secret, _codes = enrolled(database, sealed, member(database))
    answer = sign_in(client, "zhou.ming", next_page="/account")
    assert client.get(answer.location).location == "/sign-in/second-factor?next=/account"
    half = cookie(client)
    assert client.get("/account").location == "/sign-in?next=/account"
    assert client.get("/api/v1/contracts").status_code == 401
    assert fill_in(client, "/sign-in/second-factor", code="000000").status_code == 422
    answer = fill_in(client, "/sign-in/second-factor", code=code_at(secret), next="/account")
    assert client.get(answer.location).location == "/account"
    assert client.get("/account").status_code == 200
    assert cookie(client) != half
    client.set_cookie("monitor_sign_in", str(half))
    assert client.get("/account").status_code == 302
    assert "sign_in" in actions(database)


def test_a_code_counts_once_even_at_the_same_moment(database: Database) -> None:
    user_id = member(database)
    secret, codes = enrolled(database, SEALED, user_id)
    for code in (code_at(secret), codes[0]):
        used: list[str | None] = []
        start = threading.Barrier(4)

        def one(
            code: str = code, start: threading.Barrier = start, used: list[str | None] = used
        ) -> None:
            start.wait()
            with database.writing(LOCAL_OPERATOR) as session:
                used.append(use_code(session, SEALED, user_id, code, NOW))

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(by is not None for by in used) == 1


def test_codes_of_before_and_after_half_a_minute_work_and_older_ones_do_not(
    database: Database,
) -> None:
    user_id = member(database)
    secret, _codes = enrolled(database, SEALED, user_id)
    tries = [
        (-60, False),
        (60, False),
        (-30, True),
        (0, True),
        (30, True),
        (0, False),
        (-30, False),
    ]
    with database.writing(LOCAL_OPERATOR) as session:
        for seconds, works in tries:
            code = code_at(secret, NOW + timedelta(seconds=seconds))
            assert (use_code(session, SEALED, user_id, code, NOW) is not None) is works, seconds


@pytest.mark.parametrize(
    "code", ["", "12345", "１２３４５６", "abcdef", "-12345", "1" * 40, "123 45"]
)
def test_what_is_no_code_is_refused(database: Database, code: str) -> None:
    user_id = member(database)
    enrolled(database, SEALED, user_id)
    with database.writing(LOCAL_OPERATOR) as session:
        assert use_code(session, SEALED, user_id, code, NOW) is None


def test_guessing_codes_is_stopped(database: Database) -> None:
    enrolled(database, SEALED, member(database))
    here = desk(database)
    half = found(database, enter(here, Attempt("zhou.ming", PASSWORD)).token)
    for _ in range(5):
        with pytest.raises(InputError):
            give_second_factor(here, half, "000000")
    with pytest.raises(TooManyTries):
        give_second_factor(here, half, "000000")


def test_a_role_that_must_have_one_enrols_before_anything_else(
    database: Database, tmp_path: Path
) -> None:
    member(database, "an.quan", (Role.SECURITY_ADMIN, None))
    with database.writing(LOCAL_OPERATOR) as session:
        change_policy(session, PolicyTerms(second_factor_roles=(Role.SECURITY_ADMIN,)), 1)
    client = stranger(database, tmp_path)
    answer = sign_in(client, "an.quan")
    assert client.get(answer.location).location == "/sign-in/enrolment?next=/"
    assert client.get("/security-policy").location == "/sign-in?next=/security-policy"
    page = client.get("/sign-in/enrolment")
    assert "data:image/svg+xml" in page.text
    secret = page.text.partition('class="totp-key">')[2].partition("<")[0].replace(" ", "")
    assert fill_in(client, "/sign-in/enrolment", code="123456").status_code == 422
    done = fill_in(client, "/sign-in/enrolment", code=code_at(secret))
    assert done.text.count("<li><code>") == 10
    assert done.headers["Cache-Control"] == "no-store"
    assert client.get("/security-policy").status_code == 200
    refused = client.get("/account/second-factor").text
    assert "不能停用" in refused


def test_an_enrolment_is_not_in_force_before_it_is_confirmed(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        secret = begin_enrolment(session, SEALED, user_id, NOW)
        assert begin_enrolment(session, SEALED, user_id, NOW) == secret
        assert use_code(session, SEALED, user_id, code_at(secret), NOW) is None
    here = desk(database)
    assert enter(here, Attempt("zhou.ming", PASSWORD)).is_complete
    with database.writing(LOCAL_OPERATOR) as session:
        confirm_enrolment(session, SEALED, user_id, code_at(secret), NOW)
    assert not enter(here, Attempt("zhou.ming", PASSWORD)).is_complete


def test_giving_it_up_asks_for_a_code(database: Database) -> None:
    user_id = member(database)
    here = desk(database)
    token = enter(here, Attempt("zhou.ming", PASSWORD)).token
    _secret, codes = enrolled(database, SEALED, user_id)
    signed_in = found(database, token)
    assert signed_in.step is Step.DONE
    with pytest.raises(InputError):
        give_up_second_factor(here, signed_in, "000000")
    give_up_second_factor(here, signed_in, codes[3])
    assert enter(here, Attempt("zhou.ming", PASSWORD)).is_complete
    with database.writing(LOCAL_OPERATOR) as session:
        assert use_code(session, SEALED, user_id, codes[4], NOW) is None


def test_the_account_page_enrols_and_shows_the_codes_once(
    database: Database, tmp_path: Path
) -> None:
    member(database)
    client = stranger(database, tmp_path)
    sign_in(client, "zhou.ming")
    page = client.get("/account/second-factor").text
    secret = page.partition('class="totp-key">')[2].partition("<")[0].replace(" ", "")
    refused = client.post(
        "/account/second-factor", data={"csrf_token": form_token(page), "code": "111111"}
    )
    assert refusals(refused) == ["动态口令不正确；请核对手机时间，等下一个口令再试"]
    done = fill_in(client, "/account/second-factor", code=code_at(secret))
    assert "备用码只显示这一次" in done.text
    assert "还有 10 个备用码" in client.get("/account").text
