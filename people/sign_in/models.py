"""What signing in keeps: sessions, passwords, second factors, one-time links, throttles, the policy.

No table holds a password, a session's token, a link or a recovery code, only what recognises one.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.access.roles import Role
from kernel.columns import JsonValue, UtcInstant, words
from kernel.database import Base
from kernel.keys import new_key


class SessionState(StrEnum):
    """How far a sign-in has come: the second factor is awaited, or all that was asked was given."""

    SECOND_FACTOR = "second_factor"
    COMPLETE = "complete"


class SignInSession(Base):
    """A signed-in browser. ``expires_at`` is its absolute end, whatever is done in it."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_user", "user_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    state: Mapped[SessionState] = mapped_column(words(SessionState, "state"))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    last_seen_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    client: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(200))


class UserPassword(Base):
    """A user's password as argon2id keeps it; earlier ones stay, so that none comes back at once."""

    __tablename__ = "user_password"
    __table_args__ = (
        Index(
            "ix_user_password_current",
            "user_id",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
        Index("ix_user_password_user", "user_id", "set_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    password_hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime] = mapped_column(UtcInstant)
    retired_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    must_change: Mapped[bool] = mapped_column(default=False)


class SecondFactor(Base):
    """A user's TOTP device; it counts once ``confirmed_at`` is set. The secret is encrypted.

    ``last_step`` is the newest 30-second step whose code was used: no code works twice.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """A code for when the device is lost, kept as a hash; spent when used or replaced."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("ix_recovery_code_user", "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    spent_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class LinkPurpose(StrEnum):
    """What a one-time link is for: the first administrators, or a user's new password."""

    SET_UP = "set_up"
    PASSWORD = "password"  # noqa: S105, RUF100 — a purpose, not a password


class OneTimeLink(Base):
    """A link that works once, until ``expires_at``; kept as a hash."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        CheckConstraint("(purpose = 'set_up') = (user_id IS NULL)", name="user"),
        Index("ix_one_time_link_user", "user_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[LinkPurpose] = mapped_column(words(LinkPurpose, "purpose"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("app_user.id"))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    spent_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class SignInThrottle(Base):
    """Tries counted in one bucket; there are so many buckets and no more, whoever tries.

    ``holder`` is a keyed hash of what the bucket counts now; another that falls into it takes over.
    """

    __tablename__ = "sign_in_throttle"
    __table_args__ = (CheckConstraint("tries >= 0", name="tries"),)

    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int]
    began_at: Mapped[datetime] = mapped_column(UtcInstant)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcInstant)


class SecurityPolicy(Base):
    """安全策略, one row; without it the defaults hold (``people.sign_in.security_policy``)."""

    __tablename__ = "security_policy"
    __table_args__ = (
        CheckConstraint("id = 1", name="only"),
        CheckConstraint("idle_minutes BETWEEN 5 AND 480", name="idle_minutes"),
        CheckConstraint("absolute_hours BETWEEN 1 AND 24", name="absolute_hours"),
        CheckConstraint("min_length BETWEEN 8 AND 64", name="min_length"),
        CheckConstraint("history BETWEEN 0 AND 24", name="history"),
        CheckConstraint("max_age_days BETWEEN 0 AND 365", name="max_age_days"),
        CheckConstraint("pair_failures BETWEEN 3 AND 20", name="pair_failures"),
        CheckConstraint("account_failures BETWEEN 10 AND 200", name="account_failures"),
        CheckConstraint("address_failures BETWEEN 20 AND 1000", name="address_failures"),
        CheckConstraint("lockout_minutes BETWEEN 5 AND 120", name="lockout_minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    idle_minutes: Mapped[int]
    absolute_hours: Mapped[int]
    min_length: Mapped[int]
    history: Mapped[int]
    max_age_days: Mapped[int]
    pair_failures: Mapped[int]
    account_failures: Mapped[int]
    address_failures: Mapped[int]
    lockout_minutes: Mapped[int]
    second_factor_roles: Mapped[list[Role]] = mapped_column(JsonValue)
    version: Mapped[int] = mapped_column(default=1)
