"""Set-based reads of messages: where each stands, its attempts, and the alerts that it carries."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import Session, contains_eager

from alerts.delivery_models import Channel, Delivery, DeliveryAttempt, Message, MessageState
from alerts.models import Alert, AlertEvent
from alerts.schemas import AttemptOut, DeliveriesWanted, DeliveryDetail, DeliveryOut
from contracts.access import visible
from contracts.models import Contract
from contracts.queries import only_row
from kernel.access.actor import Actor
from kernel.paging import AnySelect, Page, fetch_page


def deliveries(session: Session, actor: Actor, wanted: DeliveriesWanted) -> Page[DeliveryOut]:
    """Messages with an alert that the actor sees, newest first; one statement."""
    statement = _messages(actor)
    if wanted.state:
        statement = statement.where(Message.state == wanted.state)
    if wanted.channel:
        statement = statement.where(Channel.name == wanted.channel)
    if wanted.alert:
        statement = statement.where(_carries(Alert.id == wanted.alert))
    return fetch_page(
        session,
        statement,
        [Message.id],
        wanted,
        lambda row: DeliveryOut.of(row[0], **_shown(row[0])),
        newest_first=True,
    )


def delivery(session: Session, actor: Actor, key: UUID) -> DeliveryDetail:
    """One message with its attempts, first to last; raises ``NotFoundError``."""
    statement = _messages(actor).where(Message.id == key)
    message: Message = only_row(session, statement, "条消息")[0]
    attempts = session.scalars(
        select(DeliveryAttempt)
        .where(DeliveryAttempt.message_id == key)
        .order_by(DeliveryAttempt.number)
    ).all()
    alert_ids = session.scalars(
        select(Alert.id)
        .join(AlertEvent, AlertEvent.alert_id == Alert.id)
        .join(Delivery, Delivery.event_id == AlertEvent.id)
        .join(Contract, Contract.id == Alert.contract_id)
        .where(Delivery.message_id == key, visible(actor))
        .distinct()
        .order_by(Alert.id)
    ).all()
    return DeliveryDetail.of(
        message,
        attempts=[AttemptOut.of(attempt) for attempt in attempts],
        alert_ids=list(alert_ids),
        **_shown(message),
    )


def _messages(actor: Actor) -> AnySelect:
    return (
        select(Message)
        .join(Message.channel)
        .options(contains_eager(Message.channel))
        .where(true() if actor.everything else _carries(visible(actor)))
    )


def _carries(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(Delivery.id)
        .join(AlertEvent, AlertEvent.id == Delivery.event_id)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .join(Contract, Contract.id == Alert.contract_id)
        .where(Delivery.message_id == Message.id, condition)
        .correlate(Message)
    )


def _shown(message: Message) -> dict[str, object]:
    pending = message.state is MessageState.PENDING
    return {
        "channel": message.channel.name,
        "next_attempt_at": message.next_attempt_at if pending else None,
    }
