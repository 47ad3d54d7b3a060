"""What the channels' pages and API have in common: the acts, each in a transaction of the caller."""

from uuid import UUID

from flask import Flask, current_app

from alerts import channel_queries
from alerts.channel_book import (
    NewChannel,
    add_channel,
    channel_of,
    exchange_secret,
    new_secret,
    switch_channel,
    try_out,
)
from alerts.channel_schemas import ChannelOut, ChannelsWanted, NewChannelIn, TrialOut
from alerts.models import Severity
from alerts.receivers import ReceiverRules
from alerts.retries import REASON_NAMES, Reason, classify
from kernel.access.actor import DELIVERY_JOB
from kernel.paging import Page
from kernel.web.session import current_actor, current_clock, web_parts, write_session

_EXTENSION = "monitor_receivers"


def install_receivers(app: Flask, rules: ReceiverRules) -> None:
    """Tell the application whom test messages may go to."""
    app.extensions[_EXTENSION] = rules


def listed(wanted: ChannelsWanted) -> Page[ChannelOut]:
    """All channels with counts of their messages.

    Read as the delivery job: who keeps channels sees no contract, and so, behind the row policies,
    none of the messages that are only counted here.
    """
    with web_parts().database.reading(DELIVERY_JOB) as session:
        return channel_queries.channels(session, wanted)


def one(key: UUID) -> ChannelOut:
    """One channel; raises ``NotFoundError``."""
    with web_parts().database.reading(DELIVERY_JOB) as session:
        return channel_queries.channel(session, key)


def add(given: NewChannelIn) -> tuple[UUID, str]:
    """Add a channel; gives its id and its signing secret."""
    secret = given.secret or new_secret()
    new = NewChannel(given.name, given.url, secret, Severity(given.min_severity.number))
    parts = web_parts()
    with write_session(reason="新增消息渠道") as session:
        channel = add_channel(
            session, current_actor(), parts.clock.now(), _rules(), parts.secrets, new
        )
        return channel.id, secret


def switch(key: UUID, *, enabled: bool) -> None:
    """Switch on or off; raises ``NotFoundError``."""
    with write_session(reason="启用消息渠道" if enabled else "停用消息渠道") as session:
        switch_channel(channel_of(session, key, for_update=True), current_actor(), enabled=enabled)


def exchange(key: UUID) -> str:
    """A new signing secret; raises ``NotFoundError``, ``ConflictError`` while two already sign."""
    parts = web_parts()
    with write_session(reason="更换渠道签名密钥") as session:
        channel = channel_of(session, key, for_update=True)
        return exchange_secret(channel, parts.clock.now(), parts.secrets)


def trial(key: UUID) -> TrialOut:
    """Post a test message; no transaction is held open meanwhile."""
    parts = web_parts()
    with parts.database.reading(current_actor()) as session:
        channel = channel_of(session, key)
        session.expunge(channel)
    outcome = try_out(channel, _rules(), parts.secrets, current_clock().now())
    reason = classify(outcome)
    return TrialOut(
        accepted=reason is Reason.ACCEPTED,
        reason=REASON_NAMES[reason],
        status=outcome.status,
        latency_ms=outcome.latency_ms,
        error=outcome.error,
    )


def _rules() -> ReceiverRules:
    rules: ReceiverRules = current_app.extensions[_EXTENSION]
    return rules
