"""The worker end to end: a missed scan, an alert, a message; and its commands."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from alerts.delivery_models import Channel, Message, MessageState
from alerts.receivers import shown_address
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import InputError
from kernel.settings import Settings
from monitor.commands import cli
from monitor.service import Service
from monitor.worker import open_courier, run_worker
from tests import alert_ledger
from tests.alert_ledger import KEYS
from tests.ledger import ContractSpec, MilestoneSpec, city, contract
from tests.receiver import Reply, receiver

SETTINGS = Settings(
    receiver_networks=("127.0.0.0/8",),
    receiver_timeout_seconds=1.0,
    business_date=date(2023, 7, 20),
)


@pytest.fixture
def service(database: Database) -> Service:
    return Service(SETTINGS, database, SETTINGS.clock())


@contextmanager
def working(service: Service) -> Iterator[None]:
    """A worker for the time of the block; fails when it does not stop."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(service, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=20)
        assert not thread.is_alive()


def test_a_late_payment_is_found_and_told(service: Service) -> None:
    with receiver() as server:
        with service.database.writing(LOCAL_OPERATOR) as session:
            alert_ledger.channel(session, server.url)
            late = MilestoneSpec(Decimal("78800.00"), date(2023, 7, 10))
            contract(session, city(session), "HT-1", ContractSpec(date(2023, 1, 1), [late]))
        with working(service):
            assert server.wait_for(1)
        bodies = [json.loads(one.body) for one in server.received]
        assert all(one.valid for one in server.received)
    texts = [alert["text"] for body in bodies for alert in body["data"]["alerts"]]
    assert any(text.startswith("【逾期付款】民爆合同第1期 7.88 万元") for text in texts)


def test_a_worker_that_stops_gives_its_leases_back(service: Service) -> None:
    stop = threading.Event()

    def stop_at_third(number: int, headers: object) -> Reply:
        if number == 3:
            stop.set()
        return Reply()

    with receiver(stop_at_third) as server:
        with service.database.writing(LOCAL_OPERATOR) as session:
            channels = [alert_ledger.channel(session, server.url, f"渠道{n}") for n in range(9)]
            alert_ledger.alerts(session, channels, 1)
        courier = open_courier(service, stop)
        courier.deliver_due()
        courier.close()
        assert len(server.received) == 3
    with service.database.reading(LOCAL_OPERATOR) as session:
        messages = session.scalars(select(Message)).all()
    assert sum(message.state is MessageState.DELIVERED for message in messages) == 3
    assert {message.leased_until for message in messages} == {None}


def test_a_lease_shorter_than_a_post_is_refused(service: Service) -> None:
    with pytest.raises(InputError, match="lease-seconds"):
        open_courier(service, None, 1.5)


def test_each_worker_has_a_name_of_its_own(service: Service) -> None:
    assert open_courier(service)._name != open_courier(service)._name


@pytest.fixture
def command(database_address: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("MONITOR_DATABASE_URL", database_address)
    monkeypatch.setenv("MONITOR_RECEIVER_NETWORKS", "127.0.0.0/8")
    monkeypatch.setenv("MONITOR_RECEIVER_TIMEOUT_SECONDS", "1")
    return CliRunner()


def test_channels_by_hand(command: CliRunner, database: Database) -> None:
    with receiver() as server:
        made = command.invoke(cli, ["channel", "add", "值班群", "--url", server.url])
        assert made.exit_code == 0
        secret = made.output.split("：")[-1].strip()
        server.verifier = type(server.verifier)(secret)
        listed = command.invoke(cli, ["channel", "list", "--json"])
        assert secret not in listed.output
        assert json.loads(listed.stdout) == [
            {
                "name": "值班群",
                "kind": "webhook",
                "address": shown_address(server.url),
                "min_severity": "info",
                "enabled": True,
                "disabled_reason": "",
            }
        ]
        assert command.invoke(cli, ["channel", "test", "值班群"]).exit_code == 0
        assert server.received[0].valid
    assert command.invoke(cli, ["channel", "test", "值班群"]).exit_code == 3
    assert command.invoke(cli, ["channel", "disable", "值班群"]).exit_code == 0
    assert "停用（由 operator 停用）" in command.invoke(cli, ["channel", "list"]).output
    assert command.invoke(cli, ["channel", "enable", "值班群"]).exit_code == 0
    with database.reading(LOCAL_OPERATOR) as session:
        assert KEYS.open(session.scalars(select(Channel.secret)).one()) == secret


def test_a_round_by_hand(command: CliRunner, database: Database) -> None:
    answers = iter([Reply(404), Reply()])
    with receiver(lambda number, headers: next(answers)) as server:
        with database.writing(LOCAL_OPERATOR) as session:
            channel = alert_ledger.channel(session, server.url)
            alert_ledger.alerts(session, [channel], 2)
        first = command.invoke(cli, ["deliver", "--once", "--json"])
        assert json.loads(first.stdout) == {
            "joined": 2, "attempts": 1, "delivered": 0, "retrying": 0, "parked": 1
        }  # fmt: skip
        sent_id = server.received[0].webhook_id
        assert command.invoke(cli, ["deliver", "--resend", sent_id]).exit_code == 0
        second = command.invoke(cli, ["deliver", "--once"])
        assert "送达 1" in second.output
        assert {one.webhook_id for one in server.received} == {sent_id}


@pytest.mark.parametrize(
    "arguments", [["deliver"], ["deliver", "--once", "--resend", "x"], ["deliver", "--resend", "x"]]
)
def test_a_round_used_wrongly_changes_nothing(command: CliRunner, arguments: list[str]) -> None:
    assert command.invoke(cli, arguments).exit_code != 0
