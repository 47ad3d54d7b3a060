"""What a contract's page shows of its hazards: the rates of the day and the most urgent ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.hazards.queries import hazards
from contracts.hazards.rates import Asked, Rates, rates, total
from contracts.hazards.schemas import HazardOrder, HazardOut, HazardsWanted, RateRows
from kernel.access.actor import Actor

SHOWN = 5


@dataclass(frozen=True, slots=True)
class HazardSummary:
    """Sums over a contract, by level too, and its open hazards, those due first."""

    total: Rates
    levels: Sequence[Rates]
    urgent: Sequence[HazardOut]
    has_more: bool


def hazards_of(session: Session, actor: Actor, contract_id: UUID, as_of: date) -> HazardSummary:
    """The hazards of one contract on ``as_of``; three statements whatever the data.

    Empty for a contract that the actor does not see.
    """
    asked = Asked(contract_id=contract_id)
    wanted = HazardsWanted(contract=contract_id, open=True, order=HazardOrder.DEADLINE, limit=SHOWN)
    page = hazards(session, actor, as_of, as_of, wanted)
    return HazardSummary(
        total(session, actor, as_of, asked),
        rates(session, actor, as_of, RateRows.LEVEL, asked),
        page.items,
        page.next is not None,
    )
