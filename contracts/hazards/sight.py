"""On which contract an actor may write hazards, and the lock that one step at a time takes."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.hazards.models import Hazard
from contracts.models import Contract
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import ForbiddenError, NotFoundError


def lock_contract(session: Session, actor: Actor, contract_id: UUID) -> Contract:
    """The contract, locked, of one who may write on its service.

    Raises ``NotFoundError`` when the actor may not know of it, ``ForbiddenError`` when he only sees
    it.
    """
    found = select(Contract).where(Contract.id == contract_id)
    if session.scalar(found.where(visible(actor, Permission.SERVICE_READ))) is None:
        raise NotFoundError("没有这份合同，或不在您的查看范围内")
    written = found.where(visible(actor, Permission.SERVICE_WRITE)).with_for_update()
    locked = session.scalars(written).first()
    if locked is None:
        raise ForbiddenError("您可以查看这份合同，但没有登记轮次与隐患的权限")
    return locked


def locked_hazard(session: Session, actor: Actor, key: UUID) -> Hazard:
    """The hazard, once nobody else works on its contract; raises as ``lock_contract`` does."""
    contract_id = session.scalar(select(Hazard.contract_id).where(Hazard.id == key))
    if contract_id is None:
        raise NotFoundError("没有这条隐患，或不在您的查看范围内")
    lock_contract(session, actor, contract_id)
    statement = select(Hazard).where(Hazard.id == key).execution_options(populate_existing=True)
    return session.scalars(statement).one()
