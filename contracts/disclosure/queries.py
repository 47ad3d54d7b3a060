"""When a content was first published: the day that the law's term is measured against."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.access import of_visible
from contracts.disclosure.models import DisclosedContent, Disclosure
from kernel.access.actor import Actor
from kernel.access.permissions import Permission


def first_published(
    session: Session,
    actor: Actor,
    content: DisclosedContent,
    contract_ids: Collection[UUID],
    as_of: date,
) -> Mapping[UUID, date]:
    """The first publication of a content up to ``as_of``, by contract; one statement."""
    statement = (
        select(Disclosure.contract_id, func.min(Disclosure.published_on))
        .where(
            Disclosure.contract_id.in_(contract_ids),
            of_visible(Disclosure.contract_id, actor, Permission.SERVICE_READ),
            Disclosure.content_kind == content,
            Disclosure.published_on <= as_of,
        )
        .group_by(Disclosure.contract_id)
    )
    return dict(session.execute(statement).tuples().all())
