"""Sessions of signed-in browsers: opened, found by one statement, ended by time or by hand.

All of it is in the database: a session that was revoked is dead at its next request on every node.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, select, true, update
from sqlalchemy.orm import Session

from kernel.access.actor import Actor
from kernel.errors import NotFoundError
from people.actors import HeldRole, account_open, grants_in, roles_in, with_memberships
from people.events import AccountDisabled
from people.models import User
from people.sign_in.bearer_secrets import fingerprint, new_bearer_secret
from people.sign_in.models import (
    SecondFactor,
    SecurityPolicy,
    SessionState,
    SignInSession,
    UserPassword,
)
from people.sign_in.security_policy import PolicyTerms, terms_of

SEEN_EVERY = timedelta(minutes=1)
"""How often a session's last use is written at most: a read should not cost a write."""


class Step(StrEnum):
    """What a session's user must do next; nothing else is served before ``DONE``."""

    SECOND_FACTOR = "second_factor"
    PASSWORD = "password"  # noqa: S105, RUF100 — a step, not a password
    ENROLMENT = "enrolment"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where a browser asks, as it says of itself."""

    client: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A living session: whose it is, what the user may do, what the user must do first."""

    session_id: UUID
    user_id: UUID
    name: str
    actor: Actor
    roles: tuple[HeldRole, ...]
    step: Step
    last_seen_at: datetime
    has_second_factor: bool
    needs_second_factor: bool
    terms: PolicyTerms


def open_session(
    session: Session,
    user_id: UUID,
    state: SessionState,
    visitor: Visitor,
    now: datetime,
    terms: PolicyTerms,
) -> str:
    """Open a session and give its token, which the cookie carries and the database does not keep."""
    token = new_bearer_secret()
    session.add(
        SignInSession(
            token_hash=fingerprint(token),
            user_id=user_id,
            state=state,
            created_at=now,
            last_seen_at=now,
            expires_at=now + terms.absolute,
            client=visitor.client[:64],
            user_agent=visitor.user_agent[:200],
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, now: datetime, today: date) -> SignedIn | None:
    """The living session of a token, by one statement; None when it ended or its account is closed.

    Memberships are those of ``today`` (a business date), so that one taken away counts no more.
    """
    statement = with_memberships(
        select(
            SignInSession.id,
            SignInSession.state,
            SignInSession.last_seen_at,
            User,
            UserPassword.set_at,
            UserPassword.must_change,
            SecondFactor.confirmed_at,
            SecurityPolicy,
        )
        .select_from(SignInSession)
        .join(User, User.id == SignInSession.user_id)
        .outerjoin(
            UserPassword,
            and_(UserPassword.user_id == User.id, UserPassword.retired_at.is_(None)),
        )
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .outerjoin(SecurityPolicy, true()),
        today,
    ).where(
        SignInSession.token_hash == fingerprint(token),
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > now,
        *account_open(today),
    )
    rows = session.execute(statement).all()
    return _signed_in(rows[0], rows, now) if rows else None


def _signed_in(first: Row[Any], rows: Any, now: datetime) -> SignedIn | None:
    terms = terms_of(first.SecurityPolicy)
    if first.last_seen_at + terms.idle <= now:
        return None
    grants = grants_in(rows)
    user: User = first.User
    has_factor = first.confirmed_at is not None
    asked = terms.asks_second_factor(grant.role for grant in grants)
    return SignedIn(
        session_id=first.id,
        user_id=user.id,
        name=user.name,
        actor=Actor(user.login, grants, user.id, person=user.name),
        roles=roles_in(rows),
        step=_step(first, terms, now, enrols=asked and not has_factor),
        last_seen_at=first.last_seen_at,
        has_second_factor=has_factor,
        needs_second_factor=asked,
        terms=terms,
    )


def _step(first: Row[Any], terms: PolicyTerms, now: datetime, *, enrols: bool) -> Step:
    if first.state is SessionState.SECOND_FACTOR:
        return Step.SECOND_FACTOR
    if first.set_at is not None and (first.must_change or _expired(first.set_at, terms, now)):
        return Step.PASSWORD
    return Step.ENROLMENT if enrols else Step.DONE


def _expired(set_at: datetime, terms: PolicyTerms, now: datetime) -> bool:
    return bool(terms.max_age_days) and set_at + timedelta(days=terms.max_age_days) <= now


def seen(session: Session, session_id: UUID, now: datetime) -> None:
    """Write that a session was used, unless another node did within the last minute."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.last_seen_at <= now - SEEN_EVERY)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def rotate(session: Session, session_id: UUID, now: datetime) -> str:
    """A new token for a session that has gained in rights; the old token is dead.

    Raises ``NotFoundError`` when the session has ended meanwhile.
    """
    token = new_bearer_secret()
    changed = session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
        .values(token_hash=fingerprint(token), state=SessionState.COMPLETE, last_seen_at=now)
        .returning(SignInSession.id)
    ).all()
    if not changed:
        raise NotFoundError("这次登录已经结束，请重新登录")
    return token


def revoke(session: Session, user_id: UUID, session_id: UUID, now: datetime) -> None:
    """End one of a user's sessions; raises ``NotFoundError`` when the user has no such living one."""
    ended = session.execute(
        update(SignInSession)
        .where(
            SignInSession.id == session_id,
            SignInSession.user_id == user_id,
            SignInSession.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(SignInSession.id)
    ).all()
    if not ended:
        raise NotFoundError("没有这次登录，或它已经结束")


def revoke_token(session: Session, token: str, now: datetime) -> None:
    """End the session of a token, if there is one: the browser gets another."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == fingerprint(token), SignInSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_all(session: Session, user_id: UUID, now: datetime, but: UUID | None = None) -> int:
    """Sign a user out everywhere, ``but`` in one session; how many sessions that ended."""
    where = [SignInSession.user_id == user_id, SignInSession.revoked_at.is_(None)]
    if but is not None:
        where.append(SignInSession.id != but)
    ended = session.execute(
        update(SignInSession).where(*where).values(revoked_at=now).returning(SignInSession.id)
    ).all()
    return len(ended)


def end_sessions_of_disabled(session: Session, event: AccountDisabled) -> None:
    """Sign a user out for good when the account is disabled, whatever becomes of it later."""
    revoke_all(session, event.user_id, event.at)


def living(
    session: Session, user_id: UUID, now: datetime, terms: PolicyTerms
) -> list[SignInSession]:
    """A user's sessions that have not ended, last used first; at most a hundred."""
    statement = (
        select(SignInSession)
        .where(
            SignInSession.user_id == user_id,
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now,
            SignInSession.last_seen_at > now - terms.idle,
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id)
        .limit(100)
    )
    return list(session.scalars(statement))


def clients_known(session: Session, user_id: UUID, client: str, since: datetime) -> bool:
    """Whether the user signed in completely from this address ``since`` then."""
    found = session.scalar(
        select(func.count())
        .select_from(SignInSession)
        .where(
            SignInSession.user_id == user_id,
            SignInSession.client == client,
            SignInSession.state == SessionState.COMPLETE,
            SignInSession.created_at > since,
        )
    )
    return bool(found)
