"""``kill -9`` of a real worker in mid-delivery: nothing lost, at most a batch repeated."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select

from alerts.delivery import BATCH
from alerts.delivery_models import Delivery, DeliveryAttempt, Message, MessageState
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests import alert_ledger
from tests.counts import and_in_proof
from tests.receiver import Reply, TestReceiver, receiver

ROOT = Path(__file__).parents[2]
ALERTS = 2600
"""About seventy messages: more than a batch."""


def start(database_address: str, folder: Path) -> subprocess.Popen[bytes]:
    """A real ``monitor work`` on the test's database."""
    environment = {
        **os.environ,
        "MONITOR_DATABASE_URL": database_address,
        "MONITOR_DATA_DIR": str(folder),
        "MONITOR_RECEIVER_NETWORKS": "127.0.0.0/8",
        "MONITOR_RECEIVER_TIMEOUT_SECONDS": "1",
        "MONITOR_BUSINESS_DATE": alert_ledger.AS_OF.isoformat(),
    }
    command = [str(Path(sys.executable).with_name("monitor")), "work", "--lease-seconds", "3"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def killing(process: Callable[[], subprocess.Popen[bytes]], at: int) -> Callable[..., Reply]:
    def behave(number: int, headers: Mapping[str, str]) -> Reply:
        _ = headers
        if number == at:
            process().kill()
        return Reply()

    return behave


@pytest.fixture
def no_worker_stays() -> Iterator[list[subprocess.Popen[bytes]]]:
    """The workers a test started; none outlives it, whatever fails."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def told(server: TestReceiver) -> set[str]:
    return {
        alert["id"] for one in server.received for alert in json.loads(one.body)["data"]["alerts"]
    }


@pytest.mark.crash
@pytest.mark.parametrize("at", and_in_proof([30], [1, 60]))
def test_a_killed_worker_loses_nothing(
    database: Database,
    database_address: str,
    no_worker_stays: list[subprocess.Popen[bytes]],
    tmp_path: Path,
    at: int,
) -> None:
    workers = no_worker_stays
    with receiver(killing(lambda: workers[0], at)) as server:
        with database.writing(LOCAL_OPERATOR) as session:
            channel = alert_ledger.channel(session, server.url)
            alerts = alert_ledger.alerts(session, [channel], ALERTS)
        workers.append(start(database_address, tmp_path))
        assert workers[0].wait(timeout=60) == -signal.SIGKILL
        workers.append(start(database_address, tmp_path))
        with server.arrived:
            assert server.arrived.wait_for(lambda: told(server) == set(map(str, alerts)), 60)
        workers[1].send_signal(signal.SIGTERM)
        assert workers[1].wait(timeout=30) == 0

    messages = len({one.webhook_id for one in server.received})
    assert messages > 60
    extras = len(server.received) - messages
    assert extras <= BATCH
    assert extras <= at
    bodies: dict[str, set[bytes]] = {}
    for one in server.received:
        bodies.setdefault(one.webhook_id, set()).add(one.body)
    assert {len(each) for each in bodies.values()} == {1}
    assert all(one.valid for one in server.received)
    _all_delivered_once(database, messages)


def _all_delivered_once(database: Database, messages: int) -> None:
    with database.reading(LOCAL_OPERATOR) as session:
        states = set(session.scalars(select(Message.state)))
        joined = session.scalar(
            select(func.count()).select_from(Delivery).where(Delivery.message_id.is_not(None))
        )
        carried = session.scalar(select(func.sum(Message.alert_count)))
        attempts = session.scalar(select(func.count()).select_from(DeliveryAttempt))
    assert states == {MessageState.DELIVERED}
    assert joined == carried == ALERTS
    assert attempts == messages
