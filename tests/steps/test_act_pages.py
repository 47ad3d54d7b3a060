"""Acts as people meet them: lists, the act's page, the forms, the page of step settings."""

from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contracts.steps import acts
from contracts.steps.facts import PaymentEntry
from contracts.steps.models import Act
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from payments.models import Payment
from tests.pages import page, statements
from tests.people import person
from tests.step_ledger import StepLedger, fill, milestone_id, payment
from tests.web import NOW, TODAY, client_as


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


def token(text: str) -> str:
    return text.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]


def request_key(text: str) -> str:
    return text.split('name="request_key" value="')[1].split('"', maxsplit=1)[0]


def send(client: FlaskClient, address: str, **fields: str) -> tuple[int, str]:
    data = {"csrf_token": token(client.get("/account").text), **fields}
    answer = client.post(address, data=data, follow_redirects=True)
    return answer.status_code, answer.text


def count(database: Database, table: type[Act] | type[Payment]) -> int:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def only_act(database: Database) -> Act:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalars(select(Act)).one()


def fields(database: Database, contract_id: UUID, **changed: str) -> dict[str, str]:
    return {
        "milestone_id": str(milestone_id(database, contract_id)),
        "amount": "60,000.00",
        "paid_on": "2023-12-01",
        "voucher": "ZF-1",
        "payee": "甲市安全技术有限公司",
        "resolution": "",
        "reason": "首付",
        **changed,
    }


def test_the_first_screen_lists_what_waits_for_the_reader(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    checker, head, clerk = (
        client_as(database, tmp_path, ledger.users[name]) for name in ("checker", "head", "clerk")
    )
    assert "等您办理" not in page(checker, "/")
    actor = ledger.actor(database, "clerk")
    entry = PaymentEntry.model_validate(payment(database, ledger.paid_by_zone, "60000.00"))
    with database.writing(actor) as session:
        acts.enter(session, actor, entry, "k", TODAY, NOW)
    shown = page(checker, "/")
    assert "等您办理" in shown
    assert f"/acts/{only_act(database).id}" in shown
    assert "等您办理" not in page(head, "/")
    assert "等您办理" not in page(clerk, "/")


def test_who_reads_the_trail_finds_it_on_the_contract(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    address = f"/contracts/{ledger.paid_by_zone}"
    auditor = client_as(database, tmp_path, ledger.users["auditor"])
    shown = page(auditor, address)
    assert "变更记录" in shown
    link = shown.split("变更记录")[0].rsplit('href="', maxsplit=1)[1].split('"', maxsplit=1)[0]
    assert "没有符合条件" not in page(auditor, link)
    assert "变更记录" not in page(client_as(database, tmp_path, ledger.users["clerk"]), address)


def test_a_payment_through_the_pages(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, checker, head = (
        client_as(database, tmp_path, ledger.users[name]) for name in ("clerk", "checker", "head")
    )
    address = f"/contracts/{ledger.paid_by_zone}/acts/payment"
    assert address in page(clerk, f"/contracts/{ledger.paid_by_zone}")
    key = request_key(page(clerk, address))
    filled = fields(database, ledger.paid_by_zone)
    status, text = send(clerk, address, request_key=key, **filled)
    assert status == 200
    assert "已提出，待审核" in text
    send(clerk, address, request_key=key, **filled)
    act = only_act(database)
    shown = f"/acts/{act.id}"
    assert "60,000.00" in page(checker, "/acts")
    assert "没有等您办理的事项" in page(head, "/acts")
    _, text = send(checker, f"{shown}/check", version="1")
    assert "待负责人批准" in text
    _, text = send(head, f"{shown}/approve", version="1")
    assert "没有办理" in text
    assert "checker" in text
    _, text = send(head, f"{shown}/approve", version="2")
    assert "已批准，并已记入台账" in text
    assert count(database, Payment) == 1
    assert "ZF-1" in page(clerk, f"/contracts/{ledger.paid_by_zone}")


def test_what_was_typed_is_kept(database: Database, tmp_path: Path, ledger: StepLedger) -> None:
    clerk = client_as(database, tmp_path, ledger.users["clerk"])
    address = f"/contracts/{ledger.paid_by_zone}/acts/payment"
    wrong = fields(database, ledger.paid_by_zone, amount="六万", voucher="", reason="<b>甲</b>")
    status, text = send(clerk, address, **wrong)
    assert status == 422
    for kept in ('value="六万"', "应为金额", "必须填写", "&lt;b&gt;甲&lt;/b&gt;", " checked"):
        assert kept in text
    too_much = fields(database, ledger.paid_by_zone, amount="400000.01")
    status, text = send(clerk, address, **too_much)
    assert status == 422
    assert "超过首付款未付的 400,000.00 元" in text
    assert count(database, Act) == 0


@pytest.mark.parametrize(
    "kind", ["plan_decision", "round_confirmation", "payment", "payment_reversal"]
)
def test_every_form_opens_and_refuses_an_empty_one(
    database: Database, tmp_path: Path, ledger: StepLedger, kind: str
) -> None:
    clerk = client_as(database, tmp_path, ledger.users["clerk"])
    address = f"/contracts/{ledger.paid_by_zone}/acts/{kind}"
    page(clerk, address)
    assert send(clerk, address)[0] == 422


def test_forms_of_no_kind_or_of_another_department_are_not_there(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, sibling, overseer = (
        client_as(database, tmp_path, ledger.users[name])
        for name in ("clerk", "sibling", "overseer")
    )
    page(clerk, f"/contracts/{ledger.paid_by_zone}/acts/coup", 404)
    address = f"/contracts/{ledger.paid_by_zone}/acts/payment"
    page(sibling, address, 404)
    assert send(sibling, address, **fields(database, ledger.paid_by_zone))[0] == 404
    page(overseer, address, 403)
    assert "/acts/payment" not in page(overseer, f"/contracts/{ledger.paid_by_zone}")


def test_the_payer_gets_the_forms_of_money_the_purchaser_those_of_service(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    zone, bureau = (
        client_as(database, tmp_path, ledger.users[name]) for name in ("clerk", "bureau_clerk")
    )
    of_zone = page(zone, f"/contracts/{ledger.paid_by_bureau}")
    of_bureau = page(bureau, f"/contracts/{ledger.paid_by_bureau}")
    assert ("acts/plan_decision" in of_zone, "acts/payment" in of_zone) == (True, False)
    assert ("acts/plan_decision" in of_bureau, "acts/payment" in of_bureau) == (False, True)
    address = f"/contracts/{ledger.paid_by_bureau}/acts/payment"
    status, text = send(zone, address, **fields(database, ledger.paid_by_bureau))
    assert status == 403
    assert "60,000.00" in text


def test_a_return_without_reason_says_so(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    enter(database, ledger, 1)
    head = client_as(database, tmp_path, ledger.users["head"])
    act = only_act(database)
    _, text = send(head, f"/acts/{act.id}/return", version="1", reason=" ")
    assert "退回须写明原因" in text
    _, text = send(head, f"/acts/{act.id}/return", version="1", reason="凭证不清")
    assert "原因：凭证不清" in text


def test_settings_are_made_and_ended_on_their_page(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        admin_id = person(session, "anquan", (Role.SECURITY_ADMIN, None)).id
    head, admin = (client_as(database, tmp_path, key) for key in (ledger.users["head"], admin_id))
    assert "全系统" in page(admin, "/step-settings")
    wanted = {
        "organisation_id": str(ledger.organisations["zone"]),
        "kind": "payment",
        "from_amount": "",
        "steps": "clerk",
        "valid_from": str(TODAY),
        "reason": "",
    }
    status, text = send(head, "/step-settings", **wanted)
    assert status == 422
    assert "须写明原因" in text
    status, text = send(head, "/step-settings", **{**wanted, "reason": "仅一人"})
    assert "经办一人（已取消审批步骤）" in text
    status, text = send(head, "/step-settings", **{**wanted, "reason": "再一次"})
    assert status == 409
    assert "再一次" in text
    changed = page(head, "/step-settings?change=" + text.split("change=")[1].split("#")[0])
    replaces = changed.split('name="replaces" value="')[1].split('"')[0]
    change = {**wanted, "steps": "clerk_head", "replaces": replaces}
    status, text = send(head, "/step-settings", **change)
    assert "经办 → 负责人</td>" in text
    where = text.split('action="/step-settings/')[1].split('"')[0]
    _, text = send(head, f"/step-settings/{where}", version="1", reason="")
    assert "必须填写" in text or "不能为空" in text
    _, text = send(head, f"/step-settings/{where}", version="1", reason="又有两人")
    assert "还没有设置" in text


def enter(database: Database, ledger: StepLedger, many: int) -> None:
    clerk = ledger.actor(database, "clerk")
    for number in range(many):
        body = payment(database, ledger.paid_by_zone, "10.00", voucher=f"V-{number}")
        with database.writing(clerk) as session:
            entry = PaymentEntry.model_validate(body)
            acts.enter(session, clerk, entry, f"k-{number}", TODAY, NOW)


def test_lists_are_paged_and_their_statements_do_not_grow(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    head = client_as(database, tmp_path, ledger.users["head"])
    addresses = ("/acts", "/acts?whose=all", f"/contracts/{ledger.paid_by_zone}")
    enter(database, ledger, 1)
    few = [counted(database, head, address) for address in addresses]
    with database.writing(LOCAL_OPERATOR) as session:
        first = session.scalars(select(Act)).one()
        columns = {c.key for c in Act.__table__.columns} - {"id", "request_key"}
        session.add_all(
            Act(request_key=f"n-{n}", **{name: getattr(first, name) for name in columns})
            for n in range(30)
        )
    assert [counted(database, head, address) for address in addresses] == few
    text = page(head, "/acts")
    following = text.split('href="/acts?whose=to_do&amp;after=')
    if len(following) == 1:
        following = text.split("after=")
    after = following[1].split('"')[0].split("&")[0]
    assert text.count("登记付款：首付款") == 25
    assert page(head, f"/acts?whose=to_do&after={after}").count("登记付款：首付款") == 6
    page(head, "/acts?after=nonsense", 422)


def counted(database: Database, client: FlaskClient, address: str) -> int:
    page(client, address)
    with statements(database) as seen:
        page(client, address)
    return len(seen)
