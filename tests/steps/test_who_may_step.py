"""Nobody takes two steps, nobody a step for an organisation that is not theirs, nobody out of turn."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from contracts.steps import acts
from contracts.steps.facts import PaymentEntry
from contracts.steps.models import Act, ActState
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB, Actor
from kernel.database import Database
from kernel.errors import ConflictError, ForbiddenError, InputError, MonitorError
from payments.models import Payment
from tests.step_ledger import StepLedger, fill, payment, people_of
from tests.web import NOW, TODAY


@pytest.fixture
def ledger(database: Database) -> StepLedger:
    return fill(database)


def enter(database: Database, actor: Actor, body: dict[str, Any], key: str = "k") -> Act:
    with database.writing(actor) as session:
        return acts.enter(session, actor, PaymentEntry.model_validate(body), key, TODAY, NOW)


def approve(database: Database, actor: Actor, act: Act) -> Act:
    with database.writing(actor) as session:
        return acts.approve(session, actor, act.id, act.version, TODAY, NOW)


def payments_made(database: Database) -> int:
    with database.reading(LOCAL_OPERATOR) as session:
        return session.scalar(select(func.count()).select_from(Payment)) or 0


def test_who_holds_every_role_takes_one_step_only(database: Database, ledger: StepLedger) -> None:
    colleague, head = (ledger.actor(database, name) for name in ("colleague", "head"))
    act = enter(database, colleague, payment(database, ledger.paid_by_zone, "60000.00"))
    with (
        pytest.raises(ForbiddenError, match="不同的人"),
        database.writing(colleague) as session,
    ):
        acts.check(session, colleague, act.id, act.version, TODAY, NOW)
    checker = ledger.actor(database, "checker")
    with database.writing(checker) as session:
        act = acts.check(session, checker, act.id, act.version, TODAY, NOW)
    with pytest.raises(ForbiddenError, match="不同的人"):
        approve(database, colleague, act)
    assert approve(database, head, act).state is ActState.DONE


def test_the_checker_may_not_approve_what_was_checked(
    database: Database, ledger: StepLedger
) -> None:
    clerk, colleague = (ledger.actor(database, name) for name in ("clerk", "colleague"))
    act = enter(database, clerk, payment(database, ledger.paid_by_zone, "60000.00"))
    with database.writing(colleague) as session:
        act = acts.check(session, colleague, act.id, act.version, TODAY, NOW)
    with pytest.raises(ForbiddenError):
        approve(database, colleague, act)


def test_the_database_too_refuses_two_steps_of_one_person(
    database: Database, owned: Database, ledger: StepLedger
) -> None:
    clerk = ledger.actor(database, "clerk")
    enter(database, clerk, payment(database, ledger.paid_by_zone))
    with pytest.raises(IntegrityError), owned.engine.begin() as connection:
        connection.execute(text("UPDATE act SET approved_by_id = entered_by_id"))


@pytest.mark.parametrize("actor", [LOCAL_OPERATOR, SCAN_JOB], ids=lambda actor: actor.name)
def test_the_operator_and_the_jobs_take_no_step(
    database: Database, ledger: StepLedger, actor: Actor
) -> None:
    body = payment(database, ledger.paid_by_zone)
    with pytest.raises(ForbiddenError, match="本人账号"):
        enter(database, actor, body)
    act = enter(database, ledger.actor(database, "clerk"), body)
    with pytest.raises(ForbiddenError, match="本人账号"):
        approve(database, actor, act)


def test_a_head_above_the_purchaser_may_approve(database: Database, ledger: StepLedger) -> None:
    act = enter(database, ledger.actor(database, "clerk"), payment(database, ledger.paid_by_zone))
    assert approve(database, ledger.actor(database, "above"), act).state is ActState.DONE


def test_other_departments_learn_nothing_and_overseers_only_look(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, sibling, bureau, overseer, auditor = people_of(
        database, tmp_path, ledger, "clerk", "sibling", "bureau_head", "overseer", "auditor"
    )
    body = payment(database, ledger.paid_by_zone, "60000.00")
    assert sibling.post("acts", body).status_code == 404
    act = clerk.post("acts", body).get_json()
    where, version = f"acts/{act['id']}", {"version": act["version"]}
    for stranger in (sibling, bureau):
        assert stranger.get(where).status_code == 404
        assert stranger.get("acts").get_json()["items"] == []
        for name in ("approve", "return"):
            answer = stranger.post(f"{where}/{name}", {**version, **reason(name)})
            assert answer.status_code == 404, name
    assert sibling.post(f"{where}/check", version).status_code == 404
    for looker in (overseer, auditor):
        assert looker.get(where).get_json()["turns"] == []
        assert looker.post(f"{where}/approve", version).status_code == 403
        answer = looker.post(f"{where}/return", {**version, "reason": "不同意"})
        assert answer.status_code == 403
        assert looker.post("acts", body).status_code == 403


def reason(name: str) -> dict[str, str]:
    return {"reason": "不同意"} if name == "return" else {}


def test_a_stale_version_is_told_who_acted(
    database: Database, tmp_path: Path, ledger: StepLedger
) -> None:
    clerk, checker, colleague = people_of(
        database, tmp_path, ledger, "clerk", "checker", "colleague"
    )
    body = payment(database, ledger.paid_by_zone, "60000.00")
    act = clerk.post("acts", body).get_json()
    seen = {"version": act["version"]}
    assert checker.post(f"acts/{act['id']}/check", seen).status_code == 200
    late = colleague.post(f"acts/{act['id']}/check", seen)
    assert late.status_code == 409
    assert "checker" in late.get_json()["detail"]


def test_two_who_approve_at_the_same_moment_pay_once(
    database: Database, ledger: StepLedger
) -> None:
    act = enter(database, ledger.actor(database, "clerk"), payment(database, ledger.paid_by_zone))
    names = ("head", "colleague", "above", "head")
    actors = [ledger.actor(database, name) for name in names]
    start = Barrier(len(actors))

    def press(actor: Actor) -> str:
        start.wait()
        try:
            return approve(database, actor, act).approved_by
        except ConflictError:
            return "too late"

    with ThreadPoolExecutor(len(actors)) as pool:
        said = list(pool.map(press, actors))
    assert payments_made(database) == 1
    (winner,) = {name for name in said if name != "too late"}
    assert said.count("too late") == len(names) - names.count(winner)


def test_two_tabs_cannot_pay_the_same_milestone_twice(
    database: Database, ledger: StepLedger
) -> None:
    clerk, colleague = (ledger.actor(database, name) for name in ("clerk", "colleague"))
    start = Barrier(2)

    def send(tab: tuple[Actor, str]) -> str:
        actor, voucher = tab
        body = payment(database, ledger.paid_by_zone, "300000.00", voucher=voucher)
        start.wait()
        try:
            enter(database, actor, body, voucher)
        except InputError as refusal:
            return refusal.problems[0].field
        return "entered"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(send, [(clerk, "ZF-1"), (colleague, "ZF-2")]))
    assert said == ["amount", "entered"]


def test_the_same_key_sent_twice_at_once_enters_one_act(
    database: Database, ledger: StepLedger
) -> None:
    clerk, body = ledger.actor(database, "clerk"), payment(database, ledger.paid_by_zone)
    start = Barrier(2)

    def send(_tab: int) -> Any:
        start.wait()
        return enter(database, clerk, body).id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(send, range(2)))) == 1


def test_an_act_is_judged_again_when_it_is_approved(database: Database, ledger: StepLedger) -> None:
    clerk, head = (ledger.actor(database, name) for name in ("clerk", "head"))
    act = enter(database, clerk, payment(database, ledger.paid_by_zone))
    with database.writing(LOCAL_OPERATOR) as session:
        entry = PaymentEntry.model_validate(payment(database, ledger.paid_by_zone))
        session.add(
            Payment(
                contract_id=entry.contract_id,
                milestone_id=entry.milestone_id,
                paid_on=entry.paid_on,
                amount=entry.amount,
                voucher=entry.voucher,
                recorded_at=NOW,
                recorded_by="import",
            )
        )
    with pytest.raises(MonitorError, match="已登记"):
        approve(database, head, act)
    with database.reading(LOCAL_OPERATOR) as session:
        assert session.get_one(Act, act.id).state is ActState.TO_APPROVE
    assert payments_made(database) == 1
