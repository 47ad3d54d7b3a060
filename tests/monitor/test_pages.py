"""The screens: their words, their empty states, unknown amounts, past days, refusals."""

from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contracts.finding_models import Finding
from contracts.models import Contract
from contracts.service_models import RoundKind, ServiceRound, SupervisionRecord
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from payments.models import Payment
from tests.ledger import WHO, ContractSpec
from tests.pages import APPROVED, BEGINS, DUE, LISTS, late, only_alert, page, scan, write
from tests.web import TODAY


def test_every_page_says_its_day_and_who_may_come(client: FlaskClient) -> None:
    for address in LISTS:
        text = page(client, address)
        assert "业务日期" in text
        assert "2023-12-31</time>（演示固定）" in text
        assert "overseer" in text
        assert "退出登录" in text
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
    assert "没有您可见的合同" in page(client, "/")
    assert "没有您可见的合同" in page(client, "/contracts")
    assert "还没有核查过" in page(client, "/alerts")
    assert "还没有消息" in page(client, "/deliveries")
    assert "还没有渠道" in page(client, "/deliveries")
    assert "没有核验发现" in page(client, "/findings")
    assert "台账未导入" in page(client, "/scores")


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
    with database.writing(LOCAL_OPERATOR) as session:
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
    with database.writing(LOCAL_OPERATOR) as session:
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


def test_what_a_user_typed_is_text_not_markup(client: FlaskClient, database: Database) -> None:
    (key,) = write(database, late())
    with database.writing(LOCAL_OPERATOR) as session:
        session.get_one(Contract, key).name = "<img src=x onerror=alert(1)>"
    for address in ("/contracts", f"/contracts/{key}", "/contracts?q=<img"):
        text = page(client, address)
        assert "<img" not in text
        assert "&lt;img" in text
