"""A clock that tests set by hand."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """A clock that stands still."""

    instant: datetime
    today: date

    def now(self) -> datetime:
        """The instant it was stopped at."""
        return self.instant

    def business_date(self) -> date:
        """The business date it was stopped at."""
        return self.today
