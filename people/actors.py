"""From a user's memberships to an actor: what the user may do and see on a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from contracts.models import Organisation
from kernel.access.actor import Actor, Grant
from kernel.access.permissions import Permission
from kernel.access.roles import ROLES, Reach, Role
from people.models import Membership, User

_top = aliased(Organisation)


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as its holder reads it: what, and for whom (empty for the whole service)."""

    role: Role
    organisation: str


def actor_of(
    session: Session,
    user_id: UUID,
    today: date,
    token_scopes: Collection[Permission] | None = None,
) -> Actor | None:
    """The user as an actor on ``today``, by one statement; None when the account is closed."""
    statement = with_memberships(select(User), today).where(
        User.id == user_id, *account_open(today)
    )
    rows = session.execute(statement).all()
    if not rows:
        return None
    scopes = None if token_scopes is None else frozenset(token_scopes)
    user = rows[0].User
    return Actor(user.login, grants_in(rows), user_id, token_scopes=scopes, person=user.name)


def with_memberships(statement: Select[*tuple[Any, ...]], today: date) -> Select[Any]:
    """A statement over ``User``, with a row for each membership that counts on ``today``.

    A membership counts from its first to its last day. One row without a role for a user who has
    none. ``grants_in`` and ``roles_in`` read the rows.
    """
    role: ColumnElement[Role | None] = type_coerce(Membership.role, Membership.role.type)
    return (
        statement.add_columns(
            role.label("held_role"),
            Membership.organisation_id.label("held_for"),
            Organisation.parent_id.label("held_below"),
            Organisation.name.label("held_name"),
            Organisation.short_name.label("held_short_name"),
            _only_root().label("only_root"),
        )
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
        .order_by(Membership.id)
    )


def grants_in(rows: Sequence[Row[Any]]) -> tuple[Grant, ...]:
    """The grants in rows of ``with_memberships`` for one user.

    财政 reaches as far as the government above it (domain, section 1: all programmes of its level).
    """
    return tuple(_grant(row) for row in rows if row.held_role is not None)


def roles_in(rows: Sequence[Row[Any]]) -> tuple[HeldRole, ...]:
    """The same as the user reads it."""
    return tuple(
        HeldRole(row.held_role, row.held_short_name or row.held_name or "")
        for row in rows
        if row.held_role is not None
    )


def account_open(today: date) -> tuple[ColumnElement[bool], ...]:
    """Predicates on ``User``: not disabled, and a temporary account not past its last day."""
    return (
        User.disabled_at.is_(None),
        or_(User.expires_on.is_(None), User.expires_on >= today),
    )


def is_open(user: User, today: date) -> bool:
    """The same of a user at hand."""
    return user.disabled_at is None and (user.expires_on is None or user.expires_on >= today)


def _grant(row: Row[Any]) -> Grant:
    root = _root(row.held_role, row.held_for, row.held_below)
    return Grant(row.held_role, row.held_for, root, root is not None and root == row.only_root)


def _only_root() -> ScalarSelect[UUID]:
    """The top of the tree where there is but one."""
    other = aliased(Organisation)
    others = select(other.id).where(other.parent_id.is_(None), other.id != _top.id)
    return select(_top.id).where(_top.parent_id.is_(None), ~others.exists()).scalar_subquery()


def _root(role: Role, organisation_id: UUID | None, parent_id: UUID | None) -> UUID | None:
    is_level = ROLES[role].reach is Reach.LEVEL
    return (parent_id or organisation_id) if is_level else organisation_id
