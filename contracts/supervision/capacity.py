"""In whose name somebody acts: a record is made for an organisation that the actor works for."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.access import in_capacity, organisations_in
from contracts.models import Contract, Organisation, PartyRole
from contracts.records.kinds import Entering
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import InputError

WRITE = Permission.SUPERVISION_WRITE


def works_in(session: Session, actor: Actor, organisation_id: UUID) -> bool:
    """Whether the actor enters records for the organisation, or for one above it."""
    scope = actor.scope(WRITE)
    if scope.everything:
        return True
    found = select(Organisation.id).where(
        Organisation.id == organisation_id, Organisation.id.in_(organisations_in(scope))
    )
    return session.scalar(found) is not None


def refuse_strange_name(entering: Entering) -> None:
    """Raise ``InputError`` when the check is entered in the name of somebody else's organisation."""
    if not works_in(entering.session, entering.actor, entering.entry.organisation_id):
        raise InputError("organisation_id", "只能以本单位的名义登记；请选您任职的单位")


def refuse_other_than_lead(entering: Entering, field: str, said: str) -> None:
    """Raise ``InputError`` at ``field`` unless the actor works for the contract's lead."""
    leads = select(Contract.id).where(
        Contract.id == entering.entry.contract_id,
        in_capacity(entering.actor, WRITE, [PartyRole.LEAD]),
    )
    if entering.session.scalar(leads) is None:
        raise InputError(field, said)


def contract_of(entering: Entering) -> Contract:
    """The contract whose file it is; that it is there was asked before."""
    found = entering.session.get(Contract, entering.entry.contract_id)
    if found is None:
        raise InputError("contract_id", "没有这份合同")
    return found
