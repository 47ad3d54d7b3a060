"""Set-based reads of messages: where each stands, its attempts, and the alerts that it carries."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Session, contains_eager

from alerts.delivery_models import Channel, Delivery, DeliveryAttempt, Message, MessageState
from alerts.models import Alert, AlertEvent
from alerts.schemas import AttemptOut, DeliveriesWanted, DeliveryDetail, DeliveryOut
from contracts.access import visible
from contracts.models import Contract
from contracts.queries import only_row
from kernel.access.actor import Actor
from kernel.access.permissions import Permission
from kernel.paging import AnyRow, AnySelect, Page, fetch_page


def deliveries(session: Session, actor: Actor, wanted: DeliveriesWanted) -> Page[DeliveryOut]:
    """Messages with an alert that the actor sees, newest first; one statement.

    Of a message that tells of others' alerts too, only what the actor sees of it is counted.
    """
    statement = _messages(actor)
    if wanted.state:
        statement = statement.where(Message.state == wanted.state)
    if wanted.channel:
        statement = statement.where(Channel.name == wanted.channel)
    if wanted.alert:
        statement = statement.where(_carries(and_(Alert.id == wanted.alert, _seen(actor))))
    return fetch_page(
        session,
        statement,
        [Message.id],
        wanted,
        lambda row: DeliveryOut.of(row[0], **_shown(row)),
        newest_first=True,
    )


def delivery(session: Session, actor: Actor, key: UUID) -> DeliveryDetail:
    """One message with its attempts, first to last; raises ``NotFoundError``."""
    statement = _messages(actor).where(Message.id == key)
    row = only_row(session, statement, "条消息")
    message: Message = row[0]
    is_whole = row.told == message.alert_count
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
        .where(Delivery.message_id == key, _seen(actor))
        .distinct()
        .order_by(Alert.id)
    ).all()
    return DeliveryDetail.of(
        message,
        attempts=[
            # A receiver may quote what it was sent, so its answer goes with the whole message.
            AttemptOut.of(attempt, answer=attempt.answer if is_whole else None)
            for attempt in attempts
        ],
        alert_ids=list(alert_ids),
        **_shown(row),
    )


def _messages(actor: Actor) -> AnySelect:
    told = Message.alert_count if sees_all(actor) else _told(actor)
    return (
        select(Message, told.label("told"))
        .join(Message.channel)
        .options(contains_eager(Message.channel))
        .where(carries_seen(actor))
    )


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees every message, those whose alerts are gone among them."""
    return actor.scope(Permission.MESSAGES_READ).everything


def carries_seen(actor: Actor) -> ColumnElement[bool]:
    """A predicate on ``Message``: it tells of an alert that the actor sees."""
    return true() if sees_all(actor) else _carries(_seen(actor))


def _seen(actor: Actor) -> ColumnElement[bool]:
    return visible(actor, Permission.MESSAGES_READ)


def _told(actor: Actor) -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Delivery)
        .join(AlertEvent, AlertEvent.id == Delivery.event_id)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .join(Contract, Contract.id == Alert.contract_id)
        .where(Delivery.message_id == Message.id, _seen(actor))
        .correlate(Message)
        .scalar_subquery()
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


def _shown(row: AnyRow) -> dict[str, object]:
    message: Message = row[0]
    pending = message.state is MessageState.PENDING
    return {
        "channel": message.channel.name,
        "alert_count": row.told,
        "next_attempt_at": message.next_attempt_at if pending else None,
    }
