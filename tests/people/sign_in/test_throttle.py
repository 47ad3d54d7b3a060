"""Wrong passwords: how many are borne, who is turned away, and who is not."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import InputError
from kernel.trail.models import AuditEntry
from people.sign_in import passwords, signing_in
from people.sign_in.desk import Desk
from people.sign_in.guarded import TooManyTries
from people.sign_in.known_devices import device_mark, is_known_device
from people.sign_in.models import SignInThrottle
from people.sign_in.passwords import matches
from people.sign_in.security_policy import PolicyTerms
from people.sign_in.signing_in import Attempt
from people.sign_in.throttle import BUCKETS, Place, admit, counts_of, give_back
from tests.counts import IS_PROOF
from tests.signing_in import KEY, PASSWORD, actions, desk, hashed, member
from tests.web import NOW

TERMS = PolicyTerms()
CHEAP = PasswordHasher(1, 64, 1).hash("nobody")
MANY = 10_000 if IS_PROOF else 400


@pytest.fixture(autouse=True)
def hashes_cost_little(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is counted here are tries, hundreds of them; what a hash costs is test_passwords' matter."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 64, 1))
    monkeypatch.setattr(passwords, "_nobodys_hash", lambda: CHEAP)
    hashed.cache_clear()
    yield
    hashed.cache_clear()


def outcome(place: Desk, login: str = "zhou.ming", password: str = "wrong") -> str:
    try:
        signing_in.sign_in(place, Attempt(login, password))
    except TooManyTries:
        return "blocked"
    except InputError:
        return "wrong"
    return "in"


def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each password that costs a hash; it is still checked."""
    seen: list[str] = []

    def noted(kept: str | None, password: str) -> bool:
        seen.append(password)
        return matches(kept, password)

    monkeypatch.setattr("people.sign_in.signing_in.matches", noted)
    return seen


def test_the_sixth_try_in_a_row_waits_and_the_block_ends_by_itself(database: Database) -> None:
    member(database)
    here = desk(database)
    assert [outcome(here) for _ in range(7)] == ["wrong"] * 5 + ["blocked"] * 2
    assert outcome(here, password=PASSWORD) == "blocked"
    later = desk(database, after=timedelta(minutes=14))
    assert outcome(later, password=PASSWORD) == "blocked"
    end = desk(database, after=timedelta(minutes=15))
    assert outcome(end, password=PASSWORD) == "in"


def test_tries_during_a_block_do_not_make_it_longer_and_cost_no_hash(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    member(database)
    seen = hashes(monkeypatch)
    for minute in range(15):
        outcome(desk(database, after=timedelta(minutes=minute / 100 if minute < 5 else minute)))
    assert len(seen) == 5
    assert (
        outcome(desk(database, after=timedelta(minutes=15, seconds=3)), password=PASSWORD) == "in"
    )


def test_the_right_password_forgives_what_was_wrong_before(database: Database) -> None:
    member(database)
    here = desk(database)
    for _ in range(3):
        assert [outcome(here) for _ in range(4)] == ["wrong"] * 4
        assert outcome(here, password=PASSWORD) == "in"


def test_the_fifth_try_may_be_right(database: Database) -> None:
    member(database)
    here = desk(database)
    assert [outcome(here) for _ in range(4)] == ["wrong"] * 4
    assert outcome(here, password=PASSWORD) == "in"
    assert outcome(here) == "wrong"
    assert "sign_in_blocked" not in actions(database)


def test_an_unknown_login_is_answered_like_a_known_one(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    member(database)
    seen = hashes(monkeypatch)
    here, there = desk(database, "10.0.0.1"), desk(database, "10.0.0.2")
    known = [outcome(here) for _ in range(7)]
    unknown = [outcome(there, "nobody") for _ in range(7)]
    assert known == unknown
    assert len(seen) == 10


def test_an_address_is_stopped_over_all_accounts(database: Database) -> None:
    here = desk(database)
    found = Counter(outcome(here, f"guess{n}") for n in range(105))
    assert found == {"wrong": 100, "blocked": 5}
    assert outcome(desk(database, "10.0.0.9"), "guess1") == "wrong"
    assert actions(database) == ["sign_in_blocked"]


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_many_wrong_passwords_from_many_addresses_leave_the_owner_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    member(database)
    home = desk(database, "10.1.1.1")
    assert outcome(home, password=PASSWORD) == "in"
    seen = hashes(monkeypatch)
    found = Counter(
        outcome(desk(database, f"172.16.{n % 2000 // 250}.{n % 250}")) for n in range(MANY)
    )
    assert found == {"wrong": TERMS.account_failures, "blocked": MANY - TERMS.account_failures}
    assert len(seen) == TERMS.account_failures
    assert outcome(home, password=PASSWORD) == "in"  # an address that is known for the account
    mark = device_mark(KEY, "zhou.ming", NOW)
    travelling = desk(database, "192.168.7.7", device=mark)
    assert outcome(travelling, password=PASSWORD) == "in"  # a browser that is known for it
    assert outcome(desk(database, "192.168.7.8"), password=PASSWORD) == "blocked"
    assert outcome(desk(database, "192.168.7.8", timedelta(minutes=16)), password=PASSWORD) == "in"
    assert actions(database).count("sign_in_blocked") == 1
    with database.reading(LOCAL_OPERATOR) as session:
        blocked = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "sign_in_blocked")
        ).one()
        assert blocked.after is not None
        assert blocked.after["tries"] == TERMS.account_failures
        entries = session.scalar(select(func.count()).select_from(AuditEntry))
        assert entries is not None
        assert entries < 30


@pytest.mark.proof
def test_no_crowd_of_names_and_addresses_outgrows_the_buckets(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        for n in range(MANY // 4):
            counts = counts_of(KEY, f"name{n}", Place(f"2001:db8::{n:x}"), TERMS)
            assert all(0 <= c.bucket < BUCKETS for c in counts)
            admit(session, counts, NOW, TERMS)
        rows = session.scalar(select(func.count()).select_from(SignInThrottle))
    assert rows is not None
    assert rows <= min(BUCKETS, 3 * MANY // 4)


def test_who_meets_in_a_bucket_takes_it_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("people.sign_in.throttle.BUCKETS", 1)
    known = Place("10.0.0.1", is_known_address=True)
    mine, theirs = counts_of(KEY, "a", known, TERMS), counts_of(KEY, "b", known, TERMS)
    with database.writing(LOCAL_OPERATOR) as session:
        for _ in range(TERMS.pair_failures):
            assert admit(session, theirs, NOW, TERMS).blocked_until is None
        assert admit(session, theirs, NOW, TERMS).blocked_until is not None
        assert admit(session, mine, NOW, TERMS).blocked_until is None
        give_back(session, theirs, NOW)
        assert session.scalars(select(SignInThrottle.tries)).all() == [1]


def test_simultaneous_tries_get_no_more_than_a_queue(database: Database) -> None:
    member(database)
    results: list[str] = []
    start = threading.Barrier(16)

    def one() -> None:
        start.wait()
        results.append(outcome(desk(database)))

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(results) == {"wrong": 5, "blocked": 11}
    assert actions(database).count("sign_in_blocked") == 1


def test_simultaneous_right_passwords_all_get_in_and_renew_an_outdated_hash(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = member(database)
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(2, 64, 1))
    results: list[str] = []
    start = threading.Barrier(4)

    def one() -> None:
        start.wait()
        results.append(outcome(desk(database), password=PASSWORD))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["in"] * 4
    with database.reading(LOCAL_OPERATOR) as session:
        kept = passwords.current_password(session, user)
    assert kept is not None
    assert not passwords.is_outdated(kept.password_hash)


@pytest.mark.parametrize(
    "mark", ["", ".", "x.y", "9999999999.", "99999999999999.aa", "１２.aa", "1.é"]
)
def test_a_made_up_device_mark_is_none(mark: str) -> None:
    assert not is_known_device(KEY, "zhou.ming", mark, NOW)


def test_a_device_mark_is_for_one_login_and_ends() -> None:
    mark = device_mark(KEY, "zhou.ming", NOW)
    assert is_known_device(KEY, "zhou.ming", mark, NOW)
    assert not is_known_device(KEY, "li.na", mark, NOW)
    assert not is_known_device(b"other key", "zhou.ming", mark, NOW)
    assert not is_known_device(KEY, "zhou.ming", mark, NOW + timedelta(days=181))
