"""What holds of each hazard on a day, in SQL: the hazard's row, or what a later step ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_
from sqlalchemy.orm import aliased

from contracts.hazards.models import Hazard, HazardEvent
from contracts.hazards.words import HazardState, Holder


@dataclass(frozen=True, slots=True)
class Held:
    """Columns over ``Hazard`` outer-joined to ``past`` by ``joined``, on a day."""

    past: Any
    joined: ColumnElement[bool]
    day: date

    def date_of(self, name: str) -> ColumnElement[Any]:
        """``deadline``, ``assigned_on``, ``rectified_on``, ``rechecked_on`` or ``verified_on``."""
        former = getattr(self.past, f"held_{name}")
        own: ColumnElement[Any] = getattr(Hazard, name)
        return case((self.past.id.is_not(None), former), else_=own)

    def happened(self, name: str) -> ColumnElement[bool]:
        """The date is known and not after the day; never NULL."""
        return func.coalesce(self.date_of(name) <= self.day, false())

    @property
    def is_rectified(self) -> ColumnElement[bool]:
        """Rectified, or closed where nobody wrote down when it was rectified."""
        return or_(self.happened("rectified_on"), self.happened("verified_on"))

    @property
    def is_solved_on_the_spot(self) -> ColumnElement[bool]:
        """Solved when it was found, and still so: one that was reopened later is not.

        False too where nobody noted it; ``Hazard.on_the_spot`` IS NULL tells those.
        """
        rectified = self.date_of("rectified_on")
        at_once = or_(rectified.is_(None), rectified <= Hazard.found_on)
        return and_(func.coalesce(Hazard.on_the_spot, false()), self.is_rectified, at_once)

    @property
    def is_overdue(self) -> ColumnElement[bool]:
        """The deadline has passed and it is not rectified."""
        late = func.coalesce(self.date_of("deadline") < self.day, false())
        return and_(late, ~self.is_rectified)

    @property
    def state(self) -> ColumnElement[str]:
        """``HazardState``, as ``contracts.hazards.loop.state_on`` has it."""
        return case(
            (self.happened("verified_on"), HazardState.VERIFIED.value),
            (self.happened("rectified_on"), HazardState.TO_VERIFY.value),
            (self.is_overdue, HazardState.OVERDUE.value),
            else_=HazardState.TO_RECTIFY.value,
        )

    @property
    def holder(self) -> ColumnElement[str]:
        """``Holder``, as ``contracts.hazards.loop.holder_on`` has it."""
        handed_over = or_(self.happened("assigned_on"), self.date_of("deadline").is_not(None))
        return case(
            (self.happened("verified_on"), Holder.NOBODY.value),
            (
                self.happened("rectified_on"),
                case(
                    (self.happened("rechecked_on"), Holder.PURCHASER.value),
                    else_=Holder.VENDOR.value,
                ),
            ),
            (handed_over, Holder.ENTERPRISE.value),
            else_=Holder.PURCHASER.value,
        )


DATES: Sequence[str] = (
    "assigned_on",
    "deadline",
    "rectified_on",
    "rechecked_on",
    "verified_on",
)
"""The dates that steps change, in the order of the loop."""


def held_on(day: date) -> Held:
    """What held on ``day``; join ``past`` by ``joined``: at most one step has ended it since."""
    past = aliased(HazardEvent)
    joined = and_(past.hazard_id == Hazard.id, past.held_from <= day, past.day > day)
    return Held(past, joined, day)
