"""Tokens are made once, used within what their person may do now, and die at once."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.access.permissions import Permission
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import ConflictError, InputError, NotFoundError
from people.actors import actor_of
from people.models import Membership, User
from people.tokens.bearer import (
    BearerTokens,
    InvalidToken,
    TooManyGuesses,
    actor_of_token,
    bearer_text,
)
from people.tokens.guesses import ALLOWED, Guesses
from people.tokens.models import ApiToken, ApiTokenUse
from people.tokens.schemas import NewToken, TokenMade, TokenState, TokensWanted
from people.tokens.secrets import fresh_token, is_well_formed
from people.tokens.tokens import (
    MOST_LIVE,
    TokenCannotManageTokens,
    list_tokens,
    make_token,
    revoke_token,
    scopes_open_to,
    token_named,
    token_of,
)
from tests.ledger import city
from tests.people import person

TODAY = date(2023, 12, 31)
NOW = datetime(2023, 12, 31, 4, 0, tzinfo=UTC)
READ = [Permission.CONTRACTS_READ]


@pytest.fixture
def clerk(database: Database) -> UUID:
    with database.writing(LOCAL_OPERATOR) as session:
        return person(session, "clerk", (Role.CLERK, city(session).bureau.id)).id


def as_actor(database: Database, user_id: UUID) -> Actor:
    with database.reading(LOCAL_OPERATOR) as session:
        actor = actor_of(session, user_id, TODAY)
    assert actor is not None
    return actor


def make(database: Database, user_id: UUID, **given: object) -> TokenMade:
    actor = as_actor(database, user_id)
    new = NewToken.model_validate({"name": "看板", "scopes": READ, **given})
    with database.writing(actor) as session:
        return make_token(session, actor, actor, NOW, new)


def test_a_token_speaks_for_its_person_within_its_scopes(database: Database, clerk: UUID) -> None:
    made = make(database, clerk)
    actor = actor_of_token(database, made.token, NOW, TODAY)
    assert actor is not None
    assert actor.user_id == clerk
    assert actor.may(Permission.CONTRACTS_READ)
    assert not actor.may(Permission.MONEY_READ)
    assert not actor.may(Permission.ACTS_ENTER)


def test_only_a_hash_is_kept(database: Database, owned: Database, clerk: UUID) -> None:
    made = make(database, clerk)
    assert made.token.startswith(made.prefix + "_")
    assert made.token not in repr(made)
    with owned.reading(LOCAL_OPERATOR) as session:
        kept = session.execute(text("SELECT * FROM api_token")).one()
        assert made.token not in " ".join(map(str, kept))
        trail = session.execute(text("SELECT * FROM audit_entry")).all()
        assert trail
        assert made.token not in str(trail)
        assert session.scalars(select(ApiToken.secret_hash)).one() not in str(trail)


def test_a_scope_of_a_role_that_ended_gives_nothing(database: Database, clerk: UUID) -> None:
    made = make(database, clerk)
    with database.writing(LOCAL_OPERATOR) as session:
        for membership in session.scalars(select(Membership)):
            membership.ended_at = NOW
    actor = actor_of_token(database, made.token, NOW, TODAY)
    assert actor is not None
    assert not actor.may(Permission.CONTRACTS_READ)


@pytest.mark.parametrize("end", ["disabled", "expired"])
def test_a_closed_account_ends_its_tokens_at_once(
    database: Database, clerk: UUID, end: str
) -> None:
    made = make(database, clerk)
    with database.writing(LOCAL_OPERATOR) as session:
        user = session.get_one(User, clerk)
        if end == "disabled":
            user.disabled_at, user.disabled_reason = NOW, "离职"
        else:
            user.expires_on = TODAY - timedelta(days=1)
    assert actor_of_token(database, made.token, NOW, TODAY) is None


def test_a_token_ends_by_time_and_by_hand(database: Database, clerk: UUID) -> None:
    made = make(database, clerk, valid_days=1)
    assert actor_of_token(database, made.token, NOW + timedelta(hours=23), TODAY) is not None
    assert actor_of_token(database, made.token, NOW + timedelta(days=1), TODAY) is None
    actor = as_actor(database, clerk)
    with database.writing(actor) as session:
        assert revoke_token(session, actor, NOW, made.id).state is TokenState.REVOKED
    assert actor_of_token(database, made.token, NOW, TODAY) is None
    with database.writing(actor) as session:
        again = revoke_token(session, actor, NOW + timedelta(hours=1), made.id)
        assert again.revoked_at == NOW


def test_the_last_use_is_written_once_a_minute(database: Database, clerk: UUID) -> None:
    made = make(database, clerk)

    def used_at() -> datetime | None:
        with database.reading(LOCAL_OPERATOR) as session:
            return session.scalar(select(ApiTokenUse.last_used_at))

    assert used_at() is None
    for seconds, expected in ((0, 0), (30, 0), (59, 0), (60, 60), (61, 60), (200, 200)):
        actor_of_token(database, made.token, NOW + timedelta(seconds=seconds), TODAY)
        assert used_at() == NOW + timedelta(seconds=expected)
    with database.reading(LOCAL_OPERATOR) as session:
        told = token_of(session, as_actor(database, clerk), NOW, made.id)
    assert told.last_used_at == NOW + timedelta(seconds=200)


def test_a_busy_writer_does_not_shut_programs_out(
    database: Database, database_address: str, clerk: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make(database, clerk)
    monkeypatch.setattr("kernel.database.BUSY_TIMEOUT_MS", 50)
    impatient = Database(database_address)
    with database.writing(LOCAL_OPERATOR) as importing:
        importing.execute(text("UPDATE app_user SET name = name"))
        if database.is_sqlite:
            assert actor_of_token(impatient, made.token, NOW, TODAY) is not None
    assert actor_of_token(impatient, made.token, NOW, TODAY) is not None
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(ApiTokenUse.last_used_at)) == NOW
    impatient.dispose()


@pytest.mark.parametrize(
    "change",
    [
        lambda t: "",
        lambda t: t[:-1],
        lambda t: t[:-9],
        lambda t: t + "0",
        lambda t: t.upper(),
        lambda t: t.replace("cm_", "dm_"),
        lambda t: t[:20] + ("A" if t[20] != "A" else "B") + t[21:],
        lambda t: t + "\n",
        lambda t: "令牌",
        lambda t: "x" * 100_000,
        lambda t: fresh_token().text,
    ],
)
def test_what_is_not_a_token_is_nobody(database: Database, clerk: UUID, change: object) -> None:
    made = make(database, clerk)
    assert callable(change)
    assert actor_of_token(database, change(made.token), NOW, TODAY) is None


def test_a_slip_of_the_pen_asks_no_database() -> None:
    text = fresh_token().text
    assert is_well_formed(text)
    assert not is_well_formed(text[:-1] + ("0" if text[-1] != "0" else "1"))


def test_a_person_cannot_give_what_the_person_lacks(database: Database, clerk: UUID) -> None:
    with pytest.raises(InputError) as refused:
        make(database, clerk, scopes=[Permission.CONTRACTS_READ, Permission.USERS_WRITE])
    assert refused.value.problems[0].field == "scopes"
    assert "维护用户账号" in refused.value.message
    assert Permission.USERS_WRITE not in scopes_open_to(as_actor(database, clerk))


def test_a_name_in_use_is_refused_until_it_is_revoked(database: Database, clerk: UUID) -> None:
    made = make(database, clerk)
    with pytest.raises(InputError) as refused:
        make(database, clerk)
    assert refused.value.problems[0].field == "name"
    actor = as_actor(database, clerk)
    with database.writing(actor) as session:
        revoke_token(session, actor, NOW, made.id)
    make(database, clerk)


def test_there_is_a_limit_to_live_tokens(database: Database, clerk: UUID) -> None:
    for number in range(MOST_LIVE):
        make(database, clerk, name=f"看板 {number}")
    with pytest.raises(ConflictError):
        make(database, clerk)


def test_a_token_makes_and_revokes_none(database: Database, clerk: UUID) -> None:
    made = make(database, clerk)
    by_token = actor_of_token(database, made.token, NOW, TODAY)
    assert by_token is not None
    new = NewToken(name="又一个", scopes=READ, valid_days=1)
    with (
        database.writing(by_token) as session,
        pytest.raises(TokenCannotManageTokens),
    ):
        make_token(session, by_token, by_token, NOW, new)
    with database.writing(by_token) as session, pytest.raises(TokenCannotManageTokens):
        revoke_token(session, by_token, NOW, made.id)
    assert actor_of_token(database, made.token, NOW, TODAY) is not None


def test_tokens_are_ones_own_but_an_administrator_ends_any(database: Database, clerk: UUID) -> None:
    made = make(database, clerk)
    with database.writing(LOCAL_OPERATOR) as session:
        other = person(session, "other").id
        admin = person(session, "admin", (Role.SYSTEM_ADMIN, None)).id
        security = person(session, "security", (Role.SECURITY_ADMIN, None)).id
    stranger, reader = as_actor(database, other), as_actor(database, security)
    with database.writing(stranger) as session:
        wanted = TokensWanted(limit=10, cursor=None, user=clerk, state=None)
        assert list_tokens(session, stranger, NOW, wanted).items == []
        with pytest.raises(NotFoundError):
            token_of(session, stranger, NOW, made.id)
        with pytest.raises(NotFoundError):
            revoke_token(session, stranger, NOW, made.id)
    with database.writing(reader) as session:
        assert [t.id for t in list_tokens(session, reader, NOW, wanted).items] == [made.id]
        with pytest.raises(NotFoundError):
            revoke_token(session, reader, NOW, made.id)
    with database.writing(LOCAL_OPERATOR) as session:
        assert token_named(session, made.prefix) == made.id
        with pytest.raises(NotFoundError):
            token_named(session, "cm_zzzzzzzz")
    administrator = as_actor(database, admin)
    with database.writing(administrator) as session:
        revoke_token(session, administrator, NOW, made.id)
    assert actor_of_token(database, made.token, NOW, TODAY) is None


def test_nobody_makes_a_token_for_another(database: Database, clerk: UUID) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        admin = person(session, "admin", (Role.SYSTEM_ADMIN, None)).id
    new = NewToken(name="代办", scopes=READ, valid_days=1)
    actor, holder = as_actor(database, admin), as_actor(database, clerk)
    with database.writing(actor) as session, pytest.raises(TokenCannotManageTokens):
        make_token(session, actor, holder, NOW, new)
    with database.writing(LOCAL_OPERATOR) as session:
        assert make_token(session, LOCAL_OPERATOR, holder, NOW, new).user_id == clerk


def test_pages_of_the_list_follow_each_other(database: Database, clerk: UUID) -> None:
    names = [make(database, clerk, name=f"看板 {number}").name for number in range(5)]
    actor = as_actor(database, clerk)
    seen: list[str] = []
    cursor = None
    with database.reading(actor) as session:
        while True:
            wanted = TokensWanted(limit=2, cursor=cursor, user=None, state=TokenState.LIVE)
            page = list_tokens(session, actor, NOW, wanted)
            seen += [item.name for item in page.items]
            cursor = page.next
            if cursor is None:
                break
        expired = TokensWanted(limit=9, cursor=None, user=None, state=TokenState.EXPIRED)
        later = NOW + timedelta(days=90)
        assert list_tokens(session, actor, NOW, expired).items == []
        assert len(list_tokens(session, actor, later, expired).items) == 5
    assert seen == names[::-1]


def test_wrong_tokens_from_an_address_are_soon_not_looked_up(
    database: Database, clerk: UUID
) -> None:
    made = make(database, clerk)
    second = make(database, clerk, name="另一个")
    tokens = BearerTokens(database)
    tokens.actor(made.token, "10.0.0.1", NOW, TODAY)
    for _ in range(ALLOWED):
        with pytest.raises(InvalidToken):
            tokens.actor(fresh_token().text, "10.0.0.1", NOW, TODAY)
    with pytest.raises(TooManyGuesses):
        tokens.actor(second.token, "10.0.0.1", NOW, TODAY)
    # What was good lately, and other addresses, are served all the same.
    assert tokens.actor(made.token, "10.0.0.1", NOW, TODAY).user_id == clerk
    assert tokens.actor(second.token, "10.0.0.2", NOW, TODAY).user_id == clerk
    later = NOW + timedelta(minutes=1)
    assert tokens.actor(second.token, "10.0.0.1", later, TODAY).user_id == clerk


def test_guesses_from_ever_new_addresses_are_forgotten_in_turn() -> None:
    guesses = Guesses()
    for number in range(20_000):
        guesses.was_wrong(f"10.{number}", "hash", NOW)
    assert len(guesses._wrong) == 10_000


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, None),
        ("", None),
        ("Basic dXNlcg==", None),
        ("Bearerx", None),
        ("Bearer", ""),
        ("Bearer ", ""),
        ("bearer  cm_1", "cm_1"),
        ("BEARER cm_1 ", "cm_1"),
    ],
)
def test_the_header_is_read_as_its_rule_says(header: str | None, found: str | None) -> None:
    assert bearer_text(header) == found
