"""Whom a visitor of the demo may look as: one account a role, without passwords, in both cities."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.models import Organisation
from kernel.access.roles import ROLES, Role
from people.models import Membership, User

FROM = date(2023, 1, 1)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An account of the demo; ``organisation`` is a code of the samples, None: the whole service."""

    login: str
    role: Role
    organisation: str | None = None


_HAMI, _ZIBO = "650500", "370300"
PEOPLE = (
    DemoPerson("hami-yingji", Role.OVERSIGHT, f"{_HAMI}-01"),
    DemoPerson("hami-yingji-jingban", Role.CLERK, f"{_HAMI}-01"),
    DemoPerson("hami-yingji-shenhe", Role.CHECKER, f"{_HAMI}-01"),
    DemoPerson("hami-yingji-fuze", Role.HEAD, f"{_HAMI}-01"),
    DemoPerson("hami-gongxin-jingban", Role.CLERK, f"{_HAMI}-04"),
    DemoPerson("hami-gongxin-fuze", Role.HEAD, f"{_HAMI}-04"),
    DemoPerson("hami-gaoxin-jingban", Role.CLERK, f"{_HAMI}-03"),
    DemoPerson("hami-caizheng", Role.FINANCE, f"{_HAMI}-02"),
    DemoPerson("hami-shenji", Role.AUDITOR, f"{_HAMI}-00"),
    DemoPerson("zibo-yingji", Role.OVERSIGHT, f"{_ZIBO}-01"),
    DemoPerson("zibo-yingji-jingban", Role.CLERK, f"{_ZIBO}-01"),
    DemoPerson("zibo-caizheng", Role.FINANCE, f"{_ZIBO}-02"),
    DemoPerson("xitong", Role.SYSTEM_ADMIN),
    DemoPerson("anquan", Role.SECURITY_ADMIN),
    DemoPerson("shenji", Role.AUDIT_ADMIN),
)


def bring_people(session: Session, now: datetime) -> None:
    """Make the accounts that are not there yet; what a visitor changed since stays."""
    known = set(session.scalars(select(User.login)))
    new = [someone for someone in PEOPLE if someone.login not in known]
    organisations = {
        found.code: found
        for found in session.scalars(
            select(Organisation).where(Organisation.code.in_({p.organisation for p in new}))
        )
    }
    recorded = {"recorded_at": now, "recorded_by": "demo"}
    for someone in new:
        place = organisations[someone.organisation] if someone.organisation else None
        role_name = ROLES[someone.role].name
        name = f"{place.name} · {role_name}" if place else role_name
        user = User(login=someone.login, name=name, **recorded)
        session.add(user)
        session.flush()
        session.add(
            Membership(
                user_id=user.id,
                organisation_id=place.id if place else None,
                role=someone.role,
                valid_from=FROM,
                **recorded,
            )
        )
