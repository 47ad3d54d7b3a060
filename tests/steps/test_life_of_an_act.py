"""An act from its entry to the ledger, by real persons through the API."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import samples
from contracts.service_models import PlanStanding, PlanState, ServiceRound
from contracts.steps.events import ActToWrite
from contracts.steps.facts import PaymentReversal
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.keys import new_key
from kernel.trail.models import AuditEntry
from payments.acts.payment_writing import write_payment_act
from payments.models import Milestone, Payment, Settlement
from tests.pages import scan
from tests.step_ledger import (
    PAID_ON,
    Person,
    StepLedger,
    fill,
    payment,
    people_of,
    plan_id,
    round_id,
)
from tests.web import TODAY
from tests.workbooks import LATER, Book, added, bring_in, dump


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


def entered(who: Person, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = who.post("acts", body, **headers)
    assert answer.status_code == 201, answer.text
    act: dict[str, Any] = answer.get_json()
    return act


def step(who: Person, act: dict[str, Any], name: str, status: int = 200, **more: Any) -> Any:
    answer = who.post(f"acts/{act['id']}/{name}", {"version": act["version"], **more})
    assert answer.status_code == status, answer.text
    return answer.get_json()


def paid(database: Database) -> list[Payment]:
    with database.reading(LOCAL_OPERATOR) as session:
        return list(session.scalars(select(Payment).order_by(Payment.id)))


def test_a_payment_from_50_000_goes_through_three_persons_and_settles_its_milestone(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, checker, head = people_of(database, tmp_path, ledger, "clerk", "checker", "head")
    act = entered(clerk, payment(database, ledger.paid_by_zone, "50000.00"))
    assert (act["state"], act["steps"], act["turns"]) == (
        "to_check",
        "clerk_checker_head",
        ["withdraw"],
    )
    assert [a["id"] for a in checker.get("acts?whose=to_do").get_json()["items"]] == [act["id"]]
    assert head.get("acts?whose=to_do").get_json()["items"] == []
    step(head, act, "approve", 409)
    act = step(checker, act, "check")
    assert paid(database) == []
    act = step(head, act, "approve")
    assert (act["state"], act["entered_by"], act["checked_by"], act["approved_by"]) == (
        "done", "clerk", "checker", "head",
    )  # fmt: skip
    (row,) = paid(database)
    assert (row.amount, row.paid_on, row.voucher) == (Decimal("50000.00"), PAID_ON, "ZF-1")
    with database.reading(LOCAL_OPERATOR) as session:
        settled = session.scalars(
            select(Settlement).where(
                Settlement.milestone_id == row.milestone_id, Settlement.valid_to.is_(None)
            )
        ).one()
    assert (settled.paid, settled.unpaid) == (Decimal("50000.00"), Decimal("350000.00"))


def test_a_smaller_payment_takes_two_and_pressing_twice_pays_once(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, head = people_of(database, tmp_path, ledger, "clerk", "head")
    body = payment(database, ledger.paid_by_zone, "49999.99")
    act = entered(clerk, body, **{"Idempotency-Key": "tab-1"})
    assert entered(clerk, body, **{"Idempotency-Key": "tab-1"})["id"] == act["id"]
    assert act["state"] == "to_approve"
    first, second = step(head, act, "approve"), step(head, act, "approve")
    assert first == second
    assert len(paid(database)) == 1


def test_the_payer_pays_and_the_purchaser_confirms(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    zone, bureau, bureau_head = people_of(
        database, tmp_path, ledger, "clerk", "bureau_clerk", "bureau_head"
    )
    body = payment(database, ledger.paid_by_bureau)
    assert zone.post("acts", body).status_code == 403
    step(bureau_head, entered(bureau, body), "approve")
    confirmation = {
        "kind": "round_confirmation",
        "contract_id": str(ledger.paid_by_bureau),
        "round_id": str(round_id(database, ledger.paid_by_bureau)),
        "confirmed_on": "2023-06-20",
    }
    assert bureau.post("acts", confirmation).status_code == 403
    act = entered(zone, confirmation)
    step(bureau_head, act, "approve", 403)


def test_a_confirmed_round_makes_its_milestone_payable_and_late(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, head = people_of(database, tmp_path, ledger, "clerk", "head")
    scan(database, TODAY)
    before = late_alerts(head, ledger)
    body = payment(database, ledger.paid_by_zone, "100.00", milestone=2)
    refused = clerk.post("acts", body)
    assert refused.status_code == 422
    assert "第 1 轮服务确认" in refused.get_json()["errors"][0]["message"]
    act = entered(
        clerk,
        {
            "kind": "round_confirmation",
            "contract_id": str(ledger.paid_by_zone),
            "round_id": str(round_id(database, ledger.paid_by_zone)),
            "confirmed_on": "2023-06-20",
        },
    )
    step(head, act, "approve")
    with database.reading(LOCAL_OPERATOR) as session:
        served = session.scalars(
            select(ServiceRound).where(ServiceRound.contract_id == ledger.paid_by_zone)
        ).one()
        milestone = session.scalars(
            select(Milestone).where(
                Milestone.contract_id == ledger.paid_by_zone, Milestone.number == 2
            )
        ).one()
    assert served.confirmed_on == date(2023, 6, 20)
    assert (milestone.triggered_on, milestone.due_on) == (date(2023, 6, 20), date(2023, 7, 20))
    scan(database, TODAY)
    assert late_alerts(head, ledger) == before + 1
    assert clerk.post("acts", body).status_code == 201


def late_alerts(who: Person, ledger: StepLedger) -> int:
    found = who.get(f"alerts?rule=late_payment&contract={ledger.paid_by_zone}&state=open")
    return len(found.get_json()["items"])


def test_an_approved_plan_stands_and_ends_its_alert(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, head = people_of(database, tmp_path, ledger, "clerk", "head")
    scan(database, TODAY)
    where = f"alerts?rule=missing_plan&state=open&contract={ledger.paid_by_zone}"
    assert len(head.get(where).get_json()["items"]) == 1
    body = plan(database, ledger)
    early = clerk.post("acts", {**body, "decided_on": "2023-02-19"})
    assert early.status_code == 422
    assert "2023-02-20 才报送" in early.text
    step(head, entered(clerk, body), "approve")
    with database.reading(LOCAL_OPERATOR) as session:
        standing = session.scalars(
            select(PlanStanding).where(
                PlanStanding.contract_id == ledger.paid_by_zone, PlanStanding.valid_to.is_(None)
            )
        ).one()
    assert (standing.state, standing.valid_from) == (PlanState.APPROVED, date(2023, 3, 5))
    scan(database, TODAY)
    assert head.get(where).get_json()["items"] == []
    assert clerk.post("acts", body).status_code == 409


def plan(database: Database, ledger: StepLedger, **more: Any) -> dict[str, Any]:
    return {
        "kind": "plan_decision",
        "contract_id": str(ledger.paid_by_zone),
        "plan_id": str(plan_id(database, ledger.paid_by_zone)),
        "decision": "approved",
        "decided_on": "2023-03-05",
        **more,
    }


def test_a_plan_returned_to_the_vendor_needs_reasons(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, head = people_of(database, tmp_path, ledger, "clerk", "head")
    body = plan(database, ledger, decision="returned")
    assert clerk.post("acts", body).get_json()["errors"][0]["field"] == "reasons"
    step(head, entered(clerk, {**body, "reasons": "缺少应急处置"}), "approve")
    found = head.get(f"plans?contract={ledger.paid_by_zone}").get_json()["items"]
    assert [(p["state"], p["returned_on"]) for p in found] == [("returned", "2023-03-05")]
    assert "缺少应急处置" in found[0]["return_reason"]


def test_a_reversal_is_a_negative_row_and_the_payment_can_be_entered_anew(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, head = people_of(database, tmp_path, ledger, "clerk", "head")
    wrong = step(head, entered(clerk, payment(database, ledger.paid_by_zone)), "approve")
    body = {
        "kind": "payment_reversal",
        "contract_id": str(ledger.paid_by_zone),
        "payment_id": wrong["result_id"],
    }
    assert clerk.post("acts", body).status_code == 422
    reversal = entered(clerk, {**body, "reason": "金额录错"})
    assert reversal["amount"] == "30000.00"
    twice = clerk.post("acts", {**body, "reason": "再来一次"})
    assert twice.status_code == 409
    step(head, reversal, "approve")
    first, second = paid(database)
    assert (first.reversed, second.amount, second.reverses_id) == (
        True, Decimal("-30000.00"), first.id,
    )  # fmt: skip
    assert second.paid_on == first.paid_on
    with database.reading(LOCAL_OPERATOR) as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.reason == "金额录错")).all()
    assert {(entry.actor, entry.object_kind) for entry in told} >= {
        ("clerk", "act"), ("head", "act"), ("head", "payment"),
    }  # fmt: skip
    again = clerk.post("acts", {**body, "reason": "再来一次"})
    assert again.status_code == 409
    step(head, entered(clerk, payment(database, ledger.paid_by_zone, "3000.00")), "approve")
    assert sum(row.amount for row in paid(database)) == Decimal("3000.00")


def test_returned_and_withdrawn_acts_write_nothing(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, head = people_of(database, tmp_path, ledger, "clerk", "head")
    first = entered(clerk, payment(database, ledger.paid_by_zone))
    assert step(head, first, "return", 422)["errors"][0]["field"] == "reason"
    step(clerk, first, "return", 403, reason="我自己退")
    returned = step(head, first, "return", reason="凭证不清")
    assert (returned["state"], returned["closed_reason"]) == ("returned", "凭证不清")
    second = entered(clerk, payment(database, ledger.paid_by_zone))
    step(head, second, "withdraw", 403)
    assert step(clerk, second, "withdraw")["state"] == "withdrawn"
    step(head, second, "approve", 409)
    assert paid(database) == []


def test_a_workbook_does_not_pay_again_what_was_reversed_in_steps(
    database: Database, tmp_path: Path
) -> None:
    assert not bring_in(database, samples.path("hami-2023")).errors
    with database.reading(LOCAL_OPERATOR) as session:
        wrong = session.scalars(select(Payment).where(Payment.voucher == "2023-HM-0003")).one()
        entry = PaymentReversal(
            contract_id=wrong.contract_id, payment_id=wrong.id, reason="付错单位"
        )
    with database.writing(LOCAL_OPERATOR) as session:
        done = ActToWrite(entry, new_key(), LATER.instant, "head")
        write_payment_act(session, done)
    before = dump(database)
    (problem,) = bring_in(database, samples.path("hami-2023"), LATER).errors
    assert (problem.sheet, problem.row, problem.value) == ("支付台账", 6, "2023-HM-0003")
    assert "已在系统中冲正" in problem.message
    assert dump(database) == before
    book = Book.sample().put("支付台账", 6, "支付凭证号", "2023-HM-0003A")
    assert added(bring_in(database, book.save(tmp_path / "hami-2023.xlsx"), LATER)) == {
        "payments": 1
    }
