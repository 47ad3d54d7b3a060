"""People for tests: users with roles, who have a session when a test needs one."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.models import Organisation
from kernel.access.roles import ADMINISTRATORS, Role
from people.models import Membership, User
from people.sign_in.models import SessionState
from people.sign_in.security_policy import PolicyTerms
from people.sign_in.sessions import Visitor, open_session
from tests.ledger import WHO

FIRST_DAY = date(1990, 1, 1)
OVERSEER = "overseer"
"""Sees all facts: oversight, auditor, finance, the three steps and the administrators at once."""


def person(session: Session, login: str, *held: tuple[Role, UUID | None]) -> User:
    """A user with roles, each for an organisation (None: an administrator of the service)."""
    user = User(login=login, name=login, **WHO)
    session.add(user)
    session.flush()
    for role, organisation_id in held:
        hold(session, user.id, role, organisation_id)
    return user


def hold(session: Session, user_id: UUID, role: Role, organisation_id: UUID | None) -> Membership:
    """Give a user one more role, from long ago on."""
    membership = Membership(
        user_id=user_id, organisation_id=organisation_id, role=role, valid_from=FIRST_DAY, **WHO
    )
    session.add(membership)
    session.flush()
    return membership


def session_token(session: Session, user_id: UUID, now: datetime) -> str:
    """The token of a fresh, complete session of the user."""
    visitor = Visitor("127.0.0.1", "tests")
    complete = SessionState.COMPLETE
    return open_session(session, user_id, complete, visitor, now, PolicyTerms())


def overseer(session: Session) -> UUID:
    """The one who sees everything, with a role for each root of the tree as it is now.

    Where there is no organisation yet, one is made: an empty ledger too is seen by a member of one.
    """
    user = session.scalar(select(User).where(User.login == OVERSEER))
    if user is None:
        administers = [(role, None) for role in sorted(ADMINISTRATORS)]
        user = person(session, OVERSEER, *administers)
    roots = set(session.scalars(select(Organisation.id).where(Organisation.parent_id.is_(None))))
    if not roots:
        roots = {_lonely(session)}
    known = select(Membership.organisation_id).where(Membership.user_id == user.id).distinct()
    for root in sorted(roots - set(session.scalars(known))):
        for role in sorted(set(Role) - ADMINISTRATORS):
            hold(session, user.id, role, root)
    return user.id


def _lonely(session: Session) -> UUID:
    organisation = Organisation(
        code="T-0",
        name="测试人民政府",
        kind="government",
        **{**WHO, "recorded_at": datetime(2020, 1, 1, tzinfo=UTC)},
    )
    session.add(organisation)
    session.flush()
    return organisation.id
