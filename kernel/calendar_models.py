"""What a bureau adds to the working-day calendar that came with the release."""

from datetime import date

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.columns import Recorded
from kernel.database import Base
from kernel.working_days import FIRST_DAY, LAST_DAY, WorkingCalendar


class WorkingDayOverride(Recorded, Base):
    """One day whose standing a document settles, whatever the release's calendar says."""

    __tablename__ = "working_day_override"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200))
    """The document, by its number: 国办发明电〔2025〕…号."""


class AnnouncedYear(Recorded, Base):
    """A year whose notice has been entered in full, so that its days are no longer provisional."""

    __tablename__ = "announced_year"
    __table_args__ = (
        CheckConstraint(f"year BETWEEN {FIRST_DAY.year} AND {LAST_DAY.year}", name="year"),
    )

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))


def load_calendar(session: Session) -> WorkingCalendar:
    """The calendar with all overrides and years entered so far; two queries, no writes."""
    rows = session.execute(select(WorkingDayOverride.day, WorkingDayOverride.working))
    years = session.scalars(select(AnnouncedYear.year))
    return WorkingCalendar(dict(rows.all()), years.all())
