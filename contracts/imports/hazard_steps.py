"""What steps taken here ended of a hazard, so that a ledger of before does not bring it back."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.hazards.models import HazardEvent, HazardStep
from contracts.hazards.standing import DATES
from kernel.sql import among

_WORDS_OF_CLOSING: Final = ("rechecked_by", "verified_by", "verify_result")
"""What 退回整改 takes back beside the dates."""
Ended = dict[str, set[Any]]
"""Of a hazard's fields the values that held once and no longer do; None: whatever it is."""


def ended_by_steps(session: Session, hazard_ids: Collection[UUID]) -> dict[UUID, Ended]:
    """Of the hazards that were extended or reopened; one statement."""
    events = select(HazardEvent).where(
        among(session, HazardEvent.hazard_id, hazard_ids), HazardEvent.held_from.is_not(None)
    )
    found: defaultdict[UUID, Ended] = defaultdict(lambda: defaultdict(set))
    for event in session.scalars(events):
        of_hazard = found[event.hazard_id]
        for name in DATES:
            of_hazard[name].add(getattr(event, f"held_{name}"))
        if event.kind is HazardStep.REOPENED:
            for name in _WORDS_OF_CLOSING:
                of_hazard[name].add(None)
    return {key: dict(ended) for key, ended in found.items()}


def is_ended(ended: Ended, name: str, value: object) -> bool:
    """Whether a ledger tells what held only before a step."""
    former = ended.get(name, set())
    return value in former or (name in _WORDS_OF_CLOSING and None in former)
