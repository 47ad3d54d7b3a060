"""The lock under which one step of a contract's hazards is taken at a time."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.hazards.models import Hazard
from contracts.service_writing import locked_contract
from kernel.access.actor import Actor
from kernel.errors import NotFoundError


def locked_hazard(session: Session, actor: Actor, key: UUID) -> Hazard:
    """The hazard, once nobody else works on its contract; raises as ``locked_contract`` does."""
    contract_id = session.scalar(select(Hazard.contract_id).where(Hazard.id == key))
    if contract_id is None:
        raise NotFoundError("没有这条隐患，或不在您的查看范围内")
    locked_contract(session, actor, contract_id)
    statement = select(Hazard).where(Hazard.id == key).execution_options(populate_existing=True)
    return session.scalars(statement).one()
