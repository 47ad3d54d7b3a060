"""What every page of a contract's plans and rounds shows of the contract itself."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import visible
from contracts.models import Contract
from contracts.queries import only_row
from kernel.access.actor import Actor
from kernel.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Head:
    """A contract's name and number, and whether the reader may write on its service."""

    id: UUID
    number: str
    name: str
    service_start: date | None
    service_end: date | None
    may_write: bool


def contract_head(session: Session, actor: Actor, contract_id: UUID) -> Head:
    """The head of one contract by one statement; raises ``NotFoundError`` when it is not seen."""
    statement = select(
        Contract.id,
        Contract.number,
        Contract.name,
        Contract.service_start,
        Contract.service_end,
        visible(actor, Permission.SERVICE_WRITE).label("may_write"),
    ).where(Contract.id == contract_id, visible(actor, Permission.SERVICE_READ))
    row = only_row(session, statement, "份合同")
    key, number, name, starts, ends, may_write = row
    return Head(key, number, name, starts, ends, bool(may_write))
