"""What the delivery tests stand on: a worker at an instant, alerts that wait for it."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.delivery import Courier
from alerts.delivery_models import Delivery, Message, MessageState
from alerts.leases import Leased, channels_due, lease
from alerts.receivers import ReceiverRules
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.keys import new_key
from tests import alert_ledger
from tests.clocks import StoppedClock
from tests.receiver import TestReceiver

LOOPBACK = ReceiverRules(networks=("127.0.0.0/8",), timeout_seconds=0.5)
START = datetime.now(UTC).replace(microsecond=0)
"""When the messages of a test wait from."""


def clock(after: timedelta = timedelta(0)) -> StoppedClock:
    return StoppedClock(START + after, date(2023, 7, 20))


def since_start() -> timedelta:
    """Up to now, since the library's verifier refuses timestamps five minutes off."""
    return datetime.now(UTC) - START


def courier(
    database: Database, after: timedelta = timedelta(0), rules: ReceiverRules = LOOPBACK
) -> Courier:
    return Courier(
        database,
        clock(after),
        rules,
        alert_ledger.KEYS,
        "http://monitor.local",
        name="worker-1",
        jitter=lambda: 0.0,
    )


def waiting(database: Database, count: int, *urls: str) -> list[UUID]:
    """``count`` alerts that wait for each of the urls' channels; gives the alerts."""
    with database.writing(LOCAL_OPERATOR) as session:
        channels = [
            alert_ledger.channel(session, url, f"渠道{number}") for number, url in enumerate(urls)
        ]
        return alert_ledger.alerts(session, channels, count)


def alone(database: Database, count: int, *urls: str) -> None:
    """``count`` messages a channel with one alert each, due now."""
    waiting(database, count, *urls)
    with database.writing(LOCAL_OPERATOR) as session:
        for delivery in session.scalars(select(Delivery)):
            message = Message(
                id=new_key(),
                channel_id=delivery.channel_id,
                body=json.dumps({"type": "alert.opened", "delivery": str(delivery.id)}),
                alert_count=1,
                state=MessageState.PENDING,
                next_attempt_at=START,
                created_at=START,
            )
            session.add(message)
            session.flush()
            delivery.message_id = message.id


def take(session: Session, worker: str, now: datetime, limit: int = 10) -> list[Leased]:
    return lease(session, worker, now, channels_due(session, now), limit, 60)


def states(database: Database) -> dict[MessageState, int]:
    with database.reading(LOCAL_OPERATOR) as session:
        counted = session.execute(select(Message.state, func.count()).group_by(Message.state))
        return {state: count for state, count in counted}  # noqa: C416 — a Row is no pair for mypy


def alerts_received(server: TestReceiver) -> list[str]:
    return sorted(
        alert["id"] for one in server.received for alert in json.loads(one.body)["data"]["alerts"]
    )
