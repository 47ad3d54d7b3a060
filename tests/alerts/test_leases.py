"""A message is one worker's at a time, and channels share a worker evenly."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from alerts.delivery import BATCH, Courier
from alerts.delivery_models import DeliveryAttempt, Message, MessageState
from alerts.leases import give_back
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import InputError
from tests.alert_ledger import KEYS
from tests.couriers import LOOPBACK, START, alone, clock, courier, states, take
from tests.receiver import Reply, receiver


def test_a_lease_keeps_others_away_until_it_runs_out(database: Database) -> None:
    alone(database, 3, "http://127.0.0.1:9/hook")
    with database.writing(LOCAL_OPERATOR) as session:
        held = take(session, "first", START)
    assert len(held) == 3
    with database.writing(LOCAL_OPERATOR) as session:
        assert take(session, "second", START + timedelta(seconds=60)) == []
    with database.writing(LOCAL_OPERATOR) as session:
        assert len(take(session, "second", START + timedelta(seconds=61))) == 3
    with database.writing(LOCAL_OPERATOR) as session:
        give_back(session, "first", [one.id for one in held])
    with database.writing(LOCAL_OPERATOR) as session:
        assert take(session, "third", START + timedelta(seconds=62)) == []


def test_an_outcome_is_not_recorded_when_another_worker_took_over(database: Database) -> None:
    def slow(number: int, headers: object) -> Reply:
        with database.writing(LOCAL_OPERATOR) as session:
            take(session, "second", START + timedelta(seconds=100))
        return Reply()

    with receiver(slow) as server:
        alone(database, 1, server.url)
        courier(database).deliver_due()
        assert len(server.received) == 1
    assert states(database) == {MessageState.PENDING: 1}
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(DeliveryAttempt)).all() == []
        assert session.scalars(select(Message.leased_by)).one() == "second"


def test_channels_share_a_lease_evenly(database: Database) -> None:
    alone(database, BATCH, *(f"http://127.0.0.1:{port}/" for port in (9, 10, 11)))
    with database.writing(LOCAL_OPERATOR) as session:
        session.execute(update(Message).values(next_attempt_at=START - timedelta(hours=1)))
        batch = take(session, "first", START, 9)
    shares: dict[UUID, int] = {}
    for one in batch:
        shares[one.channel_id] = shares.get(one.channel_id, 0) + 1
    assert sorted(shares.values()) == [3, 3, 3]


@pytest.mark.parametrize("seconds", [1.4, float("nan")])
def test_a_message_is_not_posted_when_its_lease_would_end_first(
    database: Database, seconds: float
) -> None:
    with pytest.raises(InputError, match="lease-seconds"):
        Courier(database, clock(), LOOPBACK, KEYS, "", name="w", lease_seconds=seconds)
