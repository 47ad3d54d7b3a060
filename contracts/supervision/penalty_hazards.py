"""The hazards behind a penalty, as a table of their own: named wrongly, a link ends and stays."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.records.kinds import Entering, Links
from contracts.supervision.models import Penalty, PenaltyHazard
from contracts.supervision.references import HAZARD


def hazards_behind(session: Session, keys: Sequence[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """The hazards that each of these penalties rests on."""
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    statement = select(PenaltyHazard.penalty_id, PenaltyHazard.hazard_id).where(
        PenaltyHazard.penalty_id.in_(keys), PenaltyHazard.removed_at.is_(None)
    )
    for penalty_id, hazard_id in session.execute(statement.order_by(PenaltyHazard.hazard_id)):
        found[penalty_id].append(hazard_id)
    return found


def link_hazards(
    session: Session, key: UUID, hazard_ids: Sequence[UUID], entering: Entering
) -> None:
    """Let a penalty rest on these hazards and on no others."""
    penalty = session.get_one(Penalty, key)
    stands = session.scalars(select(PenaltyHazard).where(PenaltyHazard.penalty_id == key)).all()
    known = {link.hazard_id: link for link in stands}
    wanted = dict.fromkeys(hazard_ids)
    for hazard_id, link in known.items():
        link.removed_at = None if hazard_id in wanted else link.removed_at or penalty.recorded_at
    session.add_all(
        PenaltyHazard(
            penalty_id=key,
            hazard_id=hazard_id,
            contract_id=penalty.contract_id,
            recorded_at=penalty.recorded_at,
            recorded_by=entering.actor.name,
        )
        for hazard_id in wanted
        if hazard_id not in known
    )
    session.flush()


HAZARDS_BEHIND = Links(HAZARD, hazards_behind, link_hazards)
