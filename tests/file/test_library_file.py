"""Rules, yearly plans, approvals and outcomes: who sees them, who writes them, who has not filed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import select, text

from contracts.library.entries import OutcomeFactEntry
from contracts.library.kinds import (
    APPROVAL_DOCUMENTS,
    OUTCOME_FACTS,
    REGULATIONS,
    YEARLY_PLANS,
)
from contracts.library.rules import fallen
from contracts.library.yearly import filings, yearly_plan_due
from contracts.models import Programme
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.errors import ForbiddenError, NotFoundError
from kernel.keys import new_key
from tests.file.file_ledger import change, enter, refused, told
from tests.step_ledger import StepLedger, fill


def _plan(ledger: StepLedger, **more: Any) -> dict[str, Any]:
    return {
        "organisation_id": ledger.organisations["zone"],
        "lead_id": ledger.organisations["bureau"],
        "plan_year": 2024,
        "number": 1,
        "title": "2024 年购买第三方安全生产服务方案",
        "filed_on": date(2023, 10, 8),
        **more,
    }


def test_rules_are_seen_by_all_who_see_a_contract_of_their_organisation(
    database: Database,
) -> None:
    ledger = fill(database)
    rule = {"kind": "finance", "title": "财务管理制度", "issued_on": date(2022, 3, 1)}
    bureau = {"organisation_id": ledger.organisations["bureau"], **rule}
    overseer = ledger.actor(database, "overseer")
    wrong = {"in_force_from": date(2022, 4, 1), "in_force_to": date(2022, 3, 31)}
    assert refused(database, overseer, REGULATIONS, **bureau, **wrong)[0] == "in_force_to"
    enter(database, overseer, REGULATIONS, **bureau)
    with pytest.raises(ForbiddenError):
        enter(database, ledger.actor(database, "clerk"), REGULATIONS, **bureau)
    seen = {
        name: len(told(database, ledger.actor(database, name), REGULATIONS))
        for name in ("overseer", "clerk", "auditor", "sibling")
    }
    # The zone's contracts are led by the bureau; the sibling has none.
    assert seen == {"overseer": 1, "clerk": 1, "auditor": 1, "sibling": 0}


def test_a_plan_is_filed_late_recognised_by_the_lead_and_chased_until_then(
    database: Database,
) -> None:
    ledger = fill(database)
    clerk, overseer = ledger.actor(database, "clerk"), ledger.actor(database, "overseer")
    own = _plan(ledger, approved_on=date(2023, 10, 20))
    at, said = refused(database, clerk, YEARLY_PLANS, **own)
    assert (at, "牵头单位" in said) == ("approved_on", True)
    both = {**own, "returned_on": date(2023, 10, 19)}
    assert refused(database, overseer, YEARLY_PLANS, **both)[0] == "returned_on"
    with pytest.raises(NotFoundError):
        enter(database, ledger.actor(database, "sibling"), YEARLY_PLANS, **_plan(ledger))
    key = enter(database, clerk, YEARLY_PLANS, **_plan(ledger))
    with database.reading(overseer) as session:
        before = filings(session, overseer, 2024, date(2023, 10, 7))
        after = filings(session, overseer, 2024, date(2023, 10, 31))
    assert [(each.organisation.label, each.filed_on, each.days_late) for each in before] == [
        ("高新区", None, 7)
    ]
    assert [(each.filed_on, each.days_late) for each in after] == [(date(2023, 10, 8), 8)]
    returned = _plan(ledger, returned_on=date(2023, 10, 15))
    change(database, overseer, YEARLY_PLANS, key, 1, **returned)
    with database.reading(overseer) as session:
        (again,) = filings(session, overseer, 2024, date(2023, 10, 31))
    assert (again.filed_on, again.days_late) == (None, 31)
    assert len(told(database, overseer, YEARLY_PLANS)) == 1
    assert told(database, ledger.actor(database, "sibling"), YEARLY_PLANS) == []


def test_papers_of_a_programme_are_its_lead_s(database: Database) -> None:
    ledger = fill(database)
    clerk, overseer = ledger.actor(database, "clerk"), ledger.actor(database, "overseer")
    with database.reading(LOCAL_OPERATOR) as session:
        programme_id = session.scalars(select(Programme.id)).one()
    released: dict[str, Any] = {
        "programme_id": programme_id,
        "kind": "budget_release",
        "title": "关于批复部门预算指标的通知",
        "document_number": "甲市财〔2023〕3号",
        "issuer": "甲市财政局",
        "issued_on": date(2023, 1, 20),
        "amount": "2000000.00",
    }
    for field, fields in (
        ("document_number", {"document_number": ""}),
        ("amount", {"amount": None}),
        ("amount_city", {"amount_city": "2000000.01"}),
        ("mending_asked", {"mended_on": date(2023, 3, 1)}),
    ):
        found = refused(database, overseer, APPROVAL_DOCUMENTS, **{**released, **fields})
        assert found[0] == field
    enter(database, overseer, APPROVAL_DOCUMENTS, **released)
    assert [item["amount"] for item in told(database, overseer, APPROVAL_DOCUMENTS)] == [
        "2000000.00"
    ]
    assert told(database, clerk, APPROVAL_DOCUMENTS) == []
    with pytest.raises(NotFoundError):
        enter(database, clerk, APPROVAL_DOCUMENTS, **released)
    outcome = {
        "programme_id": programme_id,
        "measure": "casualties",
        "period_from": date(2023, 1, 1),
        "period_to": date(2023, 12, 31),
        "value": 2,
        "baseline": 4,
    }
    at, said = refused(database, overseer, OUTCOME_FACTS, **outcome, reduction="40")
    assert (at, "50.00 %" in said) == ("reduction", True)
    enter(database, overseer, OUTCOME_FACTS, **outcome, reduction="50")
    assert [item["reduction"] for item in told(database, overseer, OUTCOME_FACTS)] == ["50"]


@given(baseline=st.integers(1, 10**8), value=st.integers(0, 10**8))
def test_what_fell_by_a_percent_leaves_the_rest(baseline: int, value: int) -> None:
    percent = fallen(baseline, value)
    assert percent is not None
    assert abs(baseline * (100 - percent) / 100 - value) <= baseline * Decimal("0.00000001")


@pytest.mark.parametrize("percent", ["100.1", "-1", "0.0000001", "NaN"])
def test_nothing_falls_by_more_than_all_of_it(percent: str) -> None:
    of_it = {"programme_id": new_key(), "measure": "deaths", "reduction": percent}
    period = {"period_from": "2023-01-01", "period_to": "2023-12-31"}
    with pytest.raises(ValidationError, match="reduction"):
        OutcomeFactEntry.model_validate({**of_it, **period})


@given(st.integers(1991, 2200))
def test_a_plan_is_due_three_months_before_its_year(plan_year: int) -> None:
    assert (date(plan_year, 1, 1) - yearly_plan_due(plan_year)).days == 93


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_wall_itself_hides_what_organisations_keep(database: Database) -> None:
    ledger = fill(database)
    overseer = ledger.actor(database, "overseer")
    with database.reading(LOCAL_OPERATOR) as session:
        programme_id = session.scalars(select(Programme.id)).one()
    enter(database, overseer, YEARLY_PLANS, **_plan(ledger))
    issued = {"title": "批复", "issued_on": date(2023, 1, 20)}
    paper = {"kind": "approval", "issuer": "甲市人民政府", **issued}
    enter(database, overseer, APPROVAL_DOCUMENTS, programme_id=programme_id, **paper)
    rule = {"organisation_id": ledger.organisations["bureau"], "kind": "files", **issued}
    enter(database, overseer, REGULATIONS, **rule)
    seen = {}
    for name in ("overseer", "clerk", "sibling"):
        with database.reading(ledger.actor(database, name)) as session:
            seen[name] = [
                session.scalar(text(f"SELECT count(*) FROM {table}"))
                for table in ("yearly_plan", "approval_document", "regulation")
            ]
    assert seen == {"overseer": [1, 1, 1], "clerk": [1, 0, 1], "sibling": [0, 0, 0]}
