"""Acceptance, reports, publication and checks: what an act of them is refused for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any
from uuid import UUID

from contracts.acceptance.kinds import ACCEPTANCES, SERVICE_REPORTS
from contracts.checks.kinds import (
    CLAUSE_CHECKS,
    NEGATIVE_CHECKS,
    PERFORMANCE_MONITORINGS,
    SUBCONTRACTING_CHECKS,
)
from contracts.checks.models import CLAUSES
from contracts.disclosure.kinds import DISCLOSURES
from contracts.records.kinds import RecordKind
from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.database import Database
from kernel.errors import ConflictError
from payments.models import Milestone, Trigger
from payments.settling import settle_contracts
from tests.file.file_ledger import CHECKED, acceptance, change, enter, refused, told
from tests.step_ledger import fill, milestone_id

Wrong = list[tuple[str, str, dict[str, Any]]]


def _all_refused(
    database: Database, actor: Actor, kind: RecordKind, sound: dict[str, Any], wrong: Wrong
) -> None:
    for field, words, fields in wrong:
        at, said = refused(database, actor, kind, **{**sound, **fields})
        assert at == field, said
        assert words in said


def test_an_acceptance_is_signed_and_those_served_are_heard(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    sound = acceptance(ledger.paid_by_zone)
    wrong: Wrong = [
        ("held_on", "开始服务", {"planned_on": date(2023, 1, 1), "held_on": date(2023, 2, 1)}),
        ("held_on", "业务日期", {"held_on": date(2024, 1, 1)}),
        ("signed_on", "政府采购法第四十一条", {"signed_on": None}),
        ("signed_on", "验收", {"signed_on": date(2023, 11, 30)}),
        ("team_size", "政府采购法第四十一条", {"team_size": None}),
        ("served_took_part", "第四十五条", {"served_took_part": None}),
        ("served_opinion", "第四十五条", {"served_opinion": ""}),
        ("mending_asked", "整改", {"conclusion": "failed"}),
        ("mend_by", "期限", {"conclusion": "conditional", "mending_asked": "补报告"}),
        ("mended_on", "验收", {"mending_asked": "补报告", "mended_on": date(2023, 11, 1)}),
        ("conclusion", "结论", {"conclusion": None}),
    ]
    _all_refused(database, clerk, ACCEPTANCES, sound, wrong)
    enter(database, clerk, ACCEPTANCES, **sound)
    (planned,) = told(database, clerk, ACCEPTANCES, date(2023, 11, 30))
    assert (planned["conclusion"], planned["held_on"], planned["team_size"]) == (None, None, None)


def test_the_lead_alone_accepts_the_service_report(database: Database) -> None:
    ledger = fill(database)
    clerk, overseer = ledger.actor(database, "clerk"), ledger.actor(database, "overseer")
    report: dict[str, Any] = {
        "contract_id": ledger.paid_by_zone,
        "kind": "technical",
        "number": 1,
        "title": "安全技术服务报告",
        "submitted_on": date(2023, 12, 1),
    }
    decided = {**report, "conclusion": "passed", "decided_on": date(2023, 12, 20)}
    at, said = refused(database, clerk, SERVICE_REPORTS, **decided)
    assert (at, "牵头单位" in said) == ("conclusion", True)
    early = {**decided, "decided_on": date(2023, 11, 30)}
    assert refused(database, overseer, SERVICE_REPORTS, **early)[0] == "decided_on"
    key = enter(database, clerk, SERVICE_REPORTS, **report)
    change(database, overseer, SERVICE_REPORTS, key, 1, **decided)
    change(database, clerk, SERVICE_REPORTS, key, 2, **{**decided, "title": "2023 年服务报告"})
    (known,) = told(database, clerk, SERVICE_REPORTS)
    assert known["conclusion"].value == "passed"
    (before,) = told(database, clerk, SERVICE_REPORTS, date(2023, 12, 19))
    assert before["conclusion"] is None


def test_nothing_is_published_before_it_is_there(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    published: dict[str, Any] = {
        "contract_id": ledger.paid_by_zone,
        "content_kind": "contract",
        "medium": "中国政府采购网",
        "published_on": date(2023, 3, 20),
        "web_address": "https://www.example.cn/1",
    }
    wrong: Wrong = [
        ("published_on", "签订合同", {"published_on": date(2023, 2, 28)}),
        ("published_on", "应在它之前", {"content_kind": "tender"}),
        ("published_on", "业务日期", {"published_on": date(2024, 1, 1)}),
        ("content_kind", "先登记验收", {"content_kind": "acceptance"}),
    ]
    _all_refused(database, clerk, DISCLOSURES, published, wrong)
    enter(database, clerk, DISCLOSURES, **published)  # late, and recorded all the same
    enter(database, clerk, ACCEPTANCES, **acceptance(ledger.paid_by_zone))
    result = {**published, "content_kind": "acceptance"}
    assert refused(database, clerk, DISCLOSURES, **result)[0] == "published_on"
    enter(database, clerk, DISCLOSURES, **{**result, "published_on": date(2023, 12, 5)})


def test_a_check_says_where_it_stands_and_does_not_contradict_itself(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    of_it: dict[str, Any] = {
        "contract_id": ledger.paid_by_zone,
        "organisation_id": ledger.organisations["zone"],
        "checked_on": CHECKED,
    }
    clauses = dict.fromkeys(CLAUSES, True)
    wrong: Wrong = [
        ("service_content", "至少核查一项", dict.fromkeys(CLAUSES)),
        ("service_content_evidence", "第几条", {}),
    ]
    _all_refused(database, clerk, CLAUSE_CHECKS, {**of_it, **clauses}, wrong)
    where = {f"{clause}_evidence": "第三条" for clause in CLAUSES}
    enter(database, clerk, CLAUSE_CHECKS, **of_it, **clauses, **where)
    doubt = {"own_people": False, "own_people_evidence": "社保在另一公司"}
    handed_on = {**of_it, **doubt, "conclusion": "suspected", "asked_for": "约谈"}
    wrong = [
        ("conclusion", "1 项", {"conclusion": "none"}),
        ("asked_for", "不得转包", {"asked_for": ""}),
        ("own_people_evidence", "依据", {"own_people_evidence": ""}),
        ("settled_on", "核查", {"settled_on": date(2023, 5, 1)}),
    ]
    _all_refused(database, clerk, SUBCONTRACTING_CHECKS, handed_on, wrong)
    enter(database, clerk, SUBCONTRACTING_CHECKS, **handed_on)
    found = {**of_it, "own_duties": False, "weak_management": True}
    assert refused(database, clerk, NEGATIVE_CHECKS, **found)[0] == "weak_management_evidence"
    monitored: dict[str, Any] = {
        **of_it,
        "period_to": date(2023, 7, 31),
        "monitored_on": date(2023, 8, 10),
        "outlook": "possible",
    }
    del monitored["checked_on"]
    wrong = [
        ("deviation", "136号", {}),
        ("measures", "纠偏", {"deviation": "两轮未开展"}),
        ("monitored_on", "截止", {"outlook": "certain", "monitored_on": date(2023, 7, 1)}),
    ]
    _all_refused(database, clerk, PERFORMANCE_MONITORINGS, monitored, wrong)


def test_a_final_payment_falls_due_from_the_day_the_acceptance_passed(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    key = milestone_id(database, ledger.paid_by_zone)
    with database.writing(LOCAL_OPERATOR) as session:
        session.get_one(Milestone, key).trigger_kind = Trigger.ACCEPTANCE
        settle_contracts(session, [ledger.paid_by_zone])
    assert _payable(database, key) == (None, None)
    asked = {"conclusion": "conditional", "mending_asked": "补报告", "mend_by": date(2023, 12, 9)}
    condition = acceptance(ledger.paid_by_zone, **asked)
    made = enter(database, clerk, ACCEPTANCES, **condition)
    assert _payable(database, key) == (None, None)
    change(database, clerk, ACCEPTANCES, made, 1, **condition, mended_on=date(2023, 12, 8))
    assert _payable(database, key) == (date(2023, 12, 8), date(2024, 1, 8))
    stage = acceptance(ledger.paid_by_zone, number=2, kind="stage")
    enter(database, clerk, ACCEPTANCES, **stage)
    assert _payable(database, key) == (date(2023, 12, 8), date(2024, 1, 8))


def test_of_two_who_enter_one_acceptance_the_second_is_told(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    fields = acceptance(ledger.paid_by_zone)
    at_once = Barrier(2)

    def try_it(_turn: int) -> str:
        at_once.wait()
        try:
            enter(database, clerk, ACCEPTANCES, **fields)
        except ConflictError as refusal:
            return refusal.message
        return "entered"

    with ThreadPoolExecutor(2) as both:
        said = sorted(both.map(try_it, range(2)))
    assert said == ["entered", "已有第几次验收相同的验收；如需补充，请修改那一条"]


def _payable(database: Database, key: UUID) -> tuple[date | None, date | None]:
    with database.reading(LOCAL_OPERATOR) as session:
        milestone = session.get_one(Milestone, key)
        return milestone.triggered_on, milestone.due_on
