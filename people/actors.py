"""From a user's memberships to an actor: what the user may do and see on a day."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, type_coerce
from sqlalchemy.orm import Session

from contracts.models import Organisation
from kernel.access.actor import Actor, Grant
from kernel.access.permissions import Permission
from kernel.access.roles import ROLES, Reach, Role
from people.models import Membership, User


def actor_of(
    session: Session,
    user_id: UUID,
    today: date,
    token_scopes: Collection[Permission] | None = None,
) -> Actor | None:
    """The user as an actor on ``today``, by one statement; None when the account is closed.

    A membership counts from its first to its last day. 财政 reaches as far as the government above
    it (domain, section 1: all programmes of its level).
    """
    role: ColumnElement[Role | None] = type_coerce(Membership.role, Membership.role.type)
    statement = (
        select(User, role, Membership.organisation_id, Organisation.parent_id)
        .outerjoin(
            Membership,
            and_(
                Membership.user_id == User.id,
                Membership.ended_at.is_(None),
                Membership.valid_from <= today,
                or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
            ),
        )
        .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
        .where(User.id == user_id, *account_open(today))
        .order_by(Membership.id)
    )
    rows = session.execute(statement).all()
    if not rows:
        return None
    grants = tuple(
        Grant(role, organisation_id, _root(role, organisation_id, parent_id))
        for _user, role, organisation_id, parent_id in rows
        if role is not None
    )
    scopes = None if token_scopes is None else frozenset(token_scopes)
    return Actor(rows[0][0].login, grants, user_id, token_scopes=scopes)


def account_open(today: date) -> tuple[ColumnElement[bool], ...]:
    """Predicates on ``User``: not disabled, and a temporary account not past its last day."""
    return (
        User.disabled_at.is_(None),
        or_(User.expires_on.is_(None), User.expires_on >= today),
    )


def _root(role: Role, organisation_id: UUID | None, parent_id: UUID | None) -> UUID | None:
    is_level = ROLES[role].reach is Reach.LEVEL
    return (parent_id or organisation_id) if is_level else organisation_id
