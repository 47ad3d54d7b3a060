"""Memberships: which role a person has for which organisation, from when to when.

Nobody grants, changes or ends a role of their own: another security administrator does. One that
ended stays, with the instant when it was taken back.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.models import Organisation
from kernel.access.actor import Actor
from kernel.access.roles import ADMINISTRATORS, ROLES, Role
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.keys import new_key
from people.administrators import keeping_administrators, refuse_mixture
from people.models import Membership, User
from people.schemas import MembershipEdit, NewMembership

_LABELS = {"valid_from": "任职自", "valid_to": "任职至"}
_EARLIEST, _LATEST = date(1990, 1, 1), date(2200, 12, 31)


def grant(session: Session, actor: Actor, clock: Clock, wanted: NewMembership) -> Membership:
    """Give a person a role for an organisation (an administrator's: for the whole service).

    Raises ``InputError`` for a person, role, organisation or period that cannot be;
    ``ConflictError`` for oneself, or a role that the person has already.
    """
    _refuse_own(actor, wanted.user_id)
    with keeping_administrators(session, clock.business_date()):
        if session.get(User, wanted.user_id) is None:
            raise InputError("user_id", "没有这个用户")
        _check_organisation(session, wanted.role, wanted.organisation_id)
        _check_period(wanted.valid_from, wanted.valid_to)
        _refuse_twin(session, wanted)
        together = _roles_held(session, wanted.user_id, wanted.valid_from, wanted.valid_to, None)
        refuse_mixture(together, wanted.role)
        added = Membership(
            id=new_key(), recorded_at=clock.now(), recorded_by=actor.name, **wanted.model_dump()
        )
        session.add(added)
    return added


def change_period(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: MembershipEdit, seen: int
) -> Membership:
    """Change from when to when a membership counts; ``seen`` is the version one edits.

    Raises ``NotFoundError``; ``ChangedMeanwhile``; ``InputError`` for a period that cannot be;
    ``ConflictError`` for one's own, one that ended, or the last administrator's.
    """
    with keeping_administrators(session, clock.business_date()):
        found = _locked(session, key)
        _refuse_own(actor, found.user_id)
        given = wanted.given()
        refuse_stale(
            seen,
            found.version,
            found.recorded_by,
            {
                "state": ("状态", _state(found), "任职中"),
                **{n: (_LABELS[n], _shown(getattr(found, n)), _shown(given[n])) for n in given},
            },
        )
        if found.ended_at is not None:
            raise ConflictError("这项任职已经收回；需要时请重新授予")
        first = given.get("valid_from", found.valid_from)
        last = given.get("valid_to", found.valid_to)
        _check_period(first, last)
        refuse_mixture(_roles_held(session, found.user_id, first, last, found.id), found.role)
        if (first, last) != (found.valid_from, found.valid_to):
            found.valid_from, found.valid_to = first, last
            _stamp(actor, clock, found)
    return found


def end(session: Session, actor: Actor, clock: Clock, key: UUID, seen: int) -> Membership:
    """Take a role back at once.

    Raises ``NotFoundError``; ``ChangedMeanwhile``; ``ConflictError`` for one's own, one that ended
    already, or the last administrator's.
    """
    with keeping_administrators(session, clock.business_date()):
        found = _locked(session, key)
        _refuse_own(actor, found.user_id)
        refuse_stale(
            seen,
            found.version,
            found.recorded_by,
            {
                "state": ("状态", _state(found), "收回"),
                "valid_from": ("任职自", _shown(found.valid_from), ""),
                "valid_to": ("任职至", _shown(found.valid_to), ""),
            },
        )
        if found.ended_at is not None:
            raise ConflictError("这项任职已经收回")
        found.ended_at = clock.now()
        _stamp(actor, clock, found)
    return found


def _locked(session: Session, key: UUID) -> Membership:
    found = session.get(Membership, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFoundError("没有这项任职")
    return found


def _stamp(actor: Actor, clock: Clock, found: Membership) -> None:
    found.version += 1
    found.recorded_at, found.recorded_by = clock.now(), actor.name


def _refuse_own(actor: Actor, user_id: UUID) -> None:
    if actor.user_id == user_id:
        raise ConflictError("不能办理自己的角色；请由另一位安全管理员办理")


def _check_organisation(session: Session, role: Role, organisation_id: UUID | None) -> None:
    if role in ADMINISTRATORS:
        if organisation_id is not None:
            name = ROLES[role].name
            raise InputError("organisation_id", f"{name}管理整个系统，不属于某个机构；请留空")
    elif organisation_id is None:
        raise InputError("organisation_id", f"请写明为哪个机构担任{ROLES[role].name}")
    elif session.get(Organisation, organisation_id) is None:
        raise InputError("organisation_id", "没有这个机构")


def _check_period(first: date, last: date | None) -> None:
    for field, day in (("valid_from", first), ("valid_to", last)):
        if day is not None and not _EARLIEST <= day <= _LATEST:
            raise InputError(field, f"日期应在 {_EARLIEST} 至 {_LATEST} 之间")
    if last is not None and last < first:
        raise InputError("valid_to", f"最后一天 {last} 早于第一天 {first}")


def _refuse_twin(session: Session, wanted: NewMembership) -> None:
    same = (
        Membership.organisation_id.is_(None)
        if wanted.organisation_id is None
        else Membership.organisation_id == wanted.organisation_id
    )
    twin = session.scalars(
        select(Membership).where(
            Membership.user_id == wanted.user_id,
            Membership.role == wanted.role,
            Membership.ended_at.is_(None),
            same,
        )
    ).first()
    if twin is not None:
        raise ConflictError(
            f"此人已有这项任职（自 {twin.valid_from} 至 {_shown(twin.valid_to)}）；请改它的起止日期"
        )


def _roles_held(
    session: Session, user_id: UUID, first: date, last: date | None, besides: UUID | None
) -> set[Role]:
    """The roles of memberships that share a day with the period, ``besides`` one."""
    statement = select(Membership.role).where(
        Membership.user_id == user_id,
        Membership.ended_at.is_(None),
        or_(Membership.valid_to.is_(None), Membership.valid_to >= first),
    )
    if last is not None:
        statement = statement.where(Membership.valid_from <= last)
    if besides is not None:
        statement = statement.where(Membership.id != besides)
    return set(session.scalars(statement))


def _state(found: Membership) -> str:
    return "任职中" if found.ended_at is None else "已收回"


def _shown(value: object) -> str:
    return "长期" if value is None else str(value)
