"""What a password must be, and how it is kept."""

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import InputError
from people.models import User
from people.sign_in.models import UserPassword
from people.sign_in.own_account import NewPassword, change_password
from people.sign_in.password_policy import refusal
from people.sign_in.passwords import check_new_password, matches, set_password
from people.sign_in.security_policy import PolicyTerms
from people.sign_in.sessions import find
from people.sign_in.signing_in import Attempt
from people.sign_in.signing_in import sign_in as enter
from tests.signing_in import OTHER_PASSWORD, PASSWORD, actions, desk, hashed, member
from tests.web import NOW, TODAY

TERMS = PolicyTerms()
OWN = {"zhou.ming", "周明", "甲市应急管理局"}


@pytest.mark.parametrize(
    "password",
    [
        "Admin@123456",
        "P@ssw0rd2024",
        "Hami@2023!",
        "1qaz2wsx3edc",
        "woaini1314520",
        "Anquan@119119",
        "Zhangsan2023!",
        "qwertyuiop[]",
        "abcdefghijkl",
        "0987654321ab",
        "aaaaaaaaaaaa",
        "ａｄｍｉｎ＠１２３４５６",
        "123456789qq",
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert refusal(password, OWN, TERMS)


@pytest.mark.parametrize(
    "password", ["Zhou.Ming-77-xyz", "周明的密码是一句话", "我在甲市应急管理局上班"]
)
def test_what_others_know_of_the_user_is_no_part_of_it(password: str) -> None:
    assert refusal(password, OWN, PolicyTerms(min_length=8)) == "不能含有登录名、姓名或单位名称"


@pytest.mark.parametrize(
    "password", [PASSWORD, OTHER_PASSWORD, "correct horse battery", "ty7$Lk0pQmz"]
)
def test_a_phrase_or_chance_will_do(password: str) -> None:
    assert refusal(password, OWN, TERMS) == ""


def test_length_counts_characters() -> None:
    assert refusal("ty7$Lk0pQ", OWN, TERMS) == "至少 10 个字符"
    assert refusal("ty7$Lk0pQm" * 21, OWN, TERMS) == "至多 200 个字符"


def test_the_database_keeps_argon2id_only(database: Database) -> None:
    member(database)
    with database.reading(LOCAL_OPERATOR) as session:
        kept = session.scalars(select(UserPassword.password_hash)).one()
    assert re.match(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$", kept)
    assert PASSWORD not in kept
    assert matches(kept, PASSWORD)
    assert not matches(kept, PASSWORD + "x")
    assert not matches(None, PASSWORD)
    assert not matches("no hash at all", PASSWORD)


def test_an_outdated_hash_is_replaced_at_the_next_sign_in(database: Database) -> None:
    user_id = member(database)
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(update(UserPassword).values(password_hash=weak))
    enter(desk(database), Attempt("zhou.ming", PASSWORD))
    with database.reading(LOCAL_OPERATOR) as session:
        kept = session.scalars(select(UserPassword).where(UserPassword.user_id == user_id)).one()
    assert "m=65536" in kept.password_hash
    assert matches(kept.password_hash, PASSWORD)
    assert kept.set_at == NOW


def test_lately_used_passwords_are_refused(database: Database) -> None:
    user_id = member(database)
    with database.writing(LOCAL_OPERATOR) as session:
        set_password(session, user_id, hashed(OTHER_PASSWORD), NOW + timedelta(days=1))
        user = session.get_one(User, user_id)
        for used in (PASSWORD, OTHER_PASSWORD):
            with pytest.raises(InputError, match="不能与最近 2 次"):
                check_new_password(session, user, used, used, PolicyTerms(history=2))
        check_new_password(session, user, PASSWORD, PASSWORD, PolicyTerms(history=1))
        check_new_password(session, user, OTHER_PASSWORD, OTHER_PASSWORD, PolicyTerms(history=0))


def test_a_change_asks_for_the_present_one_and_ends_other_sessions(database: Database) -> None:
    member(database)
    here = desk(database)
    mine = enter(here, Attempt("zhou.ming", PASSWORD)).token
    stolen = enter(here, Attempt("zhou.ming", PASSWORD)).token
    with database.reading(LOCAL_OPERATOR) as session:
        found = find(session, mine, NOW, TODAY)
    assert found is not None
    for wanted, field in [
        (NewPassword(OTHER_PASSWORD, OTHER_PASSWORD, "wrong"), "present"),
        (NewPassword(OTHER_PASSWORD, PASSWORD, PASSWORD), "repeated"),
        (NewPassword("short", "short", PASSWORD), "password"),
        (NewPassword(PASSWORD, PASSWORD, PASSWORD), "password"),
    ]:
        with pytest.raises(InputError) as refused:
            change_password(here, found, wanted)
        assert [problem.field for problem in refused.value.problems] == [field]
    fresh = change_password(here, found, NewPassword(OTHER_PASSWORD, OTHER_PASSWORD, PASSWORD))
    with database.reading(LOCAL_OPERATOR) as session:
        assert find(session, fresh, NOW, TODAY) is not None
        assert find(session, mine, NOW, TODAY) is None
        assert find(session, stolen, NOW, TODAY) is None
    with pytest.raises(InputError):
        enter(here, Attempt("zhou.ming", PASSWORD))
    assert actions(database) == ["sign_in", "sign_in", "password_changed"]
