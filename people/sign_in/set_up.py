"""The first administrators, by a one-time link that the service prints when there is none yet."""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.access.actor import SIGN_IN
from kernel.access.roles import ADMINISTRATORS, ROLES, Role
from kernel.cause import Cause
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import ConflictError, InputError
from kernel.sql import wait_for_lock
from kernel.trail.record import record
from people.accounts import add_user
from people.memberships import grant
from people.models import Membership, User
from people.schemas import Login, NewMembership, NewUser, PersonName
from people.sign_in.models import LinkPurpose
from people.sign_in.one_time_links import make_link, open_link, spend_link
from people.sign_in.password_policy import refusal
from people.sign_in.passwords import hash_password, set_password
from people.sign_in.security_policy import PolicyTerms, change_policy, current_policy

ORDER: Final = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


class Administrators(BaseModel):
    """Who the three administrators are; the visitor is one of them and chooses a password."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    system_admin_login: Login
    system_admin_name: PersonName
    security_admin_login: Login
    security_admin_name: PersonName
    audit_admin_login: Login
    audit_admin_name: PersonName
    own: Role
    password: str = Field(max_length=200)
    repeated: str = Field(max_length=200)
    second_factor: bool = False

    @model_validator(mode="after")
    def _apart(self) -> "Administrators":
        if len({self.login(role) for role in ORDER}) < len(ORDER):
            raise ValueError("三名管理员须是三个不同的账号（三员分立）")
        if self.own not in ADMINISTRATORS:
            raise ValueError("请选择您本人担任的一项")
        return self

    def login(self, role: Role) -> str:
        """The login of an administrator."""
        return str(getattr(self, f"{role.value}_login"))

    def name(self, role: Role) -> str:
        """The name of an administrator."""
        return str(getattr(self, f"{role.value}_name"))


def offer_set_up(database: Database, now: datetime) -> str | None:
    """The token of a set-up link when there is no administrator yet, else None."""
    with database.reading(SIGN_IN) as session:
        if _has_administrators(session):
            return None
    with database.writing(SIGN_IN) as session:
        return make_link(session, LinkPurpose.SET_UP, None, now)


def check_set_up(session: Session, token: str, now: datetime) -> None:
    """Raises ``NotFoundError`` for a link that is no good, ``ConflictError`` after a set-up."""
    open_link(session, LinkPurpose.SET_UP, token, now)
    if _has_administrators(session):
        raise ConflictError("已经有管理员，不能再次初始设置；请登录")


def create_administrators(
    database: Database, token: str, wanted: Administrators, cause: Cause, clock: Clock
) -> dict[Role, str]:
    """Make the three accounts apart; gives the tokens of the other two's password links.

    Raises ``InputError`` naming the field, ``NotFoundError`` for a link that another used first.
    """
    now = clock.now()
    with database.reading(SIGN_IN) as session:
        check_set_up(session, token, now)
        terms = current_policy(session).terms
    _check_password(wanted, terms)
    hashed = hash_password(wanted.password)
    with database.writing(SIGN_IN, cause) as session:
        # Each node prints a link of its own, and of two used at once only one may find none.
        wait_for_lock(session, "set up")
        spend_link(session, LinkPurpose.SET_UP, token, now)
        check = current_policy(session)
        if _has_administrators(session):
            raise ConflictError("已经有管理员，不能再次初始设置；请登录")
        users = {role: _administrator(session, wanted, role, clock) for role in ORDER}
        set_password(session, users[wanted.own].id, hashed, now)
        if wanted.second_factor:
            asked = terms.model_copy(update={"second_factor_roles": ORDER})
            change_policy(session, asked, check.version)
        record(session, "set_up", "app_user", users[wanted.own].id, {"role": wanted.own.value})
        return {
            role: make_link(session, LinkPurpose.PASSWORD, user.id, now)
            for role, user in users.items()
            if role is not wanted.own
        }


def _administrator(session: Session, wanted: Administrators, role: Role, clock: Clock) -> User:
    account = NewUser(login=wanted.login(role), name=wanted.name(role))
    user = add_user(session, SIGN_IN, clock, account)
    today = clock.business_date()
    grant(session, SIGN_IN, clock, NewMembership(user_id=user.id, role=role, valid_from=today))
    return user


def _check_password(wanted: Administrators, terms: PolicyTerms) -> None:
    if wanted.password != wanted.repeated:
        raise InputError("repeated", "两次输入的密码不一致")
    words = {wanted.login(wanted.own), wanted.name(wanted.own), ROLES[wanted.own].name}
    if problem := refusal(wanted.password, words, terms):
        raise InputError("password", problem)


def _has_administrators(session: Session) -> bool:
    """Once there was one, the set-up is over for good."""
    held = select(Membership.id).where(Membership.role.in_(ADMINISTRATORS))
    return session.scalars(held.limit(1)).first() is not None
