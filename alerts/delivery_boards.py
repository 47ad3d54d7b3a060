"""What only pages ask about deliveries: messages to page through, one message, the channels."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session, joinedload

from alerts.delivery import may_resend
from alerts.delivery_models import Channel, Delivery, DeliveryAttempt, Message, MessageState
from alerts.delivery_queries import carries_seen, sees_all
from alerts.models import Alert, AlertEvent
from contracts.access import also, visible
from contracts.models import Contract
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.errors import NotFoundError
from kernel.paging import AnyRow, AnySelect, ListQuery, fetch_page

PAGE = 25


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks of the list; None asks for all."""

    state: MessageState | None = None
    channel_id: UUID | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Of what a message tells, as far as its reader sees it: the worst change, and how many."""

    event: AlertEvent
    alert: Alert
    count: int


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message, what its last attempt came to (None: not tried yet), and of what it tells."""

    message: Message
    last_attempt: DeliveryAttempt | None
    told: Told | None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page, newest first; how many messages there are in each state whatever the filter."""

    lines: list[MessageLine]
    counts: dict[MessageState, int]
    next_key: str | None


@dataclass(frozen=True, slots=True)
class MessageSheet:
    """One message with its attempts, latest first, and the alert changes that its reader sees.

    ``is_whole``: these are all that it carries. ``may_resend``: its reader may send it again.
    """

    message: Message
    attempts: Sequence[DeliveryAttempt]
    told: Sequence[tuple[AlertEvent, Alert]]
    is_whole: bool
    may_resend: bool


def message_page(session: Session, actor: Actor, wanted: Wanted) -> MessagePage:
    """One page of the messages that tell of an alert the actor sees.

    Raises ``InputError`` when ``wanted.after`` is no key that a page gave.
    """
    last_number = (
        select(func.max(DeliveryAttempt.number))
        .where(DeliveryAttempt.message_id == Message.id)
        .correlate(Message)
        .scalar_subquery()
    )
    last = and_(DeliveryAttempt.message_id == Message.id, DeliveryAttempt.number == last_number)
    statement: AnySelect = (
        select(Message, DeliveryAttempt)
        .outerjoin(DeliveryAttempt, last)
        .options(joinedload(Message.channel))
        .where(carries_seen(actor))
    )
    if wanted.state:
        statement = statement.where(Message.state == wanted.state)
    if wanted.channel_id:
        statement = statement.where(Message.channel_id == wanted.channel_id)
    query = ListQuery(limit=PAGE, cursor=wanted.after or None)
    page = fetch_page(session, statement, [Message.id], query, _pair, newest_first=True)
    told = _worst_told(session, actor, [message.id for message, _ in page.items])
    counted = (
        select(Message.state, func.count().label("messages"))
        .where(carries_seen(actor))
        .group_by(Message.state)
    )
    counts = {row.state: row.messages for row in session.execute(counted)}
    lines = [MessageLine(message, last, told.get(message.id)) for message, last in page.items]
    return MessagePage(lines, counts, page.next)


def message_sheet(session: Session, actor: Actor, message_id: UUID) -> MessageSheet:
    """One message; ``NotFoundError`` when it tells of nothing that the actor sees."""
    found = (
        select(Message)
        .where(Message.id == message_id, carries_seen(actor))
        .options(joinedload(Message.channel))
    )
    message = session.scalars(found).one_or_none()
    if message is None:
        raise NotFoundError("没有这条消息，或不在您的查看范围内")
    attempts = select(DeliveryAttempt).where(DeliveryAttempt.message_id == message_id)
    statement = (
        select(AlertEvent, Alert)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .join(Delivery, Delivery.event_id == AlertEvent.id)
        .join(Alert.contract)
        .where(Delivery.message_id == message_id, _told(actor))
        .options(*_named())
        .order_by(AlertEvent.severity.desc(), AlertEvent.id)
    )
    told = [(event, alert) for event, alert in session.execute(statement)]
    return MessageSheet(
        message,
        session.scalars(attempts.order_by(DeliveryAttempt.number.desc())).all(),
        told,
        is_whole=sees_all(actor) or len(told) == message.alert_count,
        may_resend=may_resend(session, actor, message_id),
    )


def channels(session: Session, actor: Actor) -> Sequence[Channel]:
    """Channels by name: all for who may see them, else those of messages that the actor sees."""
    used = Channel.id.in_(select(Message.channel_id).where(carries_seen(actor)))
    is_theirs = true() if actor.may(Permission.CHANNELS_READ) else used
    return session.scalars(select(Channel).where(is_theirs).order_by(Channel.name)).all()


def waiting_deliveries(session: Session, actor: Actor) -> int:
    """How many changes of alerts that the actor sees have not yet joined a message."""
    statement = (
        select(func.count())
        .select_from(Delivery)
        .join(AlertEvent, AlertEvent.id == Delivery.event_id)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .join(Contract, Contract.id == Alert.contract_id)
        .where(Delivery.message_id.is_(None), visible(actor, Permission.MESSAGES_READ))
    )
    return session.scalar(statement) or 0


def _told(actor: Actor) -> ColumnElement[bool]:
    """Over ``Contract``: what a message says of it, the actor may read."""
    return and_(
        visible(actor, Permission.MESSAGES_READ),
        also(actor, Permission.ALERTS_READ, Permission.MESSAGES_READ),
    )


def _worst_told(session: Session, actor: Actor, keys: Collection[UUID]) -> dict[UUID, Told]:
    key = Delivery.message_id
    worst_first = (AlertEvent.severity.desc(), AlertEvent.id)
    ranked = (
        select(
            key,
            AlertEvent.id.label("event_id"),
            func.count().over(partition_by=key).label("told"),
            func.row_number().over(partition_by=key, order_by=worst_first).label("place"),
        )
        .join(AlertEvent, AlertEvent.id == Delivery.event_id)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .join(Contract, Contract.id == Alert.contract_id)
        .where(Delivery.message_id.in_(keys), _told(actor))
        .subquery()
    )
    statement = (
        select(ranked.c.message_id, AlertEvent, Alert, ranked.c.told)
        .join(ranked, ranked.c.event_id == AlertEvent.id)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(ranked.c.place == 1)
        .options(*_named())
    )
    return {row[0]: Told(row[1], row[2], row[3]) for row in session.execute(statement)}


def _named() -> Sequence[Any]:
    """What an alert's sentence names."""
    return (joinedload(Alert.contract), joinedload(Alert.organisation))


def _pair(row: AnyRow) -> tuple[Message, DeliveryAttempt | None]:
    return row[0], row[1]
