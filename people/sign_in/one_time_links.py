"""Links that work once: for the first administrators, and for a new password instead of one told."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kernel.errors import NotFoundError
from people.events import AccountDisabled
from people.sign_in.bearer_secrets import fingerprint, new_bearer_secret
from people.sign_in.models import LinkPurpose, OneTimeLink

LASTS = timedelta(hours=24)
_GONE = "这个链接已经用过、已经过期，或不完整；请向系统管理员索取新的链接"


def make_link(session: Session, purpose: LinkPurpose, user_id: UUID | None, now: datetime) -> str:
    """A new link's token; those made before for the same user are dead."""
    if user_id is not None:  # two nodes that start together each print a link for the set-up
        _spend_all(session, user_id, now)
    token = new_bearer_secret()
    session.add(
        OneTimeLink(
            token_hash=fingerprint(token),
            purpose=purpose,
            user_id=user_id,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    session.flush()
    return token


def end_links_of_disabled(session: Session, event: AccountDisabled) -> None:
    """Let no link of before set a password when a disabled account is opened again."""
    _spend_all(session, event.user_id, event.at)


def open_link(session: Session, purpose: LinkPurpose, token: str, now: datetime) -> OneTimeLink:
    """The link, still unspent; raises ``NotFoundError`` when there is none such."""
    link = session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == fingerprint(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.spent_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    )
    if link is None:
        raise NotFoundError(_GONE)
    return link


def spend_link(session: Session, purpose: LinkPurpose, token: str, now: datetime) -> UUID | None:
    """Use the link up and give its user: of two that use it at once one gets ``NotFoundError``."""
    spent = session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_hash == fingerprint(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.spent_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(spent_at=now)
        .returning(OneTimeLink.user_id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if spent is None:
        raise NotFoundError(_GONE)
    return spent[0]


def _spend_all(session: Session, user_id: UUID, now: datetime) -> None:
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.user_id == user_id, OneTimeLink.spent_at.is_(None))
        .values(spent_at=now)
    )
