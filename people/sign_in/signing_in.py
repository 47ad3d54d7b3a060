"""From a login and a password to a session."""

from dataclasses import dataclass
from unicodedata import normalize
from uuid import UUID

from sqlalchemy import and_, select, true
from sqlalchemy.orm import Session

from kernel.access.actor import SIGN_IN, Actor
from kernel.errors import InputError
from kernel.trail.record import record
from people.actors import account_open
from people.models import User
from people.sign_in.desk import Desk, author
from people.sign_in.guarded import Gate
from people.sign_in.models import SecondFactor, SecurityPolicy, SessionState, UserPassword
from people.sign_in.passwords import (
    current_password,
    hash_password,
    is_outdated,
    matches,
    refresh_hash,
)
from people.sign_in.second_factor import use_code
from people.sign_in.security_policy import PolicyTerms, terms_of
from people.sign_in.sessions import SignedIn, open_session, revoke_token, rotate
from people.sign_in.throttle import Place, counts_of

_WRONG = "登录名或密码不正确"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a browser hands in. ``replaces`` is the token of its former session, or empty."""

    login: str
    password: str
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """A session was opened: its token, whose it is, and whether a second factor is still due."""

    token: str
    login: str
    is_complete: bool


@dataclass(frozen=True, slots=True)
class _Account:
    """What is known of a login before the password is looked at; all empty for an unknown one."""

    terms: PolicyTerms
    place: Place
    user_id: UUID | None = None
    password_id: UUID | None = None
    kept: str | None = None


def plain_login(typed: str) -> str:
    """A login as accounts are named: without spaces around, in lower case, full-width as plain.

    PostgreSQL knows no NUL: a login with one is nobody's, and asked for without it.
    """
    return normalize("NFKC", typed).replace("\0", "").strip().lower()[:64]


def sign_in(desk: Desk, attempt: Attempt) -> Entered:
    """Open a session for who knows the password; the browser's former session ends.

    Raises ``InputError`` that does not say which of the two was wrong, and ``TooManyTries``. An
    unknown login, a closed account and a wrong password take the same time and are counted alike.
    """
    login = plain_login(attempt.login)
    with desk.database.reading(SIGN_IN) as session:
        account = _account(session, desk, login)
    counts = counts_of(desk.key, login, account.place, account.terms)
    gate = Gate(desk.database, account.terms, counts, account.user_id, desk.cause)
    is_right = gate.tried(desk.now, lambda: matches(account.kept, attempt.password))
    if not is_right or account.user_id is None or account.kept is None:
        raise InputError("password", _WRONG)
    fresh = hash_password(attempt.password) if is_outdated(account.kept) else None
    with desk.database.writing(Actor(login, user_id=account.user_id), desk.cause) as session:
        password = current_password(session, account.user_id)
        if password is None or password.id != account.password_id:
            raise InputError("password", _WRONG)  # it was changed meanwhile
        if fresh is not None:
            refresh_hash(session, account.user_id, account.kept, fresh)
        return _enter(session, desk, account.user_id, login, attempt.replaces, account.terms)


def give_second_factor(desk: Desk, found: SignedIn, code: str) -> Entered:
    """Complete a session with a code of the device or a recovery code; its token is exchanged.

    Raises ``InputError`` naming ``code``, and ``TooManyTries``.
    """
    used: list[str] = []

    def check() -> bool:
        with desk.database.writing(author(found), desk.cause) as session:
            by = use_code(session, desk.sealed, found.user_id, code, desk.now)
            used.extend([by] if by else [])
        return bool(used)

    if not desk.gate(found, "second factor").tried(desk.now, check):
        raise InputError("code", "口令不正确或已经用过；请等下一个动态口令，或使用未用过的备用码")
    with desk.database.writing(author(found), desk.cause) as session:
        token = rotate(session, found.session_id, desk.now)
        record(session, "sign_in", "app_user", found.user_id, {"by": f"密码与{used[0]}"})
    return Entered(token, found.actor.name, is_complete=True)


def _account(session: Session, desk: Desk, login: str) -> _Account:
    row = session.execute(
        select(
            User.id,
            UserPassword.id.label("password_id"),
            UserPassword.password_hash,
            SecurityPolicy,
        )
        .select_from(User)
        .outerjoin(
            UserPassword, and_(UserPassword.user_id == User.id, UserPassword.retired_at.is_(None))
        )
        .outerjoin(SecurityPolicy, true())
        .where(User.login == login, *account_open(desk.today))
    ).one_or_none()
    if row is None:
        terms = terms_of(session.get(SecurityPolicy, 1))
        return _Account(terms, Place(desk.visitor.client))
    place = desk.place(session, login, row.id)
    terms = terms_of(row.SecurityPolicy)
    return _Account(terms, place, row.id, row.password_id, row.password_hash)


def _enter(
    session: Session, desk: Desk, user_id: UUID, login: str, replaces: str, terms: PolicyTerms
) -> Entered:
    if replaces:
        revoke_token(session, replaces, desk.now)
    factor = session.get(SecondFactor, user_id)
    has_factor = factor is not None and factor.confirmed_at is not None
    state = SessionState.SECOND_FACTOR if has_factor else SessionState.COMPLETE
    token = open_session(session, user_id, state, desk.visitor, desk.now, terms)
    if not has_factor:
        record(session, "sign_in", "app_user", user_id, {"by": "密码"})
    return Entered(token, login, not has_factor)
