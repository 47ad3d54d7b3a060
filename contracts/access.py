"""What an actor may see: the contracts to which an organisation in the actor's scope is a party."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, true

from contracts.models import Contract, PartyRole
from contracts.reach_models import CONTRACT_REACH, OrganisationAncestor
from kernel.access.actor import Actor, Scope
from kernel.access.permissions import Permission

OWN_CAPACITIES = (PartyRole.PURCHASER, PartyRole.PAYER)
"""As what an organisation has a contract of its own; leading its programme is oversight."""


def visible(
    actor: Actor, permission: Permission = Permission.CONTRACTS_READ
) -> ColumnElement[bool]:
    """A predicate on ``Contract``: the actor has the permission on it (domain, section 1)."""
    scope = actor.scope(permission)
    return true() if scope.everything else Contract.id.in_(reached(scope))


def reached(scope: Scope) -> Select[UUID]:
    """The ids of the contracts in a scope, for ``IN``; twice where there are two parties in it."""
    own = CONTRACT_REACH.c.organisation_id.in_(scope.own)
    return select(CONTRACT_REACH.c.contract_id).where(
        or_(
            CONTRACT_REACH.c.organisation_id.in_(scope.led),
            own & CONTRACT_REACH.c.capacity.in_(OWN_CAPACITIES),
        )
    )


def in_capacity(
    actor: Actor, permission: Permission, capacities: Collection[PartyRole]
) -> ColumnElement[bool]:
    """A predicate on ``Contract``: the actor has the permission for a party in such a capacity."""
    scope = actor.scope(permission)
    if scope.everything:
        return true()
    return Contract.id.in_(
        select(CONTRACT_REACH.c.contract_id).where(
            CONTRACT_REACH.c.organisation_id.in_(scope.own | scope.led),
            CONTRACT_REACH.c.capacity.in_(capacities),
        )
    )


def organisations_in(scope: Scope) -> Select[UUID]:
    """The ids of a scope's organisations and of all below them, for ``IN``."""
    return select(OrganisationAncestor.organisation_id).where(
        OrganisationAncestor.ancestor_id.in_(scope.own | scope.led)
    )
