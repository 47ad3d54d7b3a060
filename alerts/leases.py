"""Leases: a worker takes due messages by one conditional UPDATE and gives back what it left.

A lease that runs out (its worker died) is simply taken again; nothing else is needed after a crash.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select, union_all, update
from sqlalchemy.orm import Session

from alerts.channels import Target
from alerts.delivery_models import (
    Channel,
    DeliveryAttempt,
    Message,
    MessageState,
    signing_secrets,
)
from kernel.sql import inline


@dataclass(frozen=True, slots=True)
class Leased:
    """A message this worker may send until ``leased_until``.

    ``tries`` counts on the retry schedule, ``attempts`` all attempts ever made of it.
    """

    id: UUID
    channel_id: UUID
    target: Target
    body: str
    tries: int
    attempts: int
    leased_until: datetime


def channels_due(
    session: Session, now: datetime, resting: Collection[UUID] = (), limit: int = 25
) -> Sequence[UUID]:
    """Enabled channels with messages to send now, those that wait longest first."""
    oldest = (
        select(Message.next_attempt_at)
        .where(Message.channel_id == Channel.id, _free(now))
        .order_by(Message.next_attempt_at)
        .limit(1)
        .scalar_subquery()
    )
    return session.scalars(
        select(Channel.id)
        .where(Channel.enabled, Channel.id.not_in(resting), oldest.is_not(None))
        .order_by(oldest)
        .limit(limit)
    ).all()


def lease(
    session: Session,
    worker: str,
    now: datetime,
    channels: Sequence[UUID],
    limit: int,
    seconds: float,
) -> list[Leased]:
    """Take due messages of ``channels``, the oldest first, about ``limit`` together.

    The channels share the limit evenly, at least one message each, so that one with a long queue
    does not starve the others.
    """
    if not channels:
        return []
    share = max(1, limit // len(channels))
    queues = [_queue(channel, now, share) for channel in channels]
    taken = union_all(*(select(queue.c.id) for queue in queues)).cte("taken")
    until = now + timedelta(seconds=seconds)
    keys = session.scalars(
        update(Message)
        .where(Message.id.in_(select(taken.c.id)))
        .values(leased_until=until, leased_by=worker)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    return _load(session, keys, now, until)


def _queue(channel: UUID, now: datetime, share: int) -> Subquery:
    """The channel's oldest due messages; what another worker is taking now is passed over."""
    return (
        select(Message.id)
        .where(Message.channel_id == channel, _free(now))
        .order_by(Message.next_attempt_at)
        .limit(share)
        .with_for_update(skip_locked=True)
        .subquery()
    )


def ours(session: Session, worker: str, keys: Sequence[UUID]) -> set[UUID]:
    """Which of these messages ``worker`` still holds; they stay locked in this transaction."""
    return set(
        session.scalars(
            select(Message.id)
            .where(
                Message.id.in_(keys),
                Message.leased_by == worker,
                Message.state == MessageState.PENDING,
            )
            .with_for_update()
        )
    )


def give_back(session: Session, worker: str, keys: Sequence[UUID]) -> None:
    """Let others send what this worker leased and did not get to; it counts as no try."""
    session.execute(
        update(Message)
        .where(Message.id.in_(keys), Message.leased_by == worker)
        .values(leased_until=None, leased_by="")
        .execution_options(synchronize_session=False)
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(
        Message.state == inline(Message.state, MessageState.PENDING),
        Message.next_attempt_at <= now,
        or_(Message.leased_until.is_(None), Message.leased_until < now),
    )


def _load(session: Session, keys: Sequence[UUID], now: datetime, until: datetime) -> list[Leased]:
    attempts = (
        select(func.coalesce(func.max(DeliveryAttempt.number), 0))
        .where(DeliveryAttempt.message_id == Message.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Message.id,
            Message.channel_id,
            Message.body,
            Message.tries,
            attempts,
            Channel.kind,
            Channel.url,
            Channel.secret,
            Channel.former_secret,
            Channel.former_until,
        )
        .join(Channel, Channel.id == Message.channel_id)
        .where(Message.id.in_(keys))
        .order_by(Message.channel_id, Message.id)
    )
    return [
        Leased(
            key,
            channel,
            Target(kind, url, signing_secrets(secret, former, former_until, now)),
            body,
            tries,
            made,
            until,
        )
        for key, channel, body, tries, made, kind, url, secret, former, former_until in rows
    ]
