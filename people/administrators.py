"""The three administrators: each role always has a holder, and no person holds two of them.

等级保护 level 3 asks for 系统管理员, 安全管理员 and 审计管理员 apart. Together with a business role one
of them would let a person see contract facts by the one and hide traces by the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from kernel.access.roles import ADMINISTRATORS, ROLES, Role
from kernel.errors import ConflictError, InputError
from kernel.sql import wait_for_lock
from people.actors import account_open
from people.models import Membership, User

_LOCK = "administrators"


@contextmanager
def keeping_administrators(session: Session, today: date) -> Iterator[None]:
    """Let one change of accounts or memberships be made at a time; raise after a bad one.

    Raises ``ConflictError`` when an administrator's role that had a holder today has none after it,
    or one that somebody held without an end date is held with end dates only. The caller's
    transaction then rolls back. Two administrators who remove each other wait for one another here.
    """
    wait_for_lock(session, _LOCK)
    before = _holders(session, today)
    yield
    session.flush()
    after = _holders(session, today)
    for role in sorted(ADMINISTRATORS):
        had, has = before.get(role, (0, 0)), after.get(role, (0, 0))
        if had[0] and not has[0]:
            raise ConflictError(f"这是最后一名{ROLES[role].name}；请先授予另一个人，再收回或停用")
        if had[1] and not has[1]:
            raise ConflictError(
                f"这样就没有长期任职的{ROLES[role].name}了；请先授予另一个人，再限定期限"
            )


def refuse_mixture(roles: set[Role], added: Role) -> None:
    """Refuse ``added`` to a person who holds ``roles`` in the same days.

    Raises ``InputError`` naming ``role`` when it would mix an administrator's role with any other.
    """
    others = roles - {added}
    held = sorted(ROLES[role].name for role in others)
    if added in ADMINISTRATORS and others:
        raise InputError(
            "role",
            f"此人同期已任{'、'.join(held)}；{ROLES[added].name}不能兼任其他角色（三员分立）",
        )
    administrators = sorted(ROLES[role].name for role in others & ADMINISTRATORS)
    if administrators:
        raise InputError(
            "role",
            f"此人同期是{'、'.join(administrators)}；管理员不能兼任业务角色，以免接触合同内容",
        )


def is_another_administrator(session: Session, user_id: UUID, today: date) -> bool:
    """Whether a user is 安全管理员 or 审计管理员 today or later."""
    found = session.scalar(
        select(Membership.id)
        .where(
            Membership.user_id == user_id,
            Membership.role.in_(ADMINISTRATORS - {Role.SYSTEM_ADMIN}),
            Membership.ended_at.is_(None),
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
        .limit(1)
    )
    return found is not None


def _holders(session: Session, today: date) -> dict[Role, tuple[int, int]]:
    """How many open accounts hold each administrator's role today, and without an end date."""
    lasting = and_(Membership.valid_to.is_(None), User.expires_on.is_(None))
    statement = (
        select(
            Membership.role,
            func.count(Membership.user_id.distinct()),
            func.count(case((lasting, Membership.user_id)).distinct()),
        )
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.role.in_(ADMINISTRATORS),
            Membership.ended_at.is_(None),
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
            *account_open(today),
        )
        .group_by(Membership.role)
    )
    return {role: (held, kept) for role, held, kept in session.execute(statement)}
