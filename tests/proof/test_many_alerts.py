"""From many late payments to a receiver that fails one post in five: nothing lost, few posts.

``make proof`` takes a thousand; the suite takes fewer.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from alerts.delivery import Courier
from alerts.delivery_models import Message, MessageState
from alerts.receivers import ReceiverRules
from alerts.scan import run_scan
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB
from kernel.database import Database
from kernel.settings import Settings
from monitor.wiring import rules
from tests.alert_ledger import KEYS, channel
from tests.clocks import StoppedClock
from tests.counts import IS_PROOF
from tests.ledger import ContractSpec, MilestoneSpec, city, contract
from tests.receiver import Reply, receiver

COUNT = 1_000 if IS_PROOF else 120
DUE, AS_OF = date(2023, 6, 30), date(2023, 7, 20)
RULES = ReceiverRules(("127.0.0.0/8",), 5.0)


def one_in_five_fails(number: int, headers: Mapping[str, str]) -> Reply:
    _ = headers
    return Reply(status=500 if number % 5 == 0 else 204)


def deliver(database: Database, clock: StoppedClock) -> None:
    courier = Courier(database, clock, RULES, KEYS, "http://127.0.0.1:8000", name="proof")
    courier.deliver_due()
    courier.close()


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_every_alert_arrives_and_not_one_by_one(database: Database) -> None:
    with receiver(one_in_five_fails) as hook:
        with database.writing(LOCAL_OPERATOR) as session:
            place = city(session)
            channel(session, hook.url)
            late = ContractSpec(date(2023, 1, 1), [MilestoneSpec(Decimal(100), DUE)])
            for number in range(COUNT):
                contract(session, place, f"C{number}", late)
        # A receiver refuses signatures five minutes off its own clock, so the first round is now.
        now = datetime.now(UTC)
        clock = StoppedClock(now, AS_OF)
        report = run_scan(database, clock, AS_OF, SCAN_JOB, rules(Settings())[:1])
        assert report.counts["late_payment"]["opened"] == COUNT
        deliver(database, clock)
        assert all(one.valid for one in hook.received)
        for hour in range(1, 48):
            deliver(database, StoppedClock(now + timedelta(hours=hour), AS_OF))
    with database.reading(LOCAL_OPERATOR) as session:
        states = dict(
            session.execute(select(Message.state, func.count()).group_by(Message.state)).all()
        )
    assert set(states) == {MessageState.DELIVERED}
    assert sum(hook.accepted.values()) == len(hook.accepted) == states[MessageState.DELIVERED]
    assert states[MessageState.DELIVERED] <= COUNT / 20
    told = [
        alert["id"]
        for one in hook.received
        if one.status == 204
        for alert in json.loads(one.body)["data"]["alerts"]
    ]
    assert len(told) == len(set(told)) == COUNT
    assert all(len(one.body) < 20_000 for one in hook.received)
