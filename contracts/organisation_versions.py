"""Names and parents of organisations over time: reforms change both, the contracts of before stay.

``organisation`` holds the current state, which imports and all other code read and write. The
database itself keeps the versions beside it (``migrations/version_triggers.py``): the open version
always equals the current state. An act with a date cuts the open version on that day first; a change
without a date (an import, a hand-run statement) corrects the open version.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.models import OrganisationKind
from kernel.columns import Recorded, words
from kernel.database import Base
from kernel.dated import DatedVersion, period_check

UNKNOWN_START = date(1990, 1, 1)
"""Since when a version holds whose first day nobody gave: before all that a ledger can hold."""


class OrganisationVersion(DatedVersion, Recorded, Base):
    """机构 from ``valid_from`` until before ``valid_to``: its name, kind and parent."""

    __tablename__ = "organisation_version"
    __table_args__ = (
        period_check(),
        Index(
            "ix_organisation_version_open",
            "organisation_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
        Index("ix_organisation_version_parent", "parent_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True, sort_order=10)
    name: Mapped[str] = mapped_column(String(200), sort_order=20)
    short_name: Mapped[str] = mapped_column(String(60), sort_order=21)
    kind: Mapped[OrganisationKind] = mapped_column(words(OrganisationKind, "kind"), sort_order=22)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"), sort_order=23)

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name
