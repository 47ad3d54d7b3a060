"""Entering hazards and counts, taking their steps, and what past days still say."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from contracts.finding_models import Finding
from contracts.hazards.changes import add_count, add_hazard, change_hazard
from contracts.hazards.checks import CODES, hazard_findings
from contracts.hazards.models import HazardLevel, HazardStep
from contracts.hazards.queries import hazard, hazards, steps
from contracts.hazards.schemas import (
    HazardEdit,
    HazardOrder,
    HazardsWanted,
    NewCount,
    NewHazard,
    NewStep,
)
from contracts.hazards.taking import take_step
from contracts.hazards.words import ASSURANCES, HazardState
from contracts.service_models import ServiceRound
from kernel.access.actor import LOCAL_OPERATOR as ACTOR
from kernel.database import Database
from kernel.edits import ChangedMeanwhile
from kernel.errors import InputError
from tests.hazards.hazard_ledger import CLOCK, TODAY, HazardLedger, fill_hazards
from tests.hazards.hazard_ledger import hazard as fact

FOUND = date(2023, 3, 2)


@pytest.fixture
def ledger(database: Database) -> HazardLedger:
    with database.writing(ACTOR) as session:
        return fill_hazards(session)


def entry(ledger: HazardLedger, **values: Any) -> NewHazard:
    known = {
        "contract_id": ledger.contracts[0],
        "level": "general",
        "description": "配电箱未接地",
        "found_on": FOUND.isoformat(),
    }
    return NewHazard.model_validate({**known, **values})


def added(database: Database, asked: NewHazard) -> UUID:
    with database.writing(ACTOR) as session:
        return add_hazard(session, ACTOR, CLOCK, asked).id


def step(database: Database, key: UUID, kind: str, day: str, **values: Any) -> None:
    with database.writing(ACTOR) as session:
        take_step(
            session, ACTOR, CLOCK, key, NewStep.model_validate({"kind": kind, "day": day, **values})
        )


def codes(database: Database) -> list[str]:
    with database.reading(ACTOR) as session:
        opened = select(Finding.code).where(Finding.ended_at.is_(None), Finding.code.in_(CODES))
        return sorted(session.scalars(opened))


def test_past_days_keep_what_an_extension_and_a_reopening_changed(
    database: Database, ledger: HazardLedger
) -> None:
    key = added(database, entry(ledger, deadline="2023-03-20"))
    step(
        database, key, "extended", "2023-03-25", deadline="2023-04-20",
        approved_by="李局长", remark="备件未到",
    )  # fmt: skip
    step(database, key, "rectified", "2023-04-10")
    step(database, key, "verified", "2023-04-12", remark="合格")
    step(database, key, "reopened", "2023-05-01", deadline="2023-05-10", remark="又出现")
    states = {
        date(2023, 3, 20): HazardState.TO_RECTIFY,
        date(2023, 3, 24): HazardState.OVERDUE,
        date(2023, 3, 25): HazardState.TO_RECTIFY,
        date(2023, 4, 11): HazardState.TO_VERIFY,
        date(2023, 4, 30): HazardState.VERIFIED,
        date(2023, 5, 10): HazardState.TO_RECTIFY,
        date(2023, 5, 11): HazardState.OVERDUE,
    }
    with database.reading(ACTOR) as session:
        assert {day: hazard(session, ACTOR, day, key).state for day in states} == states
        assert hazard(session, ACTOR, date(2023, 3, 24), key).deadline == date(2023, 3, 20)
        told = steps(session, ACTOR, TODAY, key).items
        overdue = HazardsWanted(overdue=True, order=HazardOrder.DEADLINE)
        for day, there in ((date(2023, 3, 24), 1), (date(2023, 4, 30), 0), (TODAY, 1)):
            assert len(hazards(session, ACTOR, day, TODAY, overdue).items) == there
        closed = HazardsWanted(state=HazardState.VERIFIED)
        assert len(hazards(session, ACTOR, date(2023, 4, 30), TODAY, closed).items) == 1
    kinds = [each.kind for each in told]
    assert kinds == [
        HazardStep.FOUND, HazardStep.ASSIGNED, HazardStep.EXTENDED, HazardStep.RECTIFIED,
        HazardStep.VERIFIED, HazardStep.ASSIGNED, HazardStep.REOPENED,
    ]  # fmt: skip


def test_what_is_entered_twice_needs_a_word(database: Database, ledger: HazardLedger) -> None:
    added(database, entry(ledger))
    with pytest.raises(InputError) as refusal:
        added(database, entry(ledger))
    assert refusal.value.problems[0].field == "not_a_twin"
    added(database, entry(ledger, not_a_twin=True))
    added(database, entry(ledger, number="H-1", not_a_twin=True))
    with pytest.raises(InputError) as taken:
        added(database, entry(ledger, number="H-1", description="另一条"))
    assert taken.value.problems[0].field == "number"
    with pytest.raises(InputError) as foreign:
        added(database, entry(ledger, round_id=ledger.rounds[3], description="另一轮"))
    assert foreign.value.problems[0].field == "round_id"


def test_solved_on_the_spot_is_closed_unless_it_is_major(
    database: Database, ledger: HazardLedger
) -> None:
    general = added(database, entry(ledger, on_the_spot=True, found_by="专家组"))
    major = added(database, entry(ledger, on_the_spot=True, level="major", spot="库房"))
    with database.reading(ACTOR) as session:
        assert hazard(session, ACTOR, FOUND, general).state is HazardState.VERIFIED
        assert hazard(session, ACTOR, FOUND, major).state is HazardState.TO_VERIFY
    step(database, major, "rechecked", "2023-03-05")
    with pytest.raises(InputError) as refusal:
        step(database, major, "verified", "2023-03-06", assured_duty="厂长")
    assert refusal.value.problems[0].field == "assured_funds"
    step(database, major, "verified", "2023-03-06", **dict.fromkeys(ASSURANCES, "已落实"))
    with database.reading(ACTOR) as session:
        assert hazard(session, ACTOR, TODAY, major).assured_plan == "已落实"


def test_two_editors_and_a_day_that_moves(database: Database, ledger: HazardLedger) -> None:
    key = added(database, entry(ledger, on_the_spot=True))
    wanted = {"level": "general", "description": "配电箱未接地", "found_on": "2023-03-01"}
    with database.writing(ACTOR) as session:
        change_hazard(session, ACTOR, CLOCK, key, HazardEdit.model_validate(wanted), 1)
    with pytest.raises(ChangedMeanwhile), database.writing(ACTOR) as session:
        change_hazard(session, ACTOR, CLOCK, key, HazardEdit.model_validate(wanted), 1)
    with database.reading(ACTOR) as session:
        assert hazard(session, ACTOR, TODAY, key).verified_on == date(2023, 3, 1)


def test_facts_out_of_order_are_kept_with_a_finding(
    database: Database, ledger: HazardLedger
) -> None:
    first = ledger.contracts[0]
    with database.writing(ACTOR) as session:
        session.get_one(ServiceRound, ledger.rounds[0]).hazards_found = 5
        known = {"source": "台账", "round_id": ledger.rounds[0]}
        fact(session, first, FOUND, rectified_on=date(2023, 3, 1), **known)
        fact(session, first, FOUND, verified_on=FOUND, level=HazardLevel.MAJOR, **known)
        session.flush()
        found = hazard_findings(session, [first])
    assert sorted(each.code for each in found) == [
        "hazard_count_differs_from_items",
        "hazard_itemised_twice",
        "hazard_not_assured",
        "hazard_rectified_before_found",
    ]


def test_counts_are_judged_when_entered_and_compared_afterwards(
    database: Database, ledger: HazardLedger
) -> None:
    base = {"contract_id": ledger.contracts[0], "counted_on": "2023-06-30"}

    def count(**values: Any) -> None:
        with database.writing(ACTOR) as session:
            add_count(session, ACTOR, CLOCK, NewCount.model_validate({**base, **values}))

    for field, values in (
        ("rectified", {"hazards_found": 3, "rectified": 4}),
        ("hazards_found", {}),
        ("counted_on", {"hazards_found": 3, "counted_on": "2024-01-01"}),
    ):
        with pytest.raises(InputError) as refusal:
            count(**values)
        assert refusal.value.problems[0].field == field
    count(hazards_found=2439, rectified=2397)
    assert codes(database) == []
    added(database, entry(ledger))
    assert codes(database) == ["hazard_count_differs_from_rounds"]
    count(hazards_found=1, rectified=0)
    assert codes(database) == []
