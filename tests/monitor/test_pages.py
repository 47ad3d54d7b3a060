"""The screens: their words, their empty states, and that a page costs the same whatever it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from alerts.delivery_models import Channel, Delivery, DeliveryAttempt, Message, MessageState
from alerts.messages import compose
from alerts.models import Alert, ScanRun
from alerts.pages import shown_address
from alerts.scan import run_scan
from contracts.finding_models import Finding
from contracts.models import Contract
from contracts.plan_standings import PlanDates
from contracts.service_models import RoundKind, ServiceRound, SupervisionRecord
from kernel.actor import SCAN_JOB
from kernel.clock import StoppedClock
from kernel.database import Database
from kernel.settings import Settings
from monitor.wiring import rules
from payments.models import Payment
from tests.alert_ledger import channel
from tests.ledger import RECORDED, WHO, ContractSpec, MilestoneSpec, city, contract
from tests.web import NOW, TODAY, web_client

BEGINS = date(2023, 3, 1)
APPROVED = PlanDates(1, date(2023, 2, 1), None, date(2023, 2, 20))
DUE = date(2023, 6, 30)
LISTS = ("/", "/contracts", "/alerts", "/alerts?state=all", "/deliveries", "/scores", "/findings")


@pytest.fixture
def client(database: Database, tmp_path: Path) -> FlaskClient:
    return web_client(database, tmp_path)


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def late(*payments: tuple[date, Decimal]) -> ContractSpec:
    return ContractSpec(BEGINS, [MilestoneSpec(Decimal("78800"), DUE, list(payments))], [APPROVED])


def write(database: Database, *specs: ContractSpec) -> list[UUID]:
    with database.writing() as session:
        place = city(session)
        return [contract(session, place, f"HT-{n:02}", s) for n, s in enumerate(specs, 1)]


def scan(database: Database, *days: date) -> None:
    for day in days or (TODAY,):
        run_scan(database, StoppedClock(NOW, day), day, SCAN_JOB, rules(Settings()))


def only_alert(database: Database) -> UUID:
    with database.reading() as session:
        return session.scalars(select(Alert.id)).one()


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_every_page_says_its_day_and_who_may_come(client: FlaskClient) -> None:
    for address in LISTS:
        text = page(client, address)
        assert "业务日期" in text
        assert "2023-12-31</time>（演示固定）" in text
        assert "仅本机访问；登录将在后续版本提供" in text
        assert 'href="#content"' in text


def test_pages_hold_no_inline_script_or_style(client: FlaskClient, database: Database) -> None:
    keys = write(database, late())
    scan(database)
    addresses = (*LISTS, f"/contracts/{keys[0]}", f"/alerts/{only_alert(database)}")
    for address in addresses:
        text = page(client, address)
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        assert text.count("<script") == text.count("<script src=")
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")


def test_empty_pages_say_what_to_do(client: FlaskClient) -> None:
    assert "还没有合同，可直接导入现有 Excel 台账" in page(client, "/")
    assert "还没有合同，可直接导入现有 Excel 台账" in page(client, "/contracts")
    assert "还没有核查过" in page(client, "/alerts")
    assert "还没有消息" in page(client, "/deliveries")
    assert "还没有渠道" in page(client, "/deliveries")
    assert "没有核验发现" in page(client, "/findings")
    assert "台账未导入" in page(client, "/scores")


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
    with database.writing() as session:
        later = NOW + timedelta(hours=1)
        session.add(
            ScanRun(
                as_of=TODAY, started_at=later, duration_ms=0, actor="t", error="broken", counts={}
            )
        )
    for address in ("/", "/alerts"):
        assert "2023-12-31 13:00:00 的核查失败了" in page(client, address)


def test_the_overview_adds_up(client: FlaskClient, database: Database) -> None:
    write(
        database,
        late((DUE, Decimal("28800"))),
        late((DUE, Decimal("78800"))),
        ContractSpec(BEGINS, total=None, plans=[APPROVED]),
    )
    scan(database)
    text = " ".join(page(client, "/").split())
    assert "3 份合同，其中 1 份未提供金额" in text
    for label, amount in (("合同总额", "200.00"), ("已付", "10.76"), ("未付", "189.24")):
        assert f'<dt>{label}</dt> <dd><span class="big">{amount}</span>' in text
    assert '<dt>逾期未付</dt> <dd><span class="big">5.00</span>' in text
    assert "逾期 184 天，应急局；请今日报支付或登记争议。" in text
    assert 'data-month="6月" data-due="157600.00" data-paid="107600.00"' in text


def test_an_unknown_amount_is_never_zero(client: FlaskClient, database: Database) -> None:
    (key,) = write(database, ContractSpec(BEGINS, total=None, plans=[APPROVED]))
    listed = page(client, "/contracts")
    assert listed.count("未提供") >= 3
    assert "0.00" not in listed
    sheet = page(client, f"/contracts/{key}")
    assert "合同总额未提供" in sheet
    assert "来源没有给出这份合同的支付情况" in sheet
    assert "0.00" not in sheet


def test_the_overview_of_unknown_amounts_only(client: FlaskClient, database: Database) -> None:
    write(database, ContractSpec(BEGINS, total=None, plans=[APPROVED]))
    text = " ".join(page(client, "/").split())
    for label in ("合同总额", "已付", "未付"):
        assert f'<dt>{label}</dt> <dd><span class="big not-given">未提供</span>' in text


def test_a_contract_says_what_is_missing(client: FlaskClient, database: Database) -> None:
    (key,) = write(database, ContractSpec(BEGINS))
    scan(database)
    text = page(client, f"/contracts/{key}")
    assert "尚未报送实施方案；应在 2023-03-01 服务开始前报送并审定" in text
    assert "已逾期 306 天" in text
    assert "没有督促检查记录" in text
    assert "没有已开始的服务轮次" in text
    assert "台账没有这份合同的付款节点" in text
    assert "【缺实施方案】民爆合同 3月1日已开始服务" in text


def test_a_contract_shows_its_records(client: FlaskClient, database: Database) -> None:
    (key,) = write(database, late((DUE, Decimal("28800"))))
    with database.writing() as session:
        bureau = session.get_one(Contract, key).purchaser_id
        session.add_all(
            [
                ServiceRound(
                    contract_id=key,
                    number=1,
                    kind=RoundKind.HAZARD_INSPECTION,
                    started_on=date(2023, 4, 3),
                    ended_on=date(2023, 4, 7),
                    enterprises=16,
                    hazards_major=0,
                    assumed=["started_on"],
                    **WHO,
                ),
                SupervisionRecord(
                    contract_id=key,
                    organisation_id=bureau,
                    checked_on=date(2023, 8, 1),
                    method="现场检查",
                    **WHO,
                ),
                Finding(
                    code="x",
                    subject="x",
                    contract_id=key,
                    place="支付台账!B4",
                    message="两处不同",
                    **WHO,
                ),
            ]
        )
    text = page(client, f"/contracts/{key}")
    for words in (
        "待确认",
        "16",
        "现场检查",
        "两处不同",
        "支付台账 B4",
        "假定",
        "逾期未付 5.00 万元",
    ):
        assert words in text
    assert "检查企业（家次）" in text
    assert "车辆（台次）" not in text
    assert "两处不同" in page(client, "/findings")


def test_a_correction_of_a_payment_is_shown(client: FlaskClient, database: Database) -> None:
    (key,) = write(database, late((DUE, Decimal("28800"))))
    with database.writing() as session:
        wrong = session.scalars(select(Payment)).one()
        wrong.reversed = True
        session.add(
            Payment(
                contract_id=key,
                milestone_id=wrong.milestone_id,
                paid_on=DUE,
                amount=-wrong.amount,
                reverses_id=wrong.id,
                **WHO,
            )
        )
    text = page(client, f"/contracts/{key}")
    assert "冲销：更正上一笔登记" in text
    assert "已冲销，以更正后的为准" in text
    assert "-28,800.00" in text


def test_a_past_day_is_shown_as_it_was(client: FlaskClient, database: Database) -> None:
    (key,) = write(database, late((date(2023, 7, 10), Decimal("78800"))))
    scan(database, date(2023, 7, 5), TODAY)
    then = page(client, f"/contracts/{key}?as_of=2023-07-05")
    assert "正在查看 <strong>2023-07-05</strong> 的情况" in then
    assert "逾期未付 7.88 万元" in then
    assert "逾期 5 天" in then
    now = page(client, f"/contracts/{key}")
    assert "逾期未付" not in now
    assert "已办结" in now
    assert '<span class="big">7.88</span>' in page(client, "/?as_of=2023-07-05")
    assert "共 0 份合同" in page(client, "/contracts?as_of=2022-01-01")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_days_too(
    client: FlaskClient, database: Database, day: str
) -> None:
    (key,) = write(database, late())
    page(client, f"/?as_of={day}")
    page(client, f"/contracts?as_of={day}")
    assert client.get(f"/contracts/{key}?as_of={day}").status_code in {200, 404}


@pytest.mark.parametrize(
    "address",
    [
        "/?as_of=gestern",
        "/contracts?after=zzz",
        "/contracts?q=%00",
        "/contracts?q=" + "x" * 101,
        "/alerts?state=lost",
        "/alerts?severity=9",
        "/alerts?rule=';--",
        "/alerts?after=1",
        "/deliveries?state=x",
        "/deliveries?channel=1",
        "/findings?after=%E4%B8%80",
    ],
)
def test_what_cannot_be_understood_is_refused_on_a_page(client: FlaskClient, address: str) -> None:
    assert "填写内容有误" in page(client, address, 422)


@pytest.mark.parametrize("kind", ["contracts", "alerts", "deliveries"])
def test_a_record_that_is_not_there_is_said_so(client: FlaskClient, kind: str) -> None:
    assert "没有" in page(client, f"/{kind}/00000000-0000-7000-8000-000000000000", 404)
    page(client, "/scores/nowhere", 404)


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


def test_what_a_user_typed_is_text_not_markup(client: FlaskClient, database: Database) -> None:
    (key,) = write(database, late())
    with database.writing() as session:
        session.get_one(Contract, key).name = "<img src=x onerror=alert(1)>"
    for address in ("/contracts", f"/contracts/{key}", "/contracts?q=<img"):
        text = page(client, address)
        assert "<img" not in text
        assert "&lt;img" in text


def parked(database: Database) -> UUID:
    with database.writing() as session:
        channel(session, "http://user:pass@127.0.0.1:9/robot?key=TOPSECRET")
    write(database, late())
    scan(database)
    compose(database, StoppedClock(NOW, TODAY), "http://127.0.0.1:8000")
    with database.writing() as session:
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
    with database.writing() as session:
        target = session.scalars(select(Channel)).one()
        target.enabled, target.disabled_reason = False, "对方答复 410"
    text = page(client, "/deliveries")
    assert "停用" in text
    assert "对方答复 410" in text


def test_an_address_shows_no_secret() -> None:
    shown = shown_address("https://user:pass@example.cn:8443/send?key=K#f")
    assert shown == "https://example.cn:8443/send?…"


def test_a_page_costs_the_same_whatever_it_shows(client: FlaskClient, database: Database) -> None:
    with database.writing() as session:
        channel(session, "http://127.0.0.1:9/hook")
    costs = []
    for count in (1, 29):
        with database.writing() as session:
            place = city(session, f"第{count}市")
            for number in range(count):
                payments = [(date(2023, 7, day), Decimal(100)) for day in range(1, 1 + count)]
                terms = [MilestoneSpec(Decimal("78800"), DUE, payments)] * (1 + count // 10)
                contract(session, place, f"{count}-{number}", ContractSpec(BEGINS, terms))
        scan(database)
        compose(database, StoppedClock(NOW, TODAY), "http://127.0.0.1:8000")
        with database.reading() as session:
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
    assert max(costs[0].values()) <= 14
