"""Reads of users and memberships. Every list is one statement, whatever the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from contracts.models import Organisation
from contracts.reach_models import OrganisationAncestor
from contracts.schemas import OrganisationRef
from kernel.access.roles import ROLES, Reach, Role
from kernel.errors import NotFoundError
from kernel.paging import AnyRow, AnySelect, Page, fetch_page
from kernel.sql import contains
from people.actors import account_open
from people.models import Membership, User
from people.schemas import (
    MembershipOut,
    MembershipsWanted,
    UserOut,
    UserRef,
    UserState,
    UsersWanted,
)


def users(session: Session, today: date, wanted: UsersWanted) -> Page[UserOut]:
    """The accounts, by login; roles and organisations count as of ``today``."""
    statement = select(User, _state(today).label("state"))
    if wanted.q:
        searched = (User.login, User.name)
        statement = statement.where(or_(*(contains(column, wanted.q) for column in searched)))
    if wanted.state:
        statement = statement.where(_state(today) == wanted.state.value)
    if wanted.role or wanted.organisation:
        held = select(Membership.user_id).where(_effective(today))
        if wanted.role:
            held = held.where(Membership.role == wanted.role)
        if wanted.organisation:
            held = held.where(_at_or_below(wanted.organisation))
        statement = statement.where(User.id.in_(held))
    return fetch_page(session, statement, [User.login], wanted, _user)


def user(session: Session, today: date, key: UUID) -> UserOut:
    """One account; raises ``NotFoundError``."""
    row = session.execute(select(User, _state(today).label("state")).where(User.id == key)).first()
    if row is None:
        raise NotFoundError("没有这个用户")
    return _user(row)


def memberships(session: Session, today: date, wanted: MembershipsWanted) -> Page[MembershipOut]:
    """Memberships in the order in which they were granted, those that ended among them."""
    statement = _memberships()
    if wanted.user:
        statement = statement.where(Membership.user_id == wanted.user)
    if wanted.role:
        statement = statement.where(Membership.role == wanted.role)
    if wanted.organisation:
        statement = statement.where(_at_or_below(wanted.organisation))
    return fetch_page(
        session, statement, [Membership.id], wanted, lambda row: _membership(row[0], today)
    )


def membership(session: Session, today: date, key: UUID) -> MembershipOut:
    """One membership; raises ``NotFoundError``."""
    found = session.scalars(_memberships().where(Membership.id == key)).first()
    if found is None:
        raise NotFoundError("没有这项任职")
    return _membership(found, today)


def effective_of(
    session: Session, user_ids: Sequence[UUID], today: date
) -> dict[UUID, list[MembershipOut]]:
    """In what roles people work today, and for whom, by their keys."""
    statement = _memberships().where(Membership.user_id.in_(user_ids), _effective(today))
    found: dict[UUID, list[MembershipOut]] = {}
    for each in session.scalars(statement.order_by(Membership.id)):
        found.setdefault(each.user_id, []).append(_membership(each, today))
    return found


def members_of(session: Session, organisation_id: UUID, today: date) -> list[MembershipOut]:
    """Who works for the organisation itself today, by login; at most 200."""
    statement = (
        _memberships()
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == organisation_id, _effective(today))
        .order_by(User.login, Membership.id)
        .limit(200)
    )
    return [_membership(each, today) for each in session.scalars(statement)]


@dataclass(frozen=True, slots=True)
class Reaching:
    """How many people see what an organisation has of its own, and all in which it has a part."""

    own: int = 0
    led: int = 0


def people_reaching(
    session: Session, organisation_ids: Sequence[UUID], today: date
) -> dict[UUID, Reaching]:
    """Whose view begins at each organisation today: 财政 begins at the government above it."""
    root = case(
        (
            Membership.role == Role.FINANCE,
            func.coalesce(Organisation.parent_id, Membership.organisation_id),
        ),
        else_=Membership.organisation_id,
    )
    is_own = Membership.role.in_([r for r, rule in ROLES.items() if rule.reach is Reach.OWN])
    statement = (
        select(
            root,
            func.count(case((is_own, Membership.user_id)).distinct()),
            func.count(case((~is_own, Membership.user_id)).distinct()),
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(root.in_(organisation_ids), _effective(today), *account_open(today))
        .group_by(root)
    )
    return {key: Reaching(own, led) for key, own, led in session.execute(statement)}


def _memberships() -> AnySelect:
    return select(Membership).options(
        joinedload(Membership.user), joinedload(Membership.organisation)
    )


def _effective(today: date) -> ColumnElement[bool]:
    return and_(
        Membership.ended_at.is_(None),
        Membership.valid_from <= today,
        or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
    )


def _at_or_below(organisation_id: UUID) -> ColumnElement[bool]:
    return Membership.organisation_id.in_(
        select(OrganisationAncestor.organisation_id).where(
            OrganisationAncestor.ancestor_id == organisation_id
        )
    )


def _state(today: date) -> ColumnElement[str]:
    return case(
        (User.disabled_at.is_not(None), UserState.DISABLED.value),
        (User.expires_on < today, UserState.EXPIRED.value),
        (User.expires_on.is_not(None), UserState.TEMPORARY.value),
        else_=UserState.ACTIVE.value,
    )


def _user(row: AnyRow) -> UserOut:
    return UserOut.of(row[0], state=row.state)


def _membership(found: Membership, today: date) -> MembershipOut:
    above = found.organisation
    is_effective = (
        found.ended_at is None
        and found.valid_from <= today
        and (found.valid_to is None or found.valid_to >= today)
    )
    return MembershipOut.of(
        found,
        user=UserRef.of(found.user),
        role_name=ROLES[found.role].name,
        organisation=None if above is None else OrganisationRef.of(above),
        effective=is_effective,
    )
