"""Lists and messages on screen: filters, paging, sending again, and what a page costs."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select

from alerts.delivery_models import Channel, Delivery, DeliveryAttempt, Message, MessageState
from alerts.messages import compose
from alerts.models import Alert, ScanRun
from alerts.receivers import shown_address
from contracts.models import Contract
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from tests.alert_ledger import channel
from tests.clocks import StoppedClock
from tests.ledger import RECORDED, ContractSpec, MilestoneSpec, city, contract
from tests.pages import (
    APPROVED,
    BEGINS,
    DUE,
    LISTS,
    late,
    only_alert,
    page,
    scan,
    statements,
    write,
)
from tests.web import NOW, TODAY


def test_nothing_open_says_when_what_was_checked(client: FlaskClient, database: Database) -> None:
    write(database, late((DUE, Decimal("78800"))), late((DUE, Decimal("78800"))))
    scan(database)
    assert "今日无待办预警；12:00 已核查 2 份合同。" in page(client, "/alerts")
    assert "今日无待办预警；12:00 已核查 2 份合同。" in page(client, "/")


def test_a_day_that_was_not_checked_is_not_called_clear(
    client: FlaskClient, database: Database
) -> None:
    write(database, late((DUE, Decimal("78800"))))
    scan(database, date(2023, 12, 30))
    for address in ("/", "/alerts"):
        text = page(client, address)
        assert "2023-12-31 尚未核查" in text
        assert "截至 2023-12-30 无待办预警" in text
        assert "今日无待办预警" not in text


def test_a_scan_that_failed_is_said_so(client: FlaskClient, database: Database) -> None:
    write(database, late((DUE, Decimal("78800"))))
    scan(database)
    with database.writing(LOCAL_OPERATOR) as session:
        later = NOW + timedelta(hours=1)
        session.add(
            ScanRun(
                as_of=TODAY, started_at=later, duration_ms=0, actor="t", error="broken", counts={}
            )
        )
    for address in ("/", "/alerts"):
        assert "2023-12-31 13:00:00 的核查失败了" in page(client, address)


def test_many_alerts_of_a_rule_do_not_hide_another_rule(
    client: FlaskClient, database: Database
) -> None:
    """Twelve plans are long missing; the one payment is three days late, so it comes last."""
    just_late = MilestoneSpec(Decimal("78800"), TODAY - timedelta(days=3))
    write(database, *[ContractSpec(BEGINS)] * 12, ContractSpec(BEGINS, [just_late], [APPROVED]))
    scan(database)
    shown = page(client, "/").split('class="alert-list"')[1].split("</ul>")[0].split("</li>")[:-1]
    assert len(shown) == 10
    assert ["逾期付款" in item for item in shown] == [False] * 9 + [True]


def test_search_and_filters_narrow_the_lists(client: FlaskClient, database: Database) -> None:
    write(database, late(), late(), ContractSpec(BEGINS, plans=[APPROVED]))
    scan(database)
    assert "共 1 份合同，含“ht-02”" in page(client, "/contracts?q=ht-02")
    assert "没有符合条件的合同" in page(client, "/contracts?q=%25")
    assert "共 3 份合同" in page(client, "/contracts?programme=甲市-2023")
    assert "没有符合条件的合同" in page(client, "/contracts?programme=乙市-2023")
    assert "共 2 条" in page(client, "/alerts?rule=late_payment&severity=4")
    assert "没有符合条件的预警" in page(client, "/alerts?severity=1")
    # A form sends its untouched choices empty.
    assert "共 2 条" in page(client, "/alerts?state=open&severity=&rule=&programme=")
    assert "还没有消息" in page(client, "/deliveries?state=&channel=")
    assert "共 3 份合同" in page(client, "/contracts?q=&programme=")
    assert "共 2 条" in page(client, "/alerts?state=all&programme=甲市-2023")


def test_lists_are_paged_by_key(client: FlaskClient, database: Database) -> None:
    write(database, *[late() for _ in range(30)])
    scan(database)
    for address, mark in (("/contracts", "HT-"), ("/alerts", "HT-")):
        first = page(client, address)
        following = first.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
        second = page(client, following)
        assert "下一页" in first
        assert "已是最后一页" in second
        numbers = [f"{mark}{n:02}" for n in range(1, 31)]
        assert all((f">{number}<" in first) != (f">{number}<" in second) for number in numbers)


def test_an_alert_tells_its_history(client: FlaskClient, database: Database) -> None:
    write(database, late((date(2023, 9, 4), Decimal("78800"))))
    scan(database, date(2023, 7, 1), date(2023, 7, 15), date(2023, 9, 5))
    text = page(client, f"/alerts/{only_alert(database)}")
    for words in ("开启", "升级", "办结", "2023-07-15", "（升为较重）", "已履行", "HT-01"):
        assert words in text
    assert "78,800.00" in text
    assert "这条预警没有生成消息" in text


def parked(database: Database) -> UUID:
    with database.writing(LOCAL_OPERATOR) as session:
        channel(session, "http://user:pass@127.0.0.1:9/robot?key=TOPSECRET")
    write(database, late())
    scan(database)
    compose(database, StoppedClock(NOW, TODAY), "http://127.0.0.1:8000")
    with database.writing(LOCAL_OPERATOR) as session:
        message = session.scalars(select(Message)).one()
        message.state, message.park_reason = MessageState.PARKED, "对方拒绝"
        session.add(
            DeliveryAttempt(
                message_id=message.id,
                number=1,
                started_at=RECORDED,
                latency_ms=1234,
                status=500,
                answer="<script>alert(1)</script>",
            )
        )
        return message.id


def test_a_parked_message_says_why_and_can_be_sent_again(
    client: FlaskClient, database: Database
) -> None:
    key = parked(database)
    listed = page(client, "/deliveries?state=parked")
    assert "对方拒绝" in listed
    assert "HTTP 500" in listed
    text = page(client, f"/deliveries/{key}")
    assert "1,234" in text
    assert "&lt;script&gt;alert(1)" in text
    assert "TOPSECRET" not in listed + text
    assert "whsec_" not in listed + text
    assert "【逾期付款】" in text

    address = f"/deliveries/{key}/resend"
    assert client.post(address).status_code == 400
    token = text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(address, data={"csrf_token": token}, follow_redirects=True)
    assert "已列入待发送" in answer.text
    assert "重新发送</button>" not in answer.text
    again = client.post(address, data={"csrf_token": token}, follow_redirects=True)
    assert "只有已搁置的消息可以重新发送" in again.text


def test_a_disabled_channel_says_why(client: FlaskClient, database: Database) -> None:
    parked(database)
    with database.writing(LOCAL_OPERATOR) as session:
        target = session.scalars(select(Channel)).one()
        target.enabled, target.disabled_reason = False, "对方答复 410"
    text = page(client, "/deliveries")
    assert "停用" in text
    assert "对方答复 410" in text


def test_an_address_shows_no_secret() -> None:
    shown = shown_address("https://user:pass@example.cn:8443/send?key=K#f")
    assert shown == "https://example.cn:8443/…"


def test_a_page_costs_the_same_whatever_it_shows(client: FlaskClient, database: Database) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        channel(session, "http://127.0.0.1:9/hook")
    costs = []
    for count in (1, 29):
        with database.writing(LOCAL_OPERATOR) as session:
            place = city(session, f"第{count}市")
            for number in range(count):
                payments = [(date(2023, 7, day), Decimal(100)) for day in range(1, 1 + count)]
                terms = [MilestoneSpec(Decimal("78800"), DUE, payments)] * (1 + count // 10)
                contract(session, place, f"{count}-{number}", ContractSpec(BEGINS, terms))
        scan(database)
        compose(database, StoppedClock(NOW, TODAY), "http://127.0.0.1:8000")
        with database.reading(LOCAL_OPERATOR) as session:
            newest = session.scalars(select(Contract.id).order_by(Contract.id.desc())).first()
            alert = session.scalars(select(Alert.id).order_by(Alert.id.desc())).first()
            message = session.scalars(select(Delivery.message_id)).first()
        details = (f"/contracts/{newest}", f"/alerts/{alert}", f"/deliveries/{message}")
        cost = {}
        for address in (*LISTS, *details):
            with statements(database) as seen:
                page(client, address)
            cost[address.rpartition("/")[0] if address in details else address] = len(seen)
        costs.append(cost)
    assert costs[0] == costs[1]
    # A contract's page gathers a dozen ledgers, each by one to three statements.
    assert costs[0].pop("/contracts") <= 42
    assert max(costs[0].values()) <= 14
