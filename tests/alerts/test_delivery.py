"""From a waiting delivery to an alert that reached someone: nothing lost, nothing extra."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from alerts.delivery import BATCH, Courier, resend
from alerts.delivery_models import Channel, Delivery, DeliveryAttempt, Message, MessageState
from alerts.leases import Leased, channels_due, give_back, lease
from alerts.receivers import ReceiverRules
from contracts.models import Organisation, OrganisationKind
from kernel.actor import LOCAL_OPERATOR, Actor
from kernel.clock import StoppedClock
from kernel.database import Database
from kernel.errors import ConflictError, InputError, NotFoundError
from kernel.keys import new_key
from tests import alert_ledger
from tests.receiver import Reply, TestReceiver, receiver

LOOPBACK = ReceiverRules(networks=("127.0.0.0/8",), timeout_seconds=0.5)
START = datetime.now(UTC).replace(microsecond=0)
"""Now, since the library's verifier refuses timestamps five minutes off."""


def clock(after: timedelta = timedelta(0)) -> StoppedClock:
    return StoppedClock(START + after, date(2023, 7, 20))


def courier(
    database: Database, after: timedelta = timedelta(0), rules: ReceiverRules = LOOPBACK
) -> Courier:
    return Courier(
        database,
        clock(after),
        rules,
        "http://monitor.local",
        name="worker-1",
        jitter=lambda: 0.0,
    )


def waiting(database: Database, count: int, *urls: str) -> list[UUID]:
    """``count`` alerts that wait for each of the urls' channels; gives the alerts."""
    with database.writing() as session:
        channels = [
            alert_ledger.channel(session, url, f"渠道{number}") for number, url in enumerate(urls)
        ]
        return alert_ledger.alerts(session, channels, count)


def alone(database: Database, count: int, *urls: str) -> None:
    """``count`` messages a channel with one alert each, due now."""
    waiting(database, count, *urls)
    with database.writing() as session:
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
    with database.reading() as session:
        counted = session.execute(select(Message.state, func.count()).group_by(Message.state))
        return {state: count for state, count in counted}  # noqa: C416 — a Row is no pair for mypy


def alerts_received(server: TestReceiver) -> list[str]:
    return sorted(
        alert["id"] for one in server.received for alert in json.loads(one.body)["data"]["alerts"]
    )


def test_every_alert_arrives_once_signed_and_joined(database: Database) -> None:
    with receiver() as server:
        alerts = waiting(database, 120, server.url)
        tally = courier(database).deliver_due()
    assert alerts_received(server) == sorted(map(str, alerts))
    assert all(one.valid for one in server.received)
    assert len(server.received) < 12
    assert server.connections == 1
    assert set(server.accepted.values()) == {1}
    assert tally.joined == 120
    assert tally.delivered == tally.attempts == len(server.received)
    assert states(database) == {MessageState.DELIVERED: len(server.received)}


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
    with database.reading() as session:
        attempt = session.scalars(select(DeliveryAttempt)).one()
        message = session.scalars(select(Message)).one()
    assert (attempt.number, attempt.status, attempt.started_at) == (1, 200, START)
    assert attempt.answer.startswith("ok\ufffdxxx")
    assert attempt.error == ""
    assert message.ended_at == START
    assert message.leased_until is None


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
    with database.reading() as session:
        message = session.scalars(select(Message)).one()
    assert message.state is MessageState.PARKED
    assert "多次重试" in message.park_reason


def test_a_receiver_that_is_gone_disables_its_channel(database: Database) -> None:
    with receiver(lambda number, headers: Reply(410)) as server:
        alone(database, 5, server.url)
        courier(database).deliver_due()
        assert len(server.received) == 1
    assert states(database) == {MessageState.PARKED: 1, MessageState.PENDING: 4}
    with database.reading() as session:
        channel = session.scalars(select(Channel)).one()
        leases = session.scalars(select(Message.leased_until)).all()
        parked = session.scalars(
            select(Message.id).where(Message.state == MessageState.PARKED)
        ).one()
    assert not channel.enabled
    assert "410" in channel.disabled_reason
    assert set(leases) == {None}
    with database.writing() as session, pytest.raises(ConflictError, match="已停用"):
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
        with database.reading() as session:
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
    with database.reading() as session:
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
        with database.writing() as session:
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
    with database.writing() as session:
        session.scalars(select(Channel)).one().enabled = enabled


def test_a_person_sends_a_parked_message_again(database: Database) -> None:
    answers = iter([Reply(404), Reply(404), Reply()])
    with receiver(lambda number, headers: next(answers)) as server:
        waiting(database, 1, server.url)
        courier(database).deliver_due()
        with database.reading() as session:
            key = session.scalars(select(Message.id)).one()
        for _ in range(2):
            with database.writing() as session:
                resend(session, LOCAL_OPERATOR, key, START)
            courier(database).deliver_due()
        assert len({one.webhook_id for one in server.received}) == 1
    with database.reading() as session:
        numbers = session.scalars(
            select(DeliveryAttempt.number).order_by(DeliveryAttempt.number)
        ).all()
    assert numbers == [1, 2, 3]
    assert states(database) == {MessageState.DELIVERED: 1}
    with database.writing() as session, pytest.raises(ConflictError):
        resend(session, LOCAL_OPERATOR, key, START)


def test_who_does_not_see_the_contract_cannot_send_again(database: Database) -> None:
    with receiver(lambda number, headers: Reply(404)) as server:
        waiting(database, 1, server.url)
        courier(database).deliver_due()
    with database.writing() as session:
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
            resend(session, Actor("外人", frozenset({other.id})), key, START)
        with pytest.raises(NotFoundError):
            resend(session, LOCAL_OPERATOR, new_key(), START)


def test_a_lease_keeps_others_away_until_it_runs_out(database: Database) -> None:
    alone(database, 3, "http://127.0.0.1:9/hook")
    with database.writing() as session:
        held = take(session, "first", START)
    assert len(held) == 3
    with database.writing() as session:
        assert take(session, "second", START + timedelta(seconds=60)) == []
    with database.writing() as session:
        assert len(take(session, "second", START + timedelta(seconds=61))) == 3
    with database.writing() as session:
        give_back(session, "first", [one.id for one in held])
    with database.writing() as session:
        assert take(session, "third", START + timedelta(seconds=62)) == []


def test_an_outcome_is_not_recorded_when_another_worker_took_over(database: Database) -> None:
    def slow(number: int, headers: object) -> Reply:
        with database.writing() as session:
            take(session, "second", START + timedelta(seconds=100))
        return Reply()

    with receiver(slow) as server:
        alone(database, 1, server.url)
        courier(database).deliver_due()
        assert len(server.received) == 1
    assert states(database) == {MessageState.PENDING: 1}
    with database.reading() as session:
        assert session.scalars(select(DeliveryAttempt)).all() == []
        assert session.scalars(select(Message.leased_by)).one() == "second"


def test_channels_share_a_lease_evenly(database: Database) -> None:
    alone(database, BATCH, *(f"http://127.0.0.1:{port}/" for port in (9, 10, 11)))
    with database.writing() as session:
        session.execute(update(Message).values(next_attempt_at=START - timedelta(hours=1)))
        batch = take(session, "first", START, 9)
    shares: dict[UUID, int] = {}
    for one in batch:
        shares[one.channel_id] = shares.get(one.channel_id, 0) + 1
    assert sorted(shares.values()) == [3, 3, 3]


def test_a_message_is_not_posted_when_its_lease_would_end_first(database: Database) -> None:
    with pytest.raises(InputError, match="lease-seconds"):
        Courier(database, clock(), LOOPBACK, "", name="w", lease_seconds=1.4)


def test_three_workers_at_once_join_and_send_nothing_twice(database: Database) -> None:
    with receiver() as server:
        alerts = waiting(database, 300, server.url, server.url + "/2", server.url + "/3")
        couriers = [
            Courier(database, clock(), LOOPBACK, "", name=f"worker-{number}") for number in range(3)
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
        worker.deliver_due()
        assert set(server.accepted.values()) == {1}
    assert states(database) == {MessageState.DELIVERED: 3}
