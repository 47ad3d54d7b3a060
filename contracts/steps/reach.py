"""Which acts an actor sees, and for which organisations the actor takes a step."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from contracts.access import organisations_in, visible
from contracts.models import FIRST, ContractParty, Organisation, PartyRole
from contracts.steps.models import MONEY_KINDS, OPEN_STATES, SERVICE_KINDS, Act, ActKind, ActState
from kernel.access.actor import Actor
from kernel.access.permissions import Permission


def acts_in_sight(actor: Actor) -> ColumnElement[bool]:
    """A predicate on ``Act`` joined to ``Contract``: who sees money sees payments, and so on."""
    return or_(
        and_(Act.kind.in_(MONEY_KINDS), visible(actor, Permission.MONEY_READ)),
        and_(Act.kind.in_(SERVICE_KINDS), visible(actor, Permission.SERVICE_READ)),
    )


def acts_to_do(actor: Actor) -> ColumnElement[bool]:
    """A predicate on ``Act``: its next step is one that the actor may take."""
    user_id = actor.user_id
    if user_id is None:
        return false()
    return and_(
        Act.state.in_(OPEN_STATES),
        Act.entered_by_id != user_id,
        or_(Act.checked_by_id.is_(None), Act.checked_by_id != user_id),
        or_(
            and_(Act.state == ActState.TO_CHECK, _of(actor, Permission.ACTS_CHECK)),
            and_(Act.state == ActState.TO_APPROVE, _of(actor, Permission.ACTS_APPROVE)),
        ),
    )


def works_for(actor: Actor, permission: Permission, organisation_id: UUID) -> Select[UUID]:
    """The organisation's id when the actor has the permission for it or for one above it."""
    return select(Organisation.id).where(
        Organisation.id == organisation_id,
        Organisation.id.in_(organisations_in(actor.scope(permission))),
    )


def _of(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    return Act.organisation_id.in_(organisations_in(actor.scope(permission)))


def kinds_to_enter(session: Session, actor: Actor, contract_id: UUID) -> list[ActKind]:
    """The kinds of act that the actor may enter for a contract: by one statement."""
    if actor.user_id is None:
        return []
    mine = ContractParty.organisation_id.in_(organisations_in(actor.scope(Permission.ACTS_ENTER)))
    parties: dict[PartyRole, bool] = {
        role: bool(is_mine)
        for role, is_mine in session.execute(
            select(ContractParty.role, mine).where(
                ContractParty.contract_id == contract_id,
                ContractParty.role.in_((PartyRole.PURCHASER, PartyRole.PAYER)),
                ContractParty.position == FIRST,
            )
        )
    }
    buys = parties.get(PartyRole.PURCHASER, False)
    pays = parties.get(PartyRole.PAYER, buys)
    return [*(SERVICE_KINDS if buys else ()), *(MONEY_KINDS if pays else ())]
