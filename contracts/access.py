"""What an actor may see: the contracts that name one of its organisations as a party."""

from sqlalchemy import ColumnElement, select, true

from contracts.models import Contract, ContractParty
from kernel.actor import Actor


def visible(actor: Actor) -> ColumnElement[bool]:
    """A predicate on ``Contract``: scope follows the parties, not the tree alone (domain 1)."""
    if actor.organisations is None:
        return true()
    return Contract.id.in_(
        select(ContractParty.contract_id).where(
            ContractParty.organisation_id.in_(actor.organisations)
        )
    )
