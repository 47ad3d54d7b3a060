"""From what the provider says to an account: found, made at the first sign-in, its roles followed.

A person is known by issuer and subject, never by a name: whoever gets a login at the provider that
somebody has here does not get that account.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.models import Organisation
from kernel.access.actor import SIGN_IN
from kernel.access.roles import ADMINISTRATORS, Role
from kernel.clock import Clock
from kernel.errors import ConflictError
from kernel.group_roles import GroupRole
from kernel.keys import new_key
from kernel.sql import wait_for_lock
from people.actors import actor_of
from people.administrators import keeping_administrators
from people.models import Membership, User
from people.schemas import RESERVED_LOGINS
from people.single_sign_on.models import SsoIdentity, SsoMembership
from people.single_sign_on.refusals import Fault, SignOnRefused

Held = tuple[Role, UUID | None]
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}", re.ASCII)
_MOST_GROUPS = 1_000


@dataclass(frozen=True, slots=True)
class Subject:
    """Who signed in at the provider, and in which of its groups."""

    issuer: str
    subject: str
    login: str
    name: str
    groups: frozenset[str]


def subject_of(claims: Mapping[str, Any], groups_claim: str) -> Subject:
    """Read the checked claims of an ID token; raises ``SignOnRefused`` for an unusable subject.

    ``groups_claim`` may be a path such as ``realm_access.roles``. A claim that is no list of words
    means no group.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise SignOnRefused(Fault.BAD_ANSWER, "ID token: unusable subject")
    login = _words(claims.get("preferred_username")).lower()
    name = _words(claims.get("name")) or login or subject
    return Subject(str(claims["iss"]), subject, login, name[:60], _groups(claims, groups_claim))


def admit(
    session: Session, clock: Clock, subject: Subject, mapping: Sequence[GroupRole]
) -> UUID | None:
    """Bring the subject's account and its roles to what the groups say; None where none is left.

    Only memberships that came this way are ended, and one that a person granted, whatever its
    period, is left as it is. Raises ``SignOnRefused`` for a closed account, or when the last
    administrator would go.
    """
    wait_for_lock(session, f"sso {subject.issuer} {subject.subject}")
    wanted = _wanted(session, subject, mapping)
    user_id = session.scalar(
        select(SsoIdentity.user_id).where(
            SsoIdentity.issuer == subject.issuer, SsoIdentity.subject == subject.subject
        )
    )
    if user_id is None:
        if not _apart(wanted, set()):
            return None
        user_id = _first_time(session, clock, subject)
    _follow(session, clock, user_id, wanted)
    actor = actor_of(session, user_id, clock.business_date())
    if actor is None:
        raise SignOnRefused(Fault.ACCOUNT_CLOSED, "the account is closed")
    return user_id if actor.grants else None


def _follow(session: Session, clock: Clock, user_id: UUID, wanted: set[Held]) -> None:
    today = clock.business_date()
    found: Sequence[Any] = session.execute(
        select(Membership, SsoMembership.membership_id)
        .outerjoin(SsoMembership, SsoMembership.membership_id == Membership.id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
    ).all()
    by_hand = {_held(m): m for m, given in found if given is None}
    by_sso = {_held(m): m for m, given in found if given is not None}
    running = {role for (role, _), m in by_hand.items() if not m.valid_to or m.valid_to >= today}
    kept = _apart(wanted, running) - set(by_hand)
    gone = [membership for held, membership in by_sso.items() if held not in kept]
    if not gone and kept <= set(by_sso):
        return
    try:
        with keeping_administrators(session, today):
            _end(session, clock, gone)
            _add(session, clock, user_id, kept - set(by_sso))
    except ConflictError:
        raise SignOnRefused(Fault.LAST_ADMINISTRATOR, "the last administrator") from None


def _apart(wanted: set[Held], by_hand: set[Role]) -> set[Held]:
    """Without the roles that would mix an administrator's with another (三员分立).

    What a person granted stands; of what the groups give the administrator's role gives way.
    """
    if by_hand & ADMINISTRATORS:
        return set()
    administrators = {held for held in wanted if held[0] in ADMINISTRATORS}
    mixes = len(administrators) > 1 or by_hand or wanted != administrators
    return wanted - administrators if mixes else wanted


def _wanted(session: Session, subject: Subject, mapping: Sequence[GroupRole]) -> set[Held]:
    """The roles of the groups; one for an organisation that is not in the ledger is left out."""
    lines = [line for line in mapping if line.group in subject.groups]
    codes = [line.organisation_code for line in lines if line.organisation_code is not None]
    rows = session.execute(
        select(Organisation.code, Organisation.id).where(Organisation.code.in_(codes))
    )
    known: dict[str | None, UUID | None] = {None: None}
    known.update((code, key) for code, key in rows)
    return {
        (line.role, known[line.organisation_code])
        for line in lines
        if line.organisation_code in known
    }


def _first_time(session: Session, clock: Clock, subject: Subject) -> UUID:
    recorded = {"recorded_at": clock.now(), "recorded_by": SIGN_IN.name}
    user = User(id=new_key(), login=_free_login(session, subject), name=subject.name, **recorded)
    session.add(user)
    session.flush()
    session.add(
        SsoIdentity(issuer=subject.issuer, subject=subject.subject, user_id=user.id, **recorded)
    )
    session.flush()
    return user.id


def _free_login(session: Session, subject: Subject) -> str:
    """The provider's login where nobody here has it, else one made of issuer and subject."""
    if _LOGIN.fullmatch(subject.login) and subject.login not in RESERVED_LOGINS:
        taken = session.scalar(select(User.id).where(User.login == subject.login))
        if taken is None:
            return subject.login
    return "sso-" + sha256(f"{subject.issuer}\0{subject.subject}".encode()).hexdigest()[:16]


def _end(session: Session, clock: Clock, gone: Sequence[Membership]) -> None:
    for membership in gone:
        membership.ended_at = clock.now()
        membership.version += 1
        membership.recorded_at, membership.recorded_by = clock.now(), SIGN_IN.name
    session.flush()


def _add(session: Session, clock: Clock, user_id: UUID, given: set[Held]) -> None:
    for role, organisation_id in sorted(given, key=str):
        membership = Membership(
            id=new_key(),
            user_id=user_id,
            organisation_id=organisation_id,
            role=role,
            valid_from=clock.business_date(),
            recorded_at=clock.now(),
            recorded_by=SIGN_IN.name,
        )
        session.add(membership)
        session.flush()
        session.add(SsoMembership(membership_id=membership.id))
    session.flush()


def _held(membership: Membership) -> Held:
    return membership.role, membership.organisation_id


def _groups(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if not isinstance(found, list):
        return frozenset()
    return frozenset(group for group in found[:_MOST_GROUPS] if isinstance(group, str))


def _words(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    return text if text.isprintable() else ""
