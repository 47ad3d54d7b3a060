"""Passwords: hashed by argon2id (RFC 9106), checked, replaced; never kept or logged.

A hash costs 64 MiB and tens of milliseconds on purpose, so that no more than a few are made at
once on a node: a crowd of tries waits, then is turned away, instead of using all memory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kernel.errors import InputError, UnavailableError
from people.models import User
from people.sign_in import password_policy
from people.sign_in.models import UserPassword
from people.sign_in.security_policy import PolicyTerms

AT_ONCE = 2
PATIENCE_SECONDS = 8.0

_hasher = PasswordHasher()
_places = BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """The password as the database keeps it; raises ``UnavailableError`` when the node is too busy."""
    with _place():
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one kept.

    Without one kept (an unknown login) a hash is checked all the same, so that the time taken does
    not tell whether there is such an account. Raises ``UnavailableError`` when the node is too busy.
    """
    with _place():
        try:
            _hasher.verify(kept or _nobodys_hash(), password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def current_password(session: Session, user_id: UUID) -> UserPassword | None:
    """The user's password in force; None for one who signs in elsewhere, or not yet."""
    return session.scalar(
        select(UserPassword).where(
            UserPassword.user_id == user_id, UserPassword.retired_at.is_(None)
        )
    )


def refresh_hash(session: Session, user_id: UUID, kept: str, fresh: str) -> None:
    """Put a hash with today's parameters in the place of an outdated one of the same password."""
    session.execute(
        update(UserPassword)
        .where(UserPassword.user_id == user_id, UserPassword.password_hash == kept)
        .values(password_hash=fresh)
    )


def check_new_password(
    session: Session, user: User, password: str, repeated: str, terms: PolicyTerms
) -> None:
    """Raises ``InputError`` naming the field when the policy refuses it or it was used lately."""
    if password != repeated:
        raise InputError("repeated", "两次输入的密码不一致")
    words = password_policy.own_words(session, user)
    if problem := password_policy.refusal(password, words, terms):
        raise InputError("password", problem)
    if not terms.history:
        return
    earlier = session.scalars(
        select(UserPassword.password_hash)
        .where(UserPassword.user_id == user.id)
        .order_by(UserPassword.set_at.desc(), UserPassword.id.desc())
        .limit(terms.history)
    ).all()
    if any(matches(kept, password) for kept in earlier):
        raise InputError("password", f"不能与最近 {terms.history} 次用过的密码相同")


def set_password(session: Session, user_id: UUID, hashed: str, now: datetime) -> None:
    """Put a new password in force; the former stays as history only."""
    session.execute(
        update(UserPassword)
        .where(UserPassword.user_id == user_id, UserPassword.retired_at.is_(None))
        .values(retired_at=now)
    )
    session.add(UserPassword(user_id=user_id, password_hash=hashed, set_at=now))
    session.flush()


def take_password_away(session: Session, user_id: UUID, now: datetime) -> None:
    """After this nobody signs in by password until a one-time link has set a new one."""
    session.execute(
        update(UserPassword)
        .where(UserPassword.user_id == user_id, UserPassword.retired_at.is_(None))
        .values(retired_at=now)
    )


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise UnavailableError("同时登录的人太多，请稍后再试")
    try:
        yield
    finally:
        _places.release()


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("no account has this password")
