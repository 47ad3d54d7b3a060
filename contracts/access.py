"""What an actor may see: the contracts to which an organisation in the actor's scope is a party."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from contracts.models import Contract, ContractParty, PartyRole, Programme
from contracts.reach_models import ContractReach, OrganisationAncestor
from kernel.access.actor import Actor, Scope
from kernel.access.permissions import Permission

READING = (
    Permission.CONTRACTS_READ,
    Permission.SERVICE_READ,
    Permission.MONEY_READ,
    Permission.ALERTS_READ,
    Permission.FINDINGS_READ,
    Permission.SCORES_READ,
    Permission.MESSAGES_READ,
)
"""Permissions by which a contract, or a part of what is known of it, is read."""


def visible(
    actor: Actor, permission: Permission = Permission.CONTRACTS_READ
) -> ColumnElement[bool]:
    """A predicate on ``Contract``: the actor has the permission on it (domain, section 1)."""
    return of_visible(Contract.id, actor, permission)


def of_visible(
    contract_id: ColumnElement[Any] | InstrumentedAttribute[Any],
    actor: Actor,
    permission: Permission,
) -> ColumnElement[bool]:
    """The same on a column that names the contract: it narrows a sum before it is made."""
    scope = actor.scope(permission)
    return true() if scope.everything else contract_id.in_(reached(scope))


def also(
    actor: Actor, permission: Permission, seen: Permission = Permission.CONTRACTS_READ
) -> ColumnElement[bool]:
    """A predicate on a ``Contract`` found by ``seen``: the actor has ``permission`` on it too.

    Costs nothing for whom both reach equally far; 财政 sees contracts but not their service.
    """
    is_same = actor.scope(permission) == actor.scope(seen)
    return true() if is_same else visible(actor, permission)


def permissions_on(session: Session, actor: Actor, contract_id: UUID) -> frozenset[Permission]:
    """Which of ``READING`` the actor has on one contract, by one statement."""
    held = (visible(actor, permission).label(permission.name) for permission in READING)
    row = session.execute(select(*held).where(Contract.id == contract_id)).first()
    found = tuple(row) if row is not None else (False,) * len(READING)
    return frozenset(name for name, has in zip(READING, found, strict=True) if has)


def reached(scope: Scope) -> Select[UUID]:
    """The ids of the contracts in a scope, for ``IN``; some twice where several parties are in it."""
    own = and_(ContractReach.organisation_id.in_(scope.own), ContractReach.own)
    led = ContractReach.organisation_id.in_(scope.led)
    return select(ContractReach.contract_id).where(or_(led, own) if scope.own else led)


def sees_more_than(session: Session, actor: Actor, permission: Permission, few: int) -> bool:
    """Whether the permission reaches more than ``few`` contracts; counts no further."""
    scope = actor.scope(permission)
    if scope.everything:
        return True
    each = reached(scope).limit(few + 1).subquery()
    return (session.scalar(select(func.count()).select_from(each)) or 0) > few


def sees_whole(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """A predicate on ``Programme``: the actor has the permission on all its contracts.

    So it is for the lead's side, who is a party to each of them. Asking for a contract that is not
    seen would prove nothing: row policies hide it from the question as well.
    """
    scope = actor.scope(permission)
    if scope.everything:
        return true()
    return Programme.lead_id.in_(organisations_in(Scope(led=scope.led)))


def in_capacity(
    actor: Actor, permission: Permission, capacities: Collection[PartyRole]
) -> ColumnElement[bool]:
    """A predicate on ``Contract``: the actor has the permission for a party in such a capacity."""
    scope = actor.scope(permission)
    if scope.everything:
        return true()
    return Contract.id.in_(
        select(ContractParty.contract_id).where(
            ContractParty.role.in_(capacities),
            ContractParty.organisation_id.in_(organisations_in(scope)),
        )
    )


def organisations_in(scope: Scope) -> Select[UUID]:
    """The ids of a scope's organisations and of all below them, for ``IN``."""
    return select(OrganisationAncestor.organisation_id).where(
        OrganisationAncestor.ancestor_id.in_(scope.own | scope.led)
    )
