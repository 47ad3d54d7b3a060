"""What a move would change: tried in a session that is rolled back, and counted before and after."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from contracts.models import Organisation
from contracts.organisations.changes import move_organisation
from contracts.organisations.schemas import OrganisationMove
from contracts.reach_models import ContractReach, OrganisationAncestor
from kernel.access.actor import Actor
from kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class ReachChange:
    """How many contracts more (or fewer, below 0) an organisation reaches.

    ``contracts``: as any party, which 牵头监管 sees; ``own``: as purchaser or payer, which the
    organisation's own people see.
    """

    organisation_id: UUID
    name: str
    contracts: int
    own: int


@dataclass(frozen=True, slots=True)
class MovePreview:
    """What moves along, and whose view of contracts changes."""

    organisations: int
    contracts: int
    changes: tuple[ReachChange, ...]


def preview_move(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: OrganisationMove, seen: int
) -> MovePreview:
    """Make the move in ``session`` and count what it changed; the caller rolls the session back.

    Raises what ``move_organisation`` raises.
    """
    above = _above(session, key, wanted.parent_id)
    before = _reach(session, above)
    move_organisation(session, actor, clock, key, wanted, seen)
    after = _reach(session, above)
    below = select(func.count()).where(OrganisationAncestor.ancestor_id == key)
    carried = select(func.count()).where(ContractReach.organisation_id == key)
    changes = (
        ReachChange(each, name, after[each][1] - contracts, after[each][2] - own)
        for each, (name, contracts, own) in before.items()
    )
    return MovePreview(
        session.execute(below).scalar_one(),
        session.execute(carried).scalar_one(),
        tuple(change for change in changes if change.contracts or change.own),
    )


def _above(session: Session, key: UUID, parent_id: UUID | None) -> list[UUID]:
    """All organisations that are above before or after: nobody else's view can change."""
    below = [key] if parent_id is None else [key, parent_id]
    statement = (
        select(OrganisationAncestor.ancestor_id)
        .where(OrganisationAncestor.organisation_id.in_(below))
        .where(OrganisationAncestor.ancestor_id != key)
        .distinct()
    )
    return list(session.scalars(statement))


def _reach(session: Session, keys: list[UUID]) -> dict[UUID, tuple[str, int, int]]:
    """Name, contracts reached and contracts of its own, of each organisation."""
    own = func.count(case((ContractReach.own, 1)))
    statement = (
        select(Organisation.id, Organisation.name, func.count(ContractReach.contract_id), own)
        .outerjoin(ContractReach, ContractReach.organisation_id == Organisation.id)
        .where(Organisation.id.in_(keys))
        .group_by(Organisation.id, Organisation.name)
        .order_by(Organisation.name)
    )
    return {key: (name, total, mine) for key, name, total, mine in session.execute(statement)}
