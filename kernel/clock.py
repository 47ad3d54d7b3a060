"""Time is a parameter. Only entry points (commands, the web app, the scheduler) make a clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol, Self
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """What the service asks about time."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def business_date(self) -> date:
        """The date in the bureau's zone, or the date fixed for a demonstration."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock. ``fixed_date`` pins the business date (``MONITOR_BUSINESS_DATE``)."""

    zone: ZoneInfo
    fixed_date: date | None = None

    def now(self) -> datetime:
        """The current instant in UTC."""
        return datetime.now(UTC)

    def business_date(self) -> date:
        """The fixed date if there is one, else today in ``zone``."""
        return self.fixed_date or self.now().astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class HeldClock:
    """A clock stopped where one piece of work began: all that it writes carries one instant."""

    instant: datetime
    day: date

    @classmethod
    def at(cls, clock: Clock) -> Self:
        """Stopped at what ``clock`` tells now."""
        return cls(clock.now(), clock.business_date())

    def now(self) -> datetime:
        """The instant at which the work began."""
        return self.instant

    def business_date(self) -> date:
        """The business date on which it began."""
        return self.day
