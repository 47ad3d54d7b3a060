"""What only pages ask about deliveries: messages to page through, one message, the channels."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from alerts.delivery_models import Channel, Delivery, DeliveryAttempt, Message, MessageState
from alerts.models import Alert, AlertEvent
from contracts.access import visible
from contracts.models import Contract
from kernel.access.actor import Actor
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
class MessageLine:
    """A message and what its last attempt came to (None: not tried yet)."""

    message: Message
    last_attempt: DeliveryAttempt | None

    @property
    def about(self) -> str:
        """The first sentence of its frozen body; empty when the body has another shape."""
        try:
            return str(json.loads(self.message.body)["data"]["alerts"][0]["text"])
        except (ValueError, LookupError, TypeError):
            return ""


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page, newest first; how many messages there are in each state whatever the filter."""

    lines: list[MessageLine]
    counts: dict[MessageState, int]
    next_key: str | None


@dataclass(frozen=True, slots=True)
class MessageSheet:
    """One message with its attempts, latest first, and the alert changes it carries."""

    message: Message
    attempts: Sequence[DeliveryAttempt]
    told: Sequence[tuple[AlertEvent, Alert]]


def message_page(session: Session, wanted: Wanted) -> MessagePage:
    """One page; raises ``InputError`` when ``wanted.after`` is no key that a page gave.

    Messages are the service's own records, so they are not scoped by contract.
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
    )
    if wanted.state:
        statement = statement.where(Message.state == wanted.state)
    if wanted.channel_id:
        statement = statement.where(Message.channel_id == wanted.channel_id)
    query = ListQuery(limit=PAGE, cursor=wanted.after or None)
    page = fetch_page(session, statement, [Message.id], query, _line, newest_first=True)
    counted = select(Message.state, func.count().label("messages")).group_by(Message.state)
    counts = {row.state: row.messages for row in session.execute(counted)}
    return MessagePage(page.items, counts, page.next)


def message_sheet(session: Session, actor: Actor, message_id: UUID) -> MessageSheet:
    """One message; ``NotFoundError`` when there is none. Alerts out of the actor's sight stay out."""
    message = session.get(Message, message_id, options=[joinedload(Message.channel)])
    if message is None:
        raise NotFoundError("没有这条消息")
    attempts = select(DeliveryAttempt).where(DeliveryAttempt.message_id == message_id)
    told = (
        select(AlertEvent, Alert)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .join(Delivery, Delivery.event_id == AlertEvent.id)
        .join(Alert.contract)
        .where(Delivery.message_id == message_id, visible(actor))
        .options(
            joinedload(Alert.contract, Contract.programme),
            joinedload(Alert.contract, Contract.vendor),
            joinedload(Alert.contract, Contract.purchaser),
            joinedload(Alert.organisation),
        )
        .order_by(AlertEvent.severity.desc(), AlertEvent.id)
    )
    return MessageSheet(
        message,
        session.scalars(attempts.order_by(DeliveryAttempt.number.desc())).all(),
        [(event, alert) for event, alert in session.execute(told)],
    )


def channels(session: Session) -> Sequence[Channel]:
    """All channels, by name."""
    return session.scalars(select(Channel).order_by(Channel.name)).all()


def waiting_deliveries(session: Session) -> int:
    """How many changes of alerts have not yet joined a message."""
    statement = select(func.count()).select_from(Delivery).where(Delivery.message_id.is_(None))
    return session.scalar(statement) or 0


def _line(row: AnyRow) -> MessageLine:
    return MessageLine(row[0], row[1])
