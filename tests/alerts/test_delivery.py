"""From a waiting delivery to an alert that reached someone: nothing lost, nothing extra."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from alerts.delivery import Courier, resend
from alerts.delivery_models import DeliveryAttempt, Message, MessageState
from contracts.models import Organisation, OrganisationKind
from kernel.access.actor import LOCAL_OPERATOR, Actor, Grant
from kernel.access.roles import Role
from kernel.database import Database
from kernel.errors import ConflictError, NotFoundError
from kernel.keys import new_key
from kernel.sealed_secrets import SealedSecrets
from tests.alert_ledger import KEYS
from tests.couriers import (
    LOOPBACK,
    START,
    alerts_received,
    clock,
    courier,
    since_start,
    states,
    waiting,
)
from tests.receiver import Reply, receiver


def test_every_alert_arrives_once_signed_and_joined(database: Database) -> None:
    with receiver() as server:
        alerts = waiting(database, 120, server.url)
        tally = courier(database, since_start()).deliver_due()
    assert alerts_received(server) == sorted(map(str, alerts))
    assert all(one.valid for one in server.received)
    assert len(server.received) < 12
    assert server.connections == 1
    assert set(server.accepted.values()) == {1}
    assert tally.joined == 120
    assert tally.delivered == tally.attempts == len(server.received)
    assert states(database) == {MessageState.DELIVERED: len(server.received)}


def test_without_the_key_a_message_waits_and_goes_out_once_it_is_there(database: Database) -> None:
    with receiver() as server:
        waiting(database, 1, server.url)
        stranger = SealedSecrets([Fernet.generate_key()])
        lost = Courier(database, clock(), LOOPBACK, stranger, "", name="w", jitter=lambda: 0.0)
        assert lost.deliver_due().retrying == 1
        assert server.received == []
        assert states(database) == {MessageState.PENDING: 1}
        assert courier(database, timedelta(minutes=1)).deliver_due().delivered == 1


def test_a_second_run_sends_nothing(database: Database) -> None:
    with receiver() as server:
        waiting(database, 3, server.url)
        courier(database).deliver_due()
        before = len(server.received)
        assert courier(database, timedelta(days=1)).deliver_due().idle
        assert len(server.received) == before


def test_an_attempt_is_recorded_with_its_answer(database: Database) -> None:
    with receiver(lambda number, headers: Reply(200, body=b"ok\0" + b"x" * 900)) as server:
        waiting(database, 1, server.url)
        courier(database).deliver_due()
    with database.reading(LOCAL_OPERATOR) as session:
        attempt = session.scalars(select(DeliveryAttempt)).one()
        message = session.scalars(select(Message)).one()
    assert (attempt.number, attempt.status, attempt.started_at) == (1, 200, START)
    assert attempt.answer.startswith("ok\ufffdxxx")
    assert attempt.error == ""
    assert message.ended_at == START
    assert message.leased_until is None


def test_a_person_sends_a_parked_message_again(database: Database) -> None:
    answers = iter([Reply(404), Reply(404), Reply()])
    with receiver(lambda number, headers: next(answers)) as server:
        waiting(database, 1, server.url)
        courier(database).deliver_due()
        with database.reading(LOCAL_OPERATOR) as session:
            key = session.scalars(select(Message.id)).one()
        for _ in range(2):
            with database.writing(LOCAL_OPERATOR) as session:
                resend(session, LOCAL_OPERATOR, key, START)
            courier(database).deliver_due()
        assert len({one.webhook_id for one in server.received}) == 1
    with database.reading(LOCAL_OPERATOR) as session:
        numbers = session.scalars(
            select(DeliveryAttempt.number).order_by(DeliveryAttempt.number)
        ).all()
    assert numbers == [1, 2, 3]
    assert states(database) == {MessageState.DELIVERED: 1}
    with database.writing(LOCAL_OPERATOR) as session, pytest.raises(ConflictError):
        resend(session, LOCAL_OPERATOR, key, START)


def test_who_does_not_see_the_contract_cannot_send_again(database: Database) -> None:
    with receiver(lambda number, headers: Reply(404)) as server:
        waiting(database, 1, server.url)
        courier(database).deliver_due()
    with database.writing(LOCAL_OPERATOR) as session:
        other = Organisation(
            code="9",
            name="乙市应急管理局",
            kind=OrganisationKind.DEPARTMENT,
            recorded_at=START,
            recorded_by="test",
        )
        session.add(other)
        session.flush()
        key = session.scalars(select(Message.id)).one()
        with pytest.raises(NotFoundError):
            resend(session, Actor("外人", (Grant(Role.OVERSIGHT, other.id, other.id),)), key, START)
        with pytest.raises(NotFoundError):
            resend(session, LOCAL_OPERATOR, new_key(), START)


def test_three_workers_at_once_join_and_send_nothing_twice(database: Database) -> None:
    with receiver() as server:
        alerts = waiting(database, 300, server.url, server.url + "/2", server.url + "/3")
        couriers = [
            Courier(database, clock(), LOOPBACK, KEYS, "", name=f"worker-{number}")
            for number in range(3)
        ]
        with ThreadPoolExecutor(3) as pool:
            tallies = list(pool.map(Courier.deliver_due, couriers))
        # One that found the others busy may have ended early; what they left is due all the same.
        tallies.append(couriers[0].deliver_due())
        for each in couriers:
            each.close()
        assert set(server.accepted.values()) == {1}
        assert alerts_received(server) == sorted(str(alert) for alert in alerts for _ in range(3))
    assert sum(tally.joined for tally in tallies) == 900
    assert set(states(database)) == {MessageState.DELIVERED}
