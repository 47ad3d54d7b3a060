"""Channels with how many messages stand where, for who keeps them: counts, and nothing of alerts."""

from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from alerts.channel_schemas import ChannelOut, ChannelsWanted
from alerts.delivery_models import Channel, Message, MessageState
from alerts.schemas import severity_word
from contracts.queries import only_row
from kernel.paging import AnyRow, AnySelect, Page, fetch_page


def channels(session: Session, wanted: ChannelsWanted) -> Page[ChannelOut]:
    """All channels, the oldest first; one statement."""
    return fetch_page(session, _counted(), [Channel.id], wanted, _shown)


def channel(session: Session, key: UUID) -> ChannelOut:
    """One channel; raises ``NotFoundError``."""
    return _shown(only_row(session, _counted().where(Channel.id == key), "个渠道"))


def _counted() -> AnySelect:
    return select(
        Channel,
        *(
            _in_state(state).label(name)
            for name, state in (
                ("waiting", MessageState.PENDING),
                ("delivered", MessageState.DELIVERED),
                ("parked", MessageState.PARKED),
            )
        ),
    )


def _in_state(state: MessageState) -> ScalarSelect[Any]:
    return (
        select(func.count())
        .select_from(Message)
        .where(Message.channel_id == Channel.id, Message.state == state)
        .scalar_subquery()
    )


def _shown(row: AnyRow) -> ChannelOut:
    return ChannelOut.of(
        row[0],
        min_severity=severity_word(row[0].min_severity),
        waiting=row.waiting,
        delivered=row.delivered,
        parked=row.parked,
    )
