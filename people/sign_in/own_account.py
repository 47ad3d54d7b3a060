"""What users do with their own accounts: a new password, the second factor, signing out elsewhere."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kernel.access.actor import SIGN_IN, Actor
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.sealed_secrets import SealedSecrets
from kernel.trail.record import record
from people.actors import is_open
from people.models import User
from people.sign_in import second_factor
from people.sign_in.desk import Desk, author
from people.sign_in.models import LinkPurpose
from people.sign_in.one_time_links import make_link, open_link, spend_link
from people.sign_in.passwords import (
    check_new_password,
    current_password,
    hash_password,
    matches,
    set_password,
    take_password_away,
)
from people.sign_in.security_policy import current_policy
from people.sign_in.sessions import SignedIn, revoke_all, rotate


@dataclass(frozen=True, slots=True)
class NewPassword:
    """What a form about a new password hands in; ``present`` is empty where it is not asked for."""

    password: str
    repeated: str
    present: str = ""


def change_password(desk: Desk, found: SignedIn, wanted: NewPassword) -> str:
    """Exchange one's own password; other sessions end, this one gets a new token, which is given.

    Raises ``InputError`` naming the field, and ``TooManyTries`` for guesses at the present one.
    """
    with desk.database.reading(found.actor) as session:
        password = current_password(session, found.user_id)
    if password is None:
        raise ConflictError("这个账号没有密码：请用单位的统一登录")
    gate = desk.gate(found, "own password")
    if not gate.tried(desk.now, lambda: matches(password.password_hash, wanted.present)):
        raise InputError("present", "现在的密码不正确")
    with desk.database.reading(found.actor) as session:
        user = session.get_one(User, found.user_id)
        check_new_password(session, user, wanted.password, wanted.repeated, found.terms)
    fresh = hash_password(wanted.password)
    with desk.database.writing(author(found), desk.cause) as session:
        set_password(session, found.user_id, fresh, desk.now)
        ended = revoke_all(session, found.user_id, desk.now, but=found.session_id)
        token = rotate(session, found.session_id, desk.now)
        record(session, "password_changed", "app_user", found.user_id, {"sessions_ended": ended})
    return token


def set_password_by_link(desk: Desk, token: str, wanted: NewPassword) -> str:
    """Set the password of a one-time link's user, who is signed out everywhere; gives the login.

    Raises ``InputError`` naming the field, and ``NotFoundError`` for a link that was used, by
    another a moment ago too, or whose account is closed.
    """
    with desk.database.reading(SIGN_IN) as session:
        user = link_user(session, token, desk.now, desk.today)
        terms = current_policy(session).terms
        check_new_password(session, user, wanted.password, wanted.repeated, terms)
    fresh = hash_password(wanted.password)
    with desk.database.writing(Actor(user.login, user_id=user.id), desk.cause) as session:
        spend_link(session, LinkPurpose.PASSWORD, token, desk.now)
        set_password(session, user.id, fresh, desk.now)
        ended = revoke_all(session, user.id, desk.now)
        facts = {"sessions_ended": ended}
        record(session, "password_set_by_link", "app_user", user.id, facts)
    return user.login


def link_user(session: Session, token: str, now: datetime, today: date) -> User:
    """Whose password a link sets; raises ``NotFoundError`` for one that is no good any more."""
    link = open_link(session, LinkPurpose.PASSWORD, token, now)
    user = session.get(User, link.user_id)
    if user is None or not is_open(user, today):
        raise NotFoundError("这个账号已经停用或到期；请联系系统管理员")
    return user


def reset_password(
    session: Session, user_id: UUID, now: datetime, *, with_second_factor: bool = False
) -> str:
    """Shut a user out until a one-time link, whose token is given, has set a new password.

    Sessions end at once. ``with_second_factor`` takes the device away too (it was lost).
    """
    take_password_away(session, user_id, now)
    ended = revoke_all(session, user_id, now)
    taken = with_second_factor and second_factor.take_away(session, user_id, now)
    token = make_link(session, LinkPurpose.PASSWORD, user_id, now)
    facts = {"sessions_ended": ended, "second_factor_taken_away": taken}
    record(session, "password_reset", "app_user", user_id, facts)
    return token


def enrol(
    session: Session, sealed: SealedSecrets, found: SignedIn, code: str, now: datetime
) -> tuple[str, list[str]]:
    """Put one's device into force; the session's new token, and the recovery codes to show once."""
    codes = second_factor.confirm_enrolment(session, sealed, found.user_id, code, now)
    revoke_all(session, found.user_id, now, but=found.session_id)
    token = rotate(session, found.session_id, now)
    record(session, "second_factor_enrolled", "app_user", found.user_id, {})
    return token, codes


def give_up_second_factor(desk: Desk, found: SignedIn, code: str) -> None:
    """Take one's own device away; asks for a code of it, or a recovery code.

    Raises ``ConflictError`` when a role requires it, ``InputError`` naming ``code``.
    """
    if found.needs_second_factor:
        raise ConflictError("您的角色必须使用动态口令，不能停用；更换设备请联系系统管理员重置")

    def check() -> bool:
        with desk.database.writing(author(found), desk.cause) as session:
            used = second_factor.use_code(session, desk.sealed, found.user_id, code, desk.now)
        return used is not None

    if not desk.gate(found, "second factor").tried(desk.now, check):
        raise InputError("code", "口令不正确或已经用过")
    with desk.database.writing(author(found), desk.cause) as session:
        second_factor.take_away(session, found.user_id, desk.now)
        record(session, "second_factor_given_up", "app_user", found.user_id, {})
