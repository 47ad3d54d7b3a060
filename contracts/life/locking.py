"""The contract that somebody writes on: found in the writer's reach, and locked."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.clock import Clock
from kernel.errors import NotFoundError


def locked_contract(session: Session, actor: Actor, key: UUID) -> Contract:
    """The contract once nobody else writes on it; raises ``NotFoundError``, also out of reach."""
    return _only(session, _writable(actor, key).with_for_update(of=Contract))


def writable_contract(session: Session, actor: Actor, key: UUID) -> Contract:
    """The contract as it is, for a form that writes on it; raises ``NotFoundError`` as above."""
    return _only(session, _writable(actor, key))


def _writable(actor: Actor, key: UUID) -> Select[Contract]:
    return select(Contract).where(Contract.id == key, visible(actor, Permission.CONTRACTS_WRITE))


def _only(session: Session, statement: Select[Contract]) -> Contract:
    found = session.scalars(statement.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFoundError("没有这份合同，或不在您的办理范围内")
    return found


def mark_changed(contract: Contract, actor: Actor, clock: Clock) -> None:
    """Give the contract its next version: who edits it from an older one is told."""
    contract.version += 1
    contract.recorded_at, contract.recorded_by = clock.now(), actor.name
