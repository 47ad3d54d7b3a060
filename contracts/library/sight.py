"""Who sees and writes what organisations keep beside contracts."""

from sqlalchemy import ColumnElement, or_, select, true

from contracts.access import of_visible, organisations_in
from contracts.library.models import ApprovalDocument, OutcomeFact, Regulation, YearlyPlan
from contracts.models import ContractParty, Organisation, PartyRole, Programme
from kernel.access.actor import Actor
from kernel.access.permissions import Permission


def regulations_seen(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Rules of one's own organisations, and of those with a part in a contract that one sees.

    They are written by their own organisation alone.
    """
    scope = actor.scope(permission)
    if scope.everything:
        return true()
    own = Regulation.organisation_id.in_(organisations_in(scope))
    if permission is Permission.SUPERVISION_WRITE:
        return own
    parties = select(ContractParty.organisation_id).where(
        of_visible(ContractParty.contract_id, actor, permission),
        ContractParty.organisation_id.is_not(None),
    )
    return or_(own, Regulation.organisation_id.in_(parties))


def yearly_plans_seen(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Plans of one's own organisations, and those that were filed with them."""
    scope = actor.scope(permission)
    if scope.everything:
        return true()
    mine = organisations_in(scope)
    return or_(YearlyPlan.organisation_id.in_(mine), YearlyPlan.lead_id.in_(mine))


def planning_organisations(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Over ``Organisation``: one's own, and those that buy under a programme which one leads."""
    scope = actor.scope(permission)
    if scope.everything:
        return true()
    led = select(ContractParty.contract_id).where(
        ContractParty.role == PartyRole.LEAD,
        ContractParty.organisation_id.in_(organisations_in(scope)),
    )
    buying = select(ContractParty.organisation_id).where(
        ContractParty.role == PartyRole.PURCHASER, ContractParty.contract_id.in_(led)
    )
    return or_(Organisation.id.in_(organisations_in(scope)), Organisation.id.in_(buying))


def led_programmes(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Over ``Programme``: its lead is one's own organisation or lies below it."""
    scope = actor.scope(permission)
    return true() if scope.everything else Programme.lead_id.in_(organisations_in(scope))


def documents_seen(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Papers of the programmes that one's side leads."""
    led = select(Programme.id).where(led_programmes(actor, permission))
    return ApprovalDocument.programme_id.in_(led)


def outcomes_seen(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Outcomes of the programmes that one's side leads."""
    led = select(Programme.id).where(led_programmes(actor, permission))
    return OutcomeFact.programme_id.in_(led)
