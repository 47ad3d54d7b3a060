"""The file of a contract: which parts are there, late, missing or not yet wanted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.acceptance.kinds import ACCEPTANCES
from contracts.checks.file_parts import ContractDays, Held, Part, PartState, parts_of
from contracts.checks.file_queries import TITLES, file_of
from contracts.checks.kinds import CLAUSE_CHECKS
from contracts.disclosure.kinds import DISCLOSURES
from contracts.supervision.kinds import SUPERVISIONS
from kernel.database import Database
from kernel.errors import NotFoundError
from tests.file.file_ledger import acceptance, enter, supervision
from tests.pages import statements
from tests.step_ledger import StepLedger, fill

START, END = date(2023, 3, 1), date(2024, 2, 29)
DAYS = ContractDays(START, START, END, date(2023, 3, 3), None)
days = st.dates(date(2023, 1, 1), date(2024, 12, 31))


@given(as_of=days, later=st.integers(0, 700))
def test_what_is_missing_stays_missing_until_it_comes(as_of: date, later: int) -> None:
    before = parts_of(TITLES, {}, DAYS, as_of)
    after = parts_of(TITLES, {}, DAYS, as_of + timedelta(days=later))
    for first, second in zip(before, after, strict=True):
        assert first.state in (PartState.MISSING, PartState.NOT_YET, PartState.NONE)
        if first.state is not PartState.NOT_YET:
            assert second.state is first.state


@given(came=days)
def test_a_plan_is_late_from_the_day_service_starts(came: date) -> None:
    (plan, *_) = parts_of(TITLES, {"plans": Held(1, came, came)}, DAYS, date(2025, 1, 1))
    assert plan.state is (PartState.LATE if came >= START else PartState.THERE)


def test_without_days_nothing_is_called_missing() -> None:
    nothing = ContractDays(None, None, None, None, None)
    states = {part.state for part in parts_of(TITLES, {}, nothing, END)}
    assert states == {PartState.UNKNOWN, PartState.NOT_YET, PartState.NONE}


def test_a_service_without_an_august_is_not_monitored_in_one() -> None:
    short = ContractDays(START, START, date(2023, 8, 30), None, None)
    found = {part.code: part for part in parts_of(TITLES, {}, short, END)}
    assert found["performance_monitorings"].state is PartState.NONE
    assert {part.code: part for part in parts_of(TITLES, {}, DAYS, END)}[
        "performance_monitorings"
    ].due_on == date(2023, 8, 31)


def test_a_file_is_told_by_as_many_statements_however_much_it_holds(database: Database) -> None:
    ledger = fill(database)
    clerk = ledger.actor(database, "clerk")
    before, few = _file(database, ledger, date(2023, 12, 31))
    assert before["plans"].state is PartState.THERE
    assert before["disclosures.contract"].state is PartState.MISSING
    of_it = {"contract_id": ledger.paid_by_zone}
    by = {"organisation_id": ledger.organisations["zone"], "checked_on": date(2023, 4, 1)}
    fewer = {**by, "checked_on": date(2023, 5, 1), "service_content": False}
    enter(database, clerk, SUPERVISIONS, **supervision(ledger))
    enter(database, clerk, ACCEPTANCES, **acceptance(ledger.paid_by_zone))
    where = {"service_content_evidence": "第一条", "breach_evidence": "第九条"}
    enter(database, clerk, CLAUSE_CHECKS, **of_it, **by, **where, service_content=True, breach=True)
    enter(database, clerk, CLAUSE_CHECKS, **of_it, **fewer)
    for day in (date(2023, 3, 6), date(2023, 3, 2)):
        site = {"content_kind": "contract", "medium": f"网站{day.day}", "published_on": day}
        enter(database, clerk, DISCLOSURES, **of_it, **site)
    after, many = _file(database, ledger, date(2023, 12, 31))
    assert many == few
    assert (after["supervisions"].count, after["supervisions"].said) == (1, "1 条待答复")
    assert (after["acceptances"].state, after["acceptances"].said) == (PartState.THERE, "已合格")
    assert after["clause_checks"].said == "八项都没有"
    assert (after["disclosures.contract"].state, after["disclosures.contract"].day) == (
        PartState.THERE,
        date(2023, 3, 2),
    )
    assert after["disclosures.acceptance"].state is PartState.MISSING
    then, _ = _file(database, ledger, date(2023, 4, 30))
    assert then["clause_checks"].said == "八项中有 2 项"
    assert then["supervisions"].state is PartState.NOT_YET
    sibling = ledger.actor(database, "sibling")
    with database.reading(sibling) as session, pytest.raises(NotFoundError):
        file_of(session, sibling, ledger.paid_by_zone, date(2023, 12, 31))


def _file(database: Database, ledger: StepLedger, as_of: date) -> tuple[dict[str, Part], int]:
    clerk = ledger.actor(database, "clerk")
    with statements(database) as asked, database.reading(clerk) as session:
        parts = file_of(session, clerk, ledger.paid_by_zone, as_of)
    return {part.code: part for part in parts}, len(asked)
