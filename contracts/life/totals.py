"""A contract's total as dated versions: the one agreed at first, its correction, its first day."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.life.models import ContractState, ContractStep
from contracts.models import Contract, ContractTotal
from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.errors import ConflictError


def first_total(session: Session, key: UUID) -> ContractTotal:
    """The version agreed at first; raises ``ConflictError`` for a contract without any."""
    found = session.scalars(
        select(ContractTotal)
        .where(ContractTotal.contract_id == key, ContractTotal.superseded_at.is_(None))
        .order_by(ContractTotal.valid_from)
        .limit(1)
    ).first()
    if found is None:
        raise ConflictError("台账没有这份合同的总额记录，请先导入或补登")
    return found


def replace_total(
    session: Session, actor: Actor, clock: Clock, known: ContractTotal, amount: Decimal | None
) -> None:
    """Correct a version: it stays, superseded, and another holds over the same days."""
    known.superseded_at = clock.now()
    session.flush()
    session.add(
        ContractTotal(
            contract_id=known.contract_id,
            valid_from=known.valid_from,
            valid_to=known.valid_to,
            amount=amount,
            recorded_at=clock.now(),
            recorded_by=actor.name,
        )
    )
    session.flush()


def list_from(session: Session, contract: Contract, day: date) -> None:
    """Let a contract drafted in the ledger be listed from ``day`` on, where that is earlier.

    The draft was entered when somebody came to it; what it tells happened before. Its first total
    holds from that day too.
    """
    if contract.drafted_on is None or contract.drafted_on <= day:
        return
    drafts = select(ContractStep).where(
        ContractStep.contract_id == contract.id,
        ContractStep.state == ContractState.DRAFT,
        ContractStep.since == contract.drafted_on,
    )
    first = first_total(session, contract.id)
    for row in session.scalars(drafts):
        row.since = day
    first.valid_from = min(first.valid_from, day)
    contract.drafted_on = day
    session.flush()
