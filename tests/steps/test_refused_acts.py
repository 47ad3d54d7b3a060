"""An act that breaks a rule is refused with the rule's sentence; nothing is written."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from contracts.models import Contract
from contracts.steps.models import Act
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from payments.settling import settle_contracts
from tests.step_ledger import BEGINS, StepLedger, fill, payment, people_of, round_id
from tests.web import TODAY


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "above the milestone": ({"amount": "400000.01", "resolution": "纪要1号"}, "amount", "超过首付款未付的 400,000.00"),
    "above the contract": ({"amount": "1000000.01", "resolution": "纪要1号"}, "amount", "超过合同未付的 1,000,000.00"),
    "before signing": ({"paid_on": str(BEGINS - timedelta(days=1))}, "paid_on", "“合同签订”2023-03-01 才成就"),
    "to come": ({"paid_on": str(TODAY + timedelta(days=1))}, "paid_on", "不能晚于业务日期"),
    "ahead of its trigger": ({"milestone": 2}, "milestone_id", "第 1 轮服务确认"),
    "nothing": ({"amount": "0"}, "payment.amount", "应大于 0"),
    "less than nothing": ({"amount": "-1.00"}, "payment.amount", "应为金额"),
    "a part of a fen": ({"amount": "1.001"}, "payment.amount", "最多两位小数"),
    "not a number": ({"amount": "NaN"}, "payment.amount", "应为金额"),
    "no voucher": ({"voucher": "  "}, "payment.voucher", "不能为空"),
    "a control character": ({"payee": "甲\x00"}, "payment.payee", "控制字符"),
    "a field not known": ({"approved_by_id": "x"}, "payment.approved_by_id", "没有这个参数"),
    "no date": ({"paid_on": "20231201"}, "payment.paid_on", "不是日期"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_payment_is_refused(
    database: Database, tmp_path: Path, ledger: StepLedger, case: str
) -> None:
    change, field, sentence = REFUSED[case]
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    answer = clerk.post("acts", payment(database, ledger.paid_by_zone, **change))
    assert answer.status_code == 422, answer.text
    (problem,) = answer.get_json()["errors"]
    assert problem["field"] == field
    assert sentence in problem["message"]
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.scalar(select(func.count()).select_from(Act)) == 0


def test_half_a_million_asks_for_a_resolution(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, colleague, head = people_of(database, tmp_path, ledger, "clerk", "colleague", "head")
    confirmation = {
        "kind": "round_confirmation",
        "contract_id": str(ledger.paid_by_zone),
        "round_id": str(round_id(database, ledger.paid_by_zone)),
        "confirmed_on": "2023-06-20",
    }
    confirmed = clerk.post("acts", confirmation).get_json()
    path = f"acts/{confirmed['id']}/approve"
    assert head.post(path, {"version": confirmed["version"]}).status_code == 200
    body = payment(database, ledger.paid_by_zone, "500000.00", milestone=2)
    refused = colleague.post("acts", body)
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == "resolution"
    assert "党组会议纪要" in refused.text
    just_below = colleague.post("acts", {**body, "amount": "499999.99"})
    assert just_below.status_code == 201


def test_what_is_on_its_way_counts(database: Database, tmp_path: Path, ledger: StepLedger) -> None:
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    first = payment(database, ledger.paid_by_zone, "300000.00")
    assert clerk.post("acts", first).status_code == 201
    second = clerk.post("acts", {**first, "amount": "100000.01", "voucher": "ZF-2"})
    assert "300,000.00 元正在办理" in second.get_json()["errors"][0]["message"]
    same_voucher = clerk.post("acts", {**first, "amount": "1.00"})
    assert same_voucher.get_json()["errors"][0]["field"] == "voucher"


def test_records_of_another_contract_are_refused(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    other = payment(database, ledger.paid_by_bureau)["milestone_id"]
    body = payment(database, ledger.paid_by_zone)
    answer = clerk.post("acts", {**body, "milestone_id": other})
    assert answer.get_json()["errors"][0]["field"] == "milestone_id"


def test_a_key_belongs_to_one_act(database: Database, tmp_path: Path, ledger: StepLedger) -> None:
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    key = {"Idempotency-Key": "tab-1"}
    assert clerk.post("acts", payment(database, ledger.paid_by_zone), **key).status_code == 201
    other = payment(database, ledger.paid_by_zone, "1.00", voucher="ZF-2")
    assert clerk.post("acts", other, **key).status_code == 409
    long = clerk.post("acts", other, **{"Idempotency-Key": "x" * 81})
    assert long.get_json()["errors"][0]["field"] == "Idempotency-Key"


def test_acts_know_no_other_day(database: Database, tmp_path: Path, ledger: StepLedger) -> None:
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    answer = clerk.get("acts?as_of=2023-01-01")
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [{"field": "as_of", "message": "这里不能填写"}]


def test_what_cannot_be_judged_is_refused(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        session.get_one(Contract, ledger.paid_by_zone).signed_on = None
        session.flush()
        settle_contracts(session, [ledger.paid_by_zone])
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    answer = clerk.post("acts", payment(database, ledger.paid_by_zone))
    assert "没有这份合同的签订日期" in answer.get_json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "body", [None, [], "x", {}, {"kind": "payment"}, {"kind": "coup"}, {"kind": None}]
)
def test_what_is_no_act_is_no_server_error(
    database: Database, tmp_path: Path, ledger: StepLedger, body: Any
) -> None:
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    assert clerk.post("acts", body).status_code in {400, 422}


def test_a_round_is_not_confirmed_before_it_took_place(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    (clerk,) = people_of(database, tmp_path, ledger, "clerk")
    body = {
        "kind": "round_confirmation",
        "contract_id": str(ledger.paid_by_zone),
        "round_id": str(round_id(database, ledger.paid_by_zone)),
    }
    early = clerk.post("acts", {**body, "confirmed_on": "2023-06-08"})
    assert early.status_code == 422
    assert "2023-06-09 才结束" in early.text
    to_come = clerk.post("acts", {**body, "confirmed_on": str(TODAY + timedelta(days=1))})
    assert to_come.get_json()["errors"][0]["field"] == "confirmed_on"
