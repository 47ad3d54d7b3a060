"""Receivers that fail, hang, redirect, are gone or refuse: bounded, nothing lost."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from alerts.delivery import resend
from alerts.delivery_models import Channel, DeliveryAttempt, Message, MessageState
from alerts.receivers import ReceiverRules
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import ConflictError
from tests import alert_ledger
from tests.couriers import START, alerts_received, alone, courier, states, waiting
from tests.receiver import Reply, receiver


def test_one_answer_in_five_is_a_server_fault_and_nothing_is_lost(database: Database) -> None:
    def faulty(number: int, headers: object) -> Reply:
        return Reply(500) if number % 5 == 0 else Reply()

    with receiver(faulty) as server:
        alone(database, 60, server.url)
        first = courier(database).deliver_due()
        assert first.retrying == 12
        later = courier(database, timedelta(seconds=6)).deliver_due()
        assert later.attempts == 12
        last = courier(database, timedelta(seconds=6, minutes=6)).deliver_due()
        assert last.delivered == later.retrying
    assert len(server.accepted) == 60
    assert set(server.accepted.values()) == {1}
    assert states(database) == {MessageState.DELIVERED: 60}
    by_id: dict[str, set[bytes]] = {}
    for one in server.received:
        by_id.setdefault(one.webhook_id, set()).add(one.body)
    assert all(len(bodies) == 1 for bodies in by_id.values())


def test_what_is_never_taken_is_parked_after_ten_attempts(database: Database) -> None:
    with receiver(lambda number, headers: Reply(500)) as server:
        alone(database, 1, server.url)
        after = timedelta(0)
        while states(database) == {MessageState.PENDING: 1}:
            courier(database, after).deliver_due()
            after += timedelta(hours=25)
        assert len(server.received) == 10
    with database.reading(LOCAL_OPERATOR) as session:
        message = session.scalars(select(Message)).one()
    assert message.state is MessageState.PARKED
    assert "多次重试" in message.park_reason


def test_a_receiver_that_is_gone_disables_its_channel(database: Database) -> None:
    with receiver(lambda number, headers: Reply(410)) as server:
        alone(database, 5, server.url)
        courier(database).deliver_due()
        assert len(server.received) == 1
    assert states(database) == {MessageState.PARKED: 1, MessageState.PENDING: 4}
    with database.reading(LOCAL_OPERATOR) as session:
        channel = session.scalars(select(Channel)).one()
        leases = session.scalars(select(Message.leased_until)).all()
        parked = session.scalars(
            select(Message.id).where(Message.state == MessageState.PARKED)
        ).one()
    assert not channel.enabled
    assert "410" in channel.disabled_reason
    assert set(leases) == {None}
    with database.writing(LOCAL_OPERATOR) as session, pytest.raises(ConflictError, match="已停用"):
        resend(session, LOCAL_OPERATOR, parked, START)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 413])
def test_a_redirect_or_refusal_parks_at_once(database: Database, status: int) -> None:
    with receiver(lambda number, headers: Reply(status, {"Location": "/elsewhere"})) as server:
        alone(database, 1, server.url)
        tally = courier(database).deliver_due()
        assert [one.path for one in server.received] == ["/hook"]
    assert tally.parked == 1


def test_retry_after_is_honoured_and_the_channel_rests(database: Database) -> None:
    with receiver(lambda number, headers: Reply(429, {"Retry-After": "120"})) as server:
        alone(database, 8, server.url)
        courier(database).deliver_due()
        assert len(server.received) == 1
        with database.reading(LOCAL_OPERATOR) as session:
            due = session.scalars(select(Message.next_attempt_at).where(Message.tries == 1)).one()
            untouched = session.scalars(
                select(func.count()).select_from(Message).where(Message.tries == 0)
            ).one()
    assert due == START + timedelta(seconds=120)
    assert untouched == 7


def test_a_hanging_receiver_costs_one_deadline_and_others_are_served(database: Database) -> None:
    with receiver(lambda number, headers: Reply(hang=True)) as slow, receiver() as quick:
        alone(database, 30, slow.url, quick.url)
        tally = courier(database).deliver_due()
        assert len(quick.accepted) == 30
        assert len(slow.received) == 1
    assert tally.retrying == 1
    with database.reading(LOCAL_OPERATOR) as session:
        attempt = session.scalars(
            select(DeliveryAttempt).where(DeliveryAttempt.status.is_(None))
        ).one()
    assert attempt.error.startswith("超过 0.5 秒")
    assert 500 <= attempt.latency_ms < 3000


def test_a_receiver_outside_the_allowed_networks_is_never_posted_to(database: Database) -> None:
    with receiver() as server:
        alone(database, 1, server.url)
        tally = courier(database, rules=ReceiverRules((), 0.5)).deliver_due()
        assert server.received == []
    assert tally.parked == 1


def test_an_unusable_secret_parks(database: Database) -> None:
    with receiver() as server:
        with database.writing(LOCAL_OPERATOR) as session:
            channel = alert_ledger.channel(session, server.url, secret="whsec_")
            alert_ledger.alerts(session, [channel], 1)
        assert courier(database).deliver_due().parked == 1
        assert server.received == []


def test_a_disabled_channel_keeps_what_waits(database: Database) -> None:
    with receiver() as server:
        waiting(database, 3, server.url)
        _set_enabled(database, enabled=False)
        assert courier(database).deliver_due().idle
        _set_enabled(database, enabled=True)
        courier(database).deliver_due()
        assert len(alerts_received(server)) == 3


def _set_enabled(database: Database, *, enabled: bool) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        session.scalars(select(Channel)).one().enabled = enabled


def test_a_slow_receiver_that_accepts_does_not_hold_the_others_up(database: Database) -> None:
    def slow(number: int, headers: object) -> Reply:
        return Reply(200, body=b"x" * 21, drip_body=True)

    with receiver(slow) as crawling, receiver() as quick:
        alone(database, 20, crawling.url, quick.url)
        tally = courier(database, rules=ReceiverRules(("127.0.0.0/8",), 5.0)).deliver_due()
        assert len(quick.accepted) == 20
        assert len(crawling.accepted) == 1
    assert tally.delivered == 21
    assert states(database)[MessageState.PENDING] == 19


def test_what_could_not_be_recorded_is_recorded_in_the_next_round(database: Database) -> None:
    faults = iter([True])

    def fail_once(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("INSERT INTO delivery_attempt") and next(faults, False):
            raise OperationalError(statement, None, ConnectionError("the database went away"))

    with receiver() as server:
        alone(database, 3, server.url)
        worker = courier(database)
        event.listen(database.engine, "before_cursor_execute", fail_once)
        with pytest.raises(OperationalError):
            worker.deliver_due()
        event.remove(database.engine, "before_cursor_execute", fail_once)
        worker.deliver_due()
        assert set(server.accepted.values()) == {1}
    assert states(database) == {MessageState.DELIVERED: 3}
