"""What of the trail an actor sees: the auditor its contracts', the administrator all but values."""

from sqlalchemy import ColumnElement, and_, false, or_, true

from contracts.access import organisations_in, reached
from kernel.access.actor import Actor, Scope
from kernel.access.permissions import Permission
from kernel.access.roles import Role
from kernel.trail.models import AuditEntry
from kernel.trail.queries import Sight
from migrations.row_policies import SEEN

VENDOR_KINDS = frozenset({"vendor", "vendor_former_name", "vendor_merge", "vendor_qualification"})
FACT_KINDS = frozenset(SEEN) - {"audit_entry", "audit_seal"} | VENDOR_KINDS | {"vendor_admission"}
"""Tables that hold facts of contracts: by the same list that the database's own wall goes by."""


def sight_of(actor: Actor, permission: Permission = Permission.TRAIL_READ) -> Sight:
    """Which entries the actor sees under the permission, and the values of which.

    An auditor sees entries of the contracts and organisations in scope. 审计管理员 sees every
    entry, but no contract's facts by that role.
    """
    if not actor.may(permission):
        return Sight(false(), false())
    if actor.everything:
        return Sight(true(), true())
    within = _within(actor.scope(permission))
    if not actor.holds(Role.AUDIT_ADMIN):
        return Sight(within, true())
    no_fact = and_(AuditEntry.contract_id.is_(None), AuditEntry.object_kind.not_in(FACT_KINDS))
    return Sight(true(), or_(no_fact, within))


def _within(scope: Scope) -> ColumnElement[bool]:
    if not scope.own and not scope.led:
        return false()
    return or_(
        AuditEntry.contract_id.in_(reached(scope)),
        and_(
            AuditEntry.contract_id.is_(None),
            AuditEntry.organisation_id.in_(organisations_in(scope)),
        ),
        AuditEntry.object_kind.in_(VENDOR_KINDS),
    )
