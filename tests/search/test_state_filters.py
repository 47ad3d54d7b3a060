"""The list narrowed by states is what the pure rules say of each contract, however it is asked."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from contracts.life.models import ContractState, ContractStep
from contracts.life.standing import LifeDays, Step, state_on
from contracts.models import Contract
from contracts.plan_standings import PlanDates, standings
from contracts.service_models import PlanState
from kernel.access.actor import LOCAL_OPERATOR, Actor, Grant
from kernel.access.roles import Role
from kernel.database import Database
from payments.contract_list import chosen
from payments.schemas import ContractSort, ContractsWanted
from tests.counts import DATABASE_EXAMPLES
from tests.emptying import empty
from tests.ledger import ContractSpec, MilestoneSpec, city, contract
from tests.web import NOW

BEGIN = date(2023, 3, 1)
DAYS = st.integers(0, 12).map(lambda n: BEGIN + timedelta(days=n))
LIVES = st.tuples(
    st.lists(st.builds(Step, st.sampled_from(ContractState), DAYS), max_size=3),
    st.builds(LifeDays, st.none() | DAYS, st.just(BEGIN), st.none() | DAYS),
    st.none() | DAYS,
)
"""Steps, the days that tell a state, and when a plan was approved."""
Life = tuple[list[Step], LifeDays, date | None]
ASKED: list[tuple[str, Any]] = [
    *(("state", state) for state in ContractState),
    *(("plan_state", state) for state in PlanState),
    ("overdue", True),
    ("overdue", False),
]
ONE_DATABASE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def _write(session: Session, lives: list[Life]) -> tuple[Actor, dict[UUID, Life]]:
    place = city(session)
    written: dict[UUID, Life] = {}
    for number, (steps, days, approved) in enumerate(lives):
        plans = [PlanDates(1, BEGIN, approved_on=approved)] if approved else []
        terms = [MilestoneSpec(Decimal(500), BEGIN + timedelta(days=number))]
        key = contract(session, place, f"甲{number}", ContractSpec(BEGIN, terms, plans))
        found = session.get_one(Contract, key)
        found.awarded_on, found.service_start = days.awarded_on, days.service_start
        told = sorted(steps, key=lambda step: step.since)
        by = {"contract_id": key, "recorded_at": NOW, "recorded_by": "test"}
        session.add_all(ContractStep(state=step.state, since=step.since, **by) for step in told)
        written[key] = (told, days, approved)
    session.flush()
    return Actor("clerk", (Grant(Role.CLERK, place.bureau.id, place.bureau.id),)), written


def _facts(number: int, life: Life, as_of: date) -> dict[str, Any]:
    """What the rules say of a contract on a day, by the filter that asks for it."""
    steps, days, approved = life
    state = state_on(steps, days, as_of)
    plans = [PlanDates(1, BEGIN, approved_on=approved)] if approved else []
    (plan,) = (
        standing.state
        for standing in standings(plans, BEGIN)
        if standing.valid_from <= as_of and (standing.valid_to is None or as_of < standing.valid_to)
    )
    is_late = BEGIN + timedelta(days=number) < as_of
    return {"state": state and state.state, "plan_state": plan, "overdue": is_late}


@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.proof
def test_a_list_by_states_holds_what_the_rules_say(
    database: Database, owned: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("payments.contract_list.FEW", few)
    monkeypatch.setattr("payments.contract_list.MANY", 1)

    def listed(actor: Actor, as_of: date, **asked: Any) -> list[UUID]:
        with database.reading(actor) as session:
            page = chosen(session, actor, as_of, ContractsWanted(limit=100, **asked))
        return sorted(page.items)

    @settings(max_examples=DATABASE_EXAMPLES, suppress_health_check=ONE_DATABASE)
    @given(lives=st.lists(LIVES, min_size=1, max_size=5), as_of=DAYS)
    def look(lives: list[Life], as_of: date) -> None:
        empty(owned)
        with database.writing(LOCAL_OPERATOR) as session:
            clerk, written = _write(session, lives)
        facts = {
            key: _facts(number, life, as_of) for number, (key, life) in enumerate(written.items())
        }
        for actor, (name, value) in product((LOCAL_OPERATOR, clerk), ASKED):
            there = listed(actor, as_of)
            expected = [key for key in there if facts[key][name] == value]
            for sort in (ContractSort.ENTERED, ContractSort.TOTAL):
                found = listed(actor, as_of, sort=sort, **{name: value})
                assert found == expected, (name, value, sort, actor.name)

    look()
