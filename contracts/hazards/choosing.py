"""What the forms of hazards offer: contracts to write on, a contract's rounds."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract
from contracts.schemas import ContractRef
from contracts.service_models import ServiceRound
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import ListQuery, Page, fetch_page

MOST = 200


def writable_contracts(session: Session, actor: Actor, wanted: ListQuery) -> Page[ContractRef]:
    """One page of the contracts on whose service the actor may write, the newest first."""
    statement = select(Contract).where(visible(actor, Permission.SERVICE_WRITE))
    return fetch_page(
        session,
        statement,
        [Contract.id],
        wanted,
        lambda row: ContractRef.of(row[0]),
        newest_first=True,
    )


def rounds_of(session: Session, contract_id: UUID) -> Sequence[ServiceRound]:
    """The rounds of a contract that the caller has found to be seen, by number."""
    statement = select(ServiceRound).where(ServiceRound.contract_id == contract_id)
    return session.scalars(statement.order_by(ServiceRound.number).limit(MOST)).all()
