"""Users and their memberships: who works for which organisation in what role, and until when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.models import Organisation
from kernel.access.roles import ADMINISTRATORS, Role
from kernel.columns import Recorded, UtcInstant, plausible_days, words
from kernel.database import Base
from kernel.keys import new_key

_ADMINISTRATORS = ", ".join(f"'{role.value}'" for role in sorted(ADMINISTRATORS))


class User(Recorded, Base):
    """用户: a person's account. ``login`` is lower case; ``expires_on`` is its last day (临时账号).

    An account is disabled, never deleted: the trail names it.
    """

    __tablename__ = "app_user"
    __table_args__ = (
        CheckConstraint("login = lower(login) AND login <> ''", name="login"),
        CheckConstraint("(disabled_at IS NULL) = (disabled_reason = '')", name="disabled_reason"),
        *plausible_days("expires_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    expires_on: Mapped[date | None]
    disabled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    disabled_reason: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)


class Membership(Recorded, Base):
    """任职: a user's role for an organisation, from ``valid_from`` to ``valid_to`` (its last day).

    Administrators of the service may have no organisation. One that ended stays, with ``ended_at``.
    One that a group at single sign-on gave has a row in ``sso_membership``: it ends with the group.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(
            f"organisation_id IS NOT NULL OR role IN ({_ADMINISTRATORS})", name="organisation"
        ),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        *plausible_days("valid_from", "valid_to"),
        Index(
            "ix_membership_open",
            "user_id",
            "role",
            "organisation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_membership_organisation", "organisation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
