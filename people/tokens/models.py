"""API tokens as they are kept: the hash of each, never the token itself, and when it was last used."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kernel.columns import JsonValue, Recorded, UtcInstant
from kernel.database import Base
from kernel.keys import new_key
from people.models import User


class ApiToken(Recorded, Base):
    """接口令牌: ``prefix`` is what people know it by; ``scopes`` are values of ``Permission``.

    A token is revoked, never deleted: the trail names it. ``recorded_at`` is when it was made.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint("length(secret_hash) = 64", name="secret_hash"),
        CheckConstraint("expires_at > recorded_at", name="expires_at"),
        Index(
            "ix_api_token_name",
            "user_id",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_api_token_user", "user_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    scopes: Mapped[list[str]] = mapped_column(JsonValue)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)

    user: Mapped[User] = relationship()


class ApiTokenUse(Base):
    """When a token was last used, to the minute.

    A table of its own: it is written by use alone, and the trail is for what people change.
    """

    __tablename__ = "api_token_use"

    token_id: Mapped[UUID] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    last_used_at: Mapped[datetime] = mapped_column(UtcInstant)
