"""Set-based reads of the contract ledger: organisations, vendors, programmes.

Every list is one statement, whatever the data.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from contracts.access import organisations_in, reached, visible
from contracts.models import Contract, Organisation, Programme, Vendor
from contracts.organisation_versions import OrganisationVersion
from contracts.schemas import (
    BUDGET_FIELDS,
    OfContracts,
    OrganisationOut,
    OrganisationsWanted,
    ProgrammeOut,
    ProgrammesWanted,
    VendorOut,
    VendorsWanted,
)
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.dated import holds_on
from kernel.errors import NotFoundError
from kernel.paging import AnyRow, AnySelect, Page, fetch_page
from kernel.sql import contains, gathered


def on_ledger(as_of: date) -> ColumnElement[bool]:
    """The contract was there on ``as_of``: drafted, else signed or in service, or nobody knows."""
    first_day = func.coalesce(Contract.drafted_on, Contract.signed_on, Contract.service_start)
    return or_(first_day.is_(None), first_day <= as_of)


def of_contracts(
    actor: Actor, permission: Permission, as_of: date, wanted: OfContracts
) -> ColumnElement[bool]:
    """A predicate over ``Contract`` joined to ``Programme``: seen by ``permission``, and asked for."""
    return and_(
        visible(actor, permission),
        on_ledger(as_of),
        Contract.id == wanted.contract if wanted.contract else true(),
        Programme.code == wanted.programme if wanted.programme else true(),
    )


def only_row(session: Session, statement: AnySelect, name: str) -> AnyRow:
    """The one row of ``statement``; raises ``NotFoundError`` (没有这 ``name``) when there is none."""
    row = session.execute(statement).first()
    if row is None:
        raise NotFoundError(f"没有这{name}，或不在您的查看范围内")
    return row


def organisations(
    session: Session, actor: Actor, as_of: date, wanted: OrganisationsWanted
) -> Page[OrganisationOut]:
    """The organisations there were on ``as_of``, called as then, in the order of their entry.

    The tree is known to everybody; what an organisation does is not.
    """
    _ = actor
    statement = _organisations(as_of)
    if wanted.kind:
        statement = statement.where(OrganisationVersion.kind == wanted.kind)
    if wanted.parent:
        statement = statement.where(OrganisationVersion.parent_id == wanted.parent)
    if wanted.q:
        searched = (Organisation.code, OrganisationVersion.name, OrganisationVersion.short_name)
        statement = statement.where(or_(*(contains(column, wanted.q) for column in searched)))
    return fetch_page(session, statement, [Organisation.id], wanted, _organisation)


def organisation(session: Session, actor: Actor, as_of: date, key: UUID) -> OrganisationOut:
    """One organisation; raises ``NotFoundError``, also when it was not yet there on ``as_of``."""
    _ = actor
    statement = _organisations(as_of).where(Organisation.id == key)
    return _organisation(only_row(session, statement, "个机构"))


def vendors(session: Session, actor: Actor, wanted: VendorsWanted) -> Page[VendorOut]:
    """The vendors: reference data that everybody shares."""
    _ = actor
    statement = select(Vendor)
    if wanted.q:
        searched = (Vendor.name, func.coalesce(Vendor.credit_code, ""))
        statement = statement.where(or_(*(contains(column, wanted.q) for column in searched)))
    return fetch_page(session, statement, [Vendor.id], wanted, _vendor)


def vendor(session: Session, actor: Actor, key: UUID) -> VendorOut:
    """One vendor; raises ``NotFoundError``."""
    _ = actor
    return _vendor(only_row(session, select(Vendor).where(Vendor.id == key), "个承接主体"))


def programmes(session: Session, actor: Actor, wanted: ProgrammesWanted) -> Page[ProgrammeOut]:
    """The programmes that the actor leads or sees a contract of, with their leads.

    What a programme got as a whole (``ProgrammeOut.withheld``) only those see who lead it, or
    oversee who does: it is the sum of what several departments got.
    """
    statement = _programmes(session, actor)
    if wanted.fiscal_year:
        statement = statement.where(Programme.fiscal_year == wanted.fiscal_year)
    if wanted.lead:
        statement = statement.where(Programme.lead_id == wanted.lead)
    if wanted.q:
        searched = (Programme.code, Programme.name)
        statement = statement.where(or_(*(contains(column, wanted.q) for column in searched)))
    return fetch_page(session, statement, [Programme.id], wanted, _programme)


def programme(session: Session, actor: Actor, key: UUID) -> ProgrammeOut:
    """One programme; raises ``NotFoundError``."""
    statement = _programmes(session, actor).where(Programme.id == key)
    return _programme(only_row(session, statement, "个预算项目"))


def happened(day: date | None, as_of: date) -> date | None:
    """The day, None when it lies after ``as_of``: what was not known then is not told."""
    return day if day is not None and day <= as_of else None


def _programmes(session: Session, actor: Actor) -> AnySelect:
    scope = actor.scope(Permission.CONTRACTS_READ)
    mine = true() if scope.everything else gathered(session, Contract.id, reached(scope))
    seen = select(Contract.programme_id).where(mine)
    return (
        select(Programme, _led_by(actor, Permission.MONEY_READ).label("budget_shown"))
        .options(joinedload(Programme.lead))
        .where(or_(_led_by(actor, Permission.CONTRACTS_READ), Programme.id.in_(seen)))
    )


def _led_by(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Over ``Programme``: the actor works for its lead, or sees the whole of it."""
    scope = actor.scope(permission)
    if scope.everything:
        return true()
    return Programme.lead_id.in_(organisations_in(scope))


def _organisations(as_of: date) -> AnySelect:
    return (
        select(Organisation, OrganisationVersion)
        .join(OrganisationVersion, OrganisationVersion.organisation_id == Organisation.id)
        .where(holds_on(OrganisationVersion, as_of))
    )


def _organisation(row: AnyRow) -> OrganisationOut:
    record, version = row[:2]
    return OrganisationOut.of(
        record,
        name=version.name,
        short_name=version.short_name,
        kind=version.kind,
        parent_id=version.parent_id,
    )


def _vendor(row: AnyRow) -> VendorOut:
    return VendorOut.of(row[0])


def _programme(row: AnyRow) -> ProgrammeOut:
    if row.budget_shown:
        return ProgrammeOut.of(row[0], withheld=[])
    unknown = dict.fromkeys(BUDGET_FIELDS)
    assumed = [field for field in row[0].assumed if field not in BUDGET_FIELDS]
    return ProgrammeOut.of(row[0], **unknown, assumed=assumed, withheld=list(BUDGET_FIELDS))
