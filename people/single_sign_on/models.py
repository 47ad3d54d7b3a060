"""Whom the provider means by a subject, and which memberships its groups gave."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kernel.columns import Recorded
from kernel.database import Base
from kernel.keys import new_key


class SsoIdentity(Recorded, Base):
    """A user as an issuer knows them: ``subject`` never changes there, names and logins may."""

    __tablename__ = "sso_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("issuer", "user_id", name="uq_sso_identity_user"),
        CheckConstraint("issuer <> '' AND subject <> ''", name="named"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_key)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("app_user.id"))


class SsoMembership(Base):
    """A membership that single sign-on gave and may therefore end; it touches no other."""

    __tablename__ = "sso_membership"

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
