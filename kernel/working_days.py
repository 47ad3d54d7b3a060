"""Working days as the State Council's yearly notices set them, make-up working weekends included.

Source: 国务院办公厅关于某年部分节假日安排的通知, under 全国年节及纪念日放假办法. The days come from the
``holidays`` library, which past its last notice goes on answering from statutory days alone and
does not say so; therefore the announced years are stated here, and every answer can be asked
whether it is announced or provisional. Entries of an override table win over both.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import holidays

from kernel.errors import InputError

FIRST_ANNOUNCED_YEAR = 2004
LAST_ANNOUNCED_YEAR = 2026
"""Years whose notice the library holds; tests compare every day of them with a second source."""

FIRST_DAY = date(1950, 1, 1)
LAST_DAY = date(2100, 12, 31)
"""The library knows statutory days between these dates, lunar festivals among them."""


class DayKind(StrEnum):
    """Whether offices work on a day."""

    WORKING = "working"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class DayStanding:
    """What a day is, and whether a notice says so (``announced``) or only the statutory rules do."""

    kind: DayKind
    announced: bool


class WorkingCalendar:
    """Answers which days are working days; immutable, and safe to share between threads.

    ``overrides`` maps a day to whether it is worked: corrections, local holidays (the 肉孜节 and
    古尔邦节 of Xinjiang are in no national notice), notices newer than the library.
    ``complete_years`` are the years whose notice the overrides hold in full: they count as
    announced, and apart from the overrides only weekends and statutory days rest in them.
    """

    def __init__(
        self,
        overrides: Mapping[date, bool] | None = None,
        complete_years: Collection[int] = (),
    ) -> None:
        self._overrides: defaultdict[int, dict[int, bool]] = defaultdict(dict)
        for day, working in (overrides or {}).items():
            self._overrides[day.year][day.toordinal()] = working
        self._complete_years = frozenset(complete_years)
        self._tables: dict[int, tuple[int, ...]] = {}

    def standing(self, day: date) -> DayStanding:
        """What ``day`` is. Raises `InputError` outside `FIRST_DAY` to `LAST_DAY`, as all below do."""
        kind = DayKind.WORKING if self.is_working(day) else DayKind.REST
        return DayStanding(kind, self.announced(day))

    def is_working(self, day: date) -> bool:
        """True on a working day, a make-up weekend included; provisional unless `announced`."""
        table, ordinal = self._table(check_reach(day).year), day.toordinal()
        at = bisect_left(table, ordinal)
        return at < len(table) and table[at] == ordinal

    def announced(self, day: date) -> bool:
        """True when the notice for the day's year is known.

        The notice for the next year can still turn a December weekend into a make-up day, as
        that for 2006 did with 2005-12-31; such a day is entered as an override when it appears.
        """
        return self._announced_year(day.year)

    def announced_between(self, first: date, last: date) -> bool:
        """True when every day from ``first`` to ``last``, both counted, is `announced`."""
        return all(self._announced_year(year) for year in range(first.year, last.year + 1))

    def next_working(self, day: date) -> date:
        """The first working day after ``day``."""
        return self.working_after(day, 1)

    def roll(self, day: date) -> date:
        """``day`` itself when it is worked, else the next working day (民法典 203 on a last day)."""
        return day if self.is_working(day) else self.next_working(day)

    def working_after(self, day: date, number: int) -> date:
        """The ``number``-th working day (1 or more) after ``day``, which is not counted itself."""
        year = check_reach(day).year
        table = self._table(year)
        at = bisect_right(table, day.toordinal()) + number - 1
        while at >= len(table):
            at -= len(table)
            year += 1
            table = self._table(year)
        return date.fromordinal(table[at])

    def _announced_year(self, year: int) -> bool:
        return _in_library(year) or year in self._complete_years

    def _table(self, year: int) -> tuple[int, ...]:
        table = self._tables.get(year)
        if table is None:
            table = self._tables[year] = self._working_days_of(year)
        return table

    def _working_days_of(self, year: int) -> tuple[int, ...]:
        check_reach(date(year, 1, 1))
        overrides = self._overrides.get(year, {})
        # A notice entered in full says itself which days make up for a holiday on a weekend.
        make_up_rest = _in_library(year) or year not in self._complete_years
        base = _library_days(year, make_up_rest=make_up_rest)
        unchanged = (ordinal for ordinal in base if overrides.get(ordinal, True))
        added = (ordinal for ordinal, working in overrides.items() if working)
        return tuple(sorted({*unchanged, *added}))


def check_reach(day: date) -> date:
    """``day`` itself. Raises `InputError` when it lies outside `FIRST_DAY` to `LAST_DAY`."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InputError("date", f"{day} 超出可推算的范围（{FIRST_DAY} 至 {LAST_DAY}）")
    return day


def _in_library(year: int) -> bool:
    return FIRST_ANNOUNCED_YEAR <= year <= LAST_ANNOUNCED_YEAR


@cache
def _library_days(year: int, *, make_up_rest: bool) -> tuple[int, ...]:
    """Ordinals of the working days of ``year``.

    ``make_up_rest`` moves the rest of a statutory day that falls on a weekend to a weekday, as
    放假办法 asks: as announced where a notice is known, to the next weekday as a likely guess where
    none is.
    """
    # The notice for a year also names make-up days in the December before it.
    known = holidays.country_holidays(
        "CN", years=(year, year + 1), expand=False, observed=make_up_rest
    )
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    days = (first + timedelta(offset) for offset in range(length))
    return tuple(day.toordinal() for day in days if known.is_working_day(day))
