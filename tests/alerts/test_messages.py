"""What a message says and how many alerts it carries."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from alerts.delivery_models import Channel, Delivery, Message
from alerts.messages import MOST_ALERTS, Waiting, compose, draft
from alerts.models import Change, EndReason, Severity
from alerts.texts import Names, contract_label, days_counted, sentence
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests import alert_ledger
from tests.clocks import StoppedClock

NOW = datetime(2023, 7, 20, 1, 2, 3, 456_000, tzinfo=UTC)
CLOCK = StoppedClock(NOW, date(2023, 7, 20))
NAMES = Names("民爆合同", "工信局")
LATE = {"milestone": "进度款", "due_on": "2023-03-01", "unpaid_fen": 7_880_000}
PLAN = {"service_start": "2023-03-01", "plan_due_on": "2023-02-28", "plan_state": "missing"}


@pytest.mark.parametrize(
    ("rule", "change", "facts", "since", "text"),
    [
        (
            "late_payment",
            Change.OPENED,
            LATE,
            date(2023, 3, 2),
            "【逾期付款】民爆合同进度款 7.88 万元 3月1日到期，逾期 12 天，工信局；请今日报支付或登记争议。",
        ),
        (
            "payment_due",
            Change.OPENED,
            {**LATE, "due_on": "2023-03-15"},
            date(2023, 3, 8),
            "【即将到期】民爆合同进度款 7.88 万元 3月15日到期，还有 2 天，工信局；请备齐付款资料按期支付。",
        ),
        (
            "payment_due",
            Change.OPENED,
            {**LATE, "due_on": "2023-03-13"},
            date(2023, 3, 8),
            "【即将到期】民爆合同进度款 7.88 万元 3月13日到期，今日到期，工信局；请备齐付款资料按期支付。",
        ),
        (
            "missing_plan",
            Change.OPENED,
            PLAN,
            date(2023, 3, 1),
            "【缺实施方案】民爆合同 3月1日已开始服务，方案逾期 13 天，工信局；请催承接方 3 日内报送。",
        ),
        (
            "missing_plan",
            Change.RAISED,
            {**PLAN, "plan_state": "returned"},
            date(2023, 3, 1),
            "【缺实施方案】（升为较重）民爆合同 3月1日已开始服务，方案退回后未重报，逾期 13 天，"
            "工信局；请催承接方 3 日内重报。",
        ),
        (
            "missing_plan",
            Change.OPENED,
            {**PLAN, "plan_state": "submitted"},
            date(2023, 3, 1),
            "【缺实施方案】民爆合同 3月1日已开始服务，方案已报送未审定，逾期 13 天，工信局；请 3 日内审定。",
        ),
        (
            "late_payment",
            Change.RESOLVED,
            LATE,
            date(2023, 3, 2),
            "【已办结】民爆合同进度款 3月1日到期，“逾期付款”已消除，工信局；无需再处理。",
        ),
        (
            "another_rule",
            Change.OPENED,
            {},
            date(2022, 12, 31),
            "【another_rule】民爆合同自2022年12月31日起 73 天，工信局；请处理。",
        ),
    ],
)
def test_an_alert_is_one_sentence(
    rule: str, change: Change, facts: dict[str, Any], since: date, text: str
) -> None:
    said = sentence(rule, change, facts, since, date(2023, 3, 13), NAMES, severity=Severity.MAJOR)
    assert said == text


def test_an_alert_that_never_held_says_so() -> None:
    said = sentence(
        "missing_plan",
        Change.RESOLVED,
        PLAN,
        date(2023, 3, 1),
        date(2023, 3, 13),
        NAMES,
        end_reason=EndReason.CORRECTED,
    )
    assert said == "【已办结】民爆合同实施方案，台账更正，“缺实施方案”不成立，工信局；无需再处理。"


def test_a_day_that_passed_unpaid_is_not_told_as_done() -> None:
    said = sentence(
        "payment_due",
        Change.RESOLVED,
        LATE,
        date(2023, 2, 14),
        date(2023, 3, 2),
        NAMES,
        end_reason=EndReason.LAPSED,
    )
    assert said == ("【已办结】民爆合同进度款 3月1日到期，到期未履行，工信局；转为逾期，另行预警。")


def test_unknown_is_not_zero() -> None:
    facts = {"milestone": "尾款", "due_on": "2023-03-01", "unpaid_fen": None}
    said = sentence(
        "late_payment", Change.OPENED, facts, date(2023, 3, 2), date(2023, 3, 13), NAMES
    )
    assert "尾款 金额未提供 3月1日到期" in said


def test_what_rests_on_an_assumption_says_so() -> None:
    late = {**LATE, "assumed": ["name", "share", "days_allowed"]}
    said = sentence("late_payment", Change.OPENED, late, date(2023, 3, 2), date(2023, 3, 13), NAMES)
    assert "7.88 万元（假定） 3月1日（假定）到期" in said
    plan = {**PLAN, "assumed": ["number", "service_start"]}
    said = sentence("missing_plan", Change.OPENED, plan, date(2023, 3, 1), date(2023, 3, 13), NAMES)
    assert "3月1日（假定）已开始服务" in said


def test_days_are_counted_from_the_day_after() -> None:
    assert days_counted("late_payment", LATE, date(2023, 3, 2)) == 1
    assert days_counted("payment_due", LATE, date(2023, 2, 27)) == 2
    assert days_counted("missing_plan", PLAN, date(2023, 3, 1)) == 1
    assert days_counted("late_payment", {}, date(2023, 3, 2)) is None


def test_a_contract_goes_by_its_sector_or_its_name() -> None:
    assert contract_label("哈密市民爆项目", "民爆") == "民爆合同"
    assert contract_label("哈密市民爆项目", "") == "“哈密市民爆项目”合同"


def one(**changed: Any) -> Waiting:
    values: dict[str, Any] = {
        "delivery_id": uuid4(),
        "channel_id": UUID(int=1),
        "alert_id": uuid4(),
        "rule": "late_payment",
        "change": Change.OPENED,
        "as_of": date(2023, 7, 20),
        "severity": Severity.MINOR,
        "since": date(2023, 7, 11),
        "facts": alert_ledger.LATE_FACTS,
        "end_reason": None,
        "organisation": "哈密市工业和信息化局",
        "organisation_short": "工信局",
        "contract_id": uuid4(),
        "contract_number": "HT-6",
        "contract_name": "民爆安全服务",
        "contract_sectors": "民爆",
    }
    return Waiting(**{**values, **changed})


def test_the_body_is_what_the_standard_and_the_readme_say() -> None:
    waiting = one()
    (message,) = draft([waiting], NOW, "http://monitor.local")
    assert json.loads(message.body) == {
        "type": "alert.opened",
        "timestamp": "2023-07-20T01:02:03.456+00:00",
        "data": {
            "as_of": "2023-07-20",
            "count": 1,
            "alerts": [
                {
                    "id": str(waiting.alert_id),
                    "rule": "late_payment",
                    "rule_name": "逾期付款",
                    "severity": "minor",
                    "change": "opened",
                    "since": "2023-07-11",
                    "days": 10,
                    "text": "【逾期付款】民爆合同进度款 7.88 万元 7月10日到期，逾期 10 天，"
                    "工信局；请今日报支付或登记争议。",
                    "organisation": "哈密市工业和信息化局",
                    "contract": {
                        "id": str(waiting.contract_id),
                        "number": "HT-6",
                        "name": "民爆安全服务",
                    },
                    "amounts": {"amount": "78800.00", "paid": "0.00", "unpaid": "78800.00"},
                    "link": f"http://monitor.local/alerts/{waiting.alert_id}",
                }
            ],
        },
    }


def test_a_message_is_of_one_channel_one_change_and_one_day() -> None:
    waiting = [
        one(channel_id=UUID(int=channel), change=change, as_of=day)
        for channel in (1, 2)
        for change in (Change.OPENED, Change.RAISED, Change.RESOLVED)
        for day in (date(2023, 7, 20), date(2023, 7, 21))
        for _ in range(2)
    ]
    drafts = list(draft(waiting, NOW, ""))
    assert len(drafts) == 12
    assert {json.loads(message.body)["type"] for message in drafts} == {
        "alert.opened", "alert.raised", "alert.resolved"
    }  # fmt: skip
    assert all(json.loads(message.body)["data"]["count"] == 2 for message in drafts)


def test_the_worst_come_first() -> None:
    waiting = [one(severity=severity) for severity in (2, 4, 1, 3)]
    (message,) = draft(waiting, NOW, "")
    assert [alert["severity"] for alert in json.loads(message.body)["data"]["alerts"]] == [
        "critical", "major", "minor", "info"
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["短", "很长的合同名称" * 28, '"\\\n' * 66])
def test_a_message_stays_under_its_sizes(name: str) -> None:
    waiting = [one(contract_name=name, contract_sectors="") for _ in range(300)]
    drafts = list(draft(waiting, NOW, "http://monitor.local"))
    carried = [key for message in drafts for key in message.delivery_ids]
    assert sorted(carried) == sorted(each.delivery_id for each in waiting)
    for message in drafts:
        body = json.loads(message.body)
        assert len(message.body.encode()) < 20_000
        assert body["data"]["count"] == len(body["data"]["alerts"]) <= MOST_ALERTS
        assert body["data"]["count"] == len(message.delivery_ids)


def test_every_delivery_joins_exactly_one_message(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        channels = [alert_ledger.channel(session, "http://a/", name) for name in ("甲", "乙")]
        alert_ledger.alerts(session, channels, 130)
    joined = 0
    while number := compose(database, CLOCK, "", batch=100):
        joined += number
    assert joined == 260
    with database.reading(LOCAL_OPERATOR) as session:
        members = session.execute(select(Delivery.message_id, Delivery.channel_id)).all()
        messages = {message.id: message for message in session.scalars(select(Message))}
    assert {key for key, _ in members} == set(messages)
    assert all(messages[key].channel_id == channel for key, channel in members if key)
    assert sum(message.alert_count for message in messages.values()) == 260
    assert all(message.next_attempt_at == NOW for message in messages.values())


def test_deliveries_of_a_disabled_channel_wait(database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        key = alert_ledger.channel(session, "http://a/")
        alert_ledger.alerts(session, [key], 3)
        session.get_one(Channel, key).enabled = False
    assert compose(database, CLOCK, "") == 0
