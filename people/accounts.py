"""Accounts: add, change, disable, enable. An account is never deleted: the trail names it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.edits import refuse_stale
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.events import announce
from kernel.keys import new_key
from people.administrators import keeping_administrators
from people.events import AccountDisabled
from people.models import User
from people.schemas import NewUser, UserEdit

_LABELS = {"name": "姓名", "expires_on": "最后一天"}


def add_user(session: Session, actor: Actor, clock: Clock, wanted: NewUser) -> User:
    """Add an account that can do nothing yet: roles are granted by somebody else.

    Raises ``InputError`` for a login that is taken, or a last day that has passed.
    """
    if session.scalars(select(User.id).where(User.login == wanted.login)).first() is not None:
        raise InputError("login", f"登录名 {wanted.login} 已有人用")
    if wanted.expires_on is not None and wanted.expires_on < clock.business_date():
        raise InputError("expires_on", "最后一天已经过去")
    added = User(
        id=new_key(), recorded_at=clock.now(), recorded_by=actor.name, **wanted.model_dump()
    )
    session.add(added)
    session.flush()
    return added


def change_user(
    session: Session, actor: Actor, clock: Clock, key: UUID, wanted: UserEdit, seen: int
) -> User:
    """Change name or last day of an account; ``seen`` is the version one edits.

    Raises ``NotFoundError``; ``ChangedMeanwhile``; ``InputError`` for a last day that has passed
    (disable the account instead); ``ConflictError`` for the last administrator's account.
    """
    with keeping_administrators(session, clock.business_date()):
        found = _locked(session, key)
        given = wanted.given()
        refuse_stale(
            seen,
            found.version,
            found.recorded_by,
            {n: (_LABELS[n], _shown(getattr(found, n)), _shown(given[n])) for n in given},
        )
        last_day = given.get("expires_on")
        if last_day not in {None, found.expires_on} and last_day < clock.business_date():
            raise InputError("expires_on", "最后一天已经过去；要立即停止使用，请停用账号")
        if any(getattr(found, name) != value for name, value in given.items()):
            _write(actor, clock, found, given)
    return found


def disable_user(
    session: Session, actor: Actor, clock: Clock, key: UUID, reason: str, seen: int
) -> User:
    """Close an account at once: its sessions and tokens end with it.

    Raises ``NotFoundError``; ``ChangedMeanwhile``; ``ConflictError`` for one's own account, one
    that is disabled already, or the last administrator's.
    """
    if actor.user_id == key:
        raise ConflictError("不能停用自己的账号；请由另一位系统管理员办理")
    with keeping_administrators(session, clock.business_date()):
        found = _locked(session, key)
        refuse_stale(seen, found.version, found.recorded_by, {"state": _states(found, "停用")})
        if found.disabled_at is not None:
            raise ConflictError("这个账号已经停用")
        _write(actor, clock, found, {"disabled_at": clock.now(), "disabled_reason": reason})
        announce(session, AccountDisabled(key, clock.now()))
    return found


def enable_user(session: Session, actor: Actor, clock: Clock, key: UUID, seen: int) -> User:
    """Open a disabled account again.

    Raises ``NotFoundError``; ``ChangedMeanwhile``; ``ConflictError`` when it is not disabled.
    """
    with keeping_administrators(session, clock.business_date()):
        found = _locked(session, key)
        refuse_stale(seen, found.version, found.recorded_by, {"state": _states(found, "启用")})
        if found.disabled_at is None:
            raise ConflictError("这个账号没有停用")
        _write(actor, clock, found, {"disabled_at": None, "disabled_reason": ""})
    return found


def _locked(session: Session, key: UUID) -> User:
    found = session.get(User, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFoundError("没有这个用户")
    return found


def _write(actor: Actor, clock: Clock, found: User, changed: dict[str, object]) -> None:
    for name, value in changed.items():
        setattr(found, name, value)
    found.version += 1
    found.recorded_at, found.recorded_by = clock.now(), actor.name


def _states(found: User, mine: str) -> tuple[str, str, str]:
    return ("账号状态", "停用" if found.disabled_at else "启用", mine)


def _shown(value: object) -> str:
    return "长期" if value is None else str(value)
