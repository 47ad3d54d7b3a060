"""In which state a contract was on a day: as recorded, else as its dates tell. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.life.models import ContractState

UNSIGNED: Final = frozenset({ContractState.DRAFT, ContractState.AWARDED})
"""States of a contract that is not signed yet."""


@dataclass(frozen=True, slots=True)
class Step:
    """A recorded change of state, in the order of ``since`` and of entry."""

    state: ContractState
    since: date


@dataclass(frozen=True, slots=True)
class LifeDays:
    """The days of a contract that tell its state where nobody recorded one."""

    awarded_on: date | None = None
    signed_on: date | None = None
    service_start: date | None = None


@dataclass(frozen=True, slots=True)
class StateOn:
    """The state on a day and since when; ``recorded`` False: told from the dates alone."""

    state: ContractState
    since: date
    recorded: bool


def state_on(steps: Sequence[Step], days: LifeDays, as_of: date) -> StateOn | None:
    """The last step up to ``as_of``; before the first one what the dates tell; None: unknown.

    A contract from a ledger has no steps: it is in service from its service start on, until
    somebody records that it was completed. One drafted here that a ledger then tells to be signed
    is no draft any more: the act of going back takes the day of signing away.
    """
    reached = [step for step in steps if step.since <= as_of]
    signed = days.signed_on is not None and days.signed_on <= as_of
    if reached and not (signed and reached[-1].state in UNSIGNED):
        return StateOn(reached[-1].state, reached[-1].since, recorded=True)
    told = (
        (days.service_start, ContractState.IN_SERVICE),
        (days.signed_on, ContractState.SIGNED),
        (days.awarded_on, ContractState.AWARDED),
    )
    for day, state in told:
        if day is not None and day <= as_of:
            return StateOn(state, day, recorded=False)
    return None
