"""The clerk's first screen: what is due next on the contracts that he keeps, the earliest first."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from contracts.hazards.models import Hazard, HazardLevel
from contracts.service_models import ImplementationPlan, PlannedRound, RoundKind, ServiceRound
from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.keys import new_key
from monitor.next_steps import StepKind, next_steps
from people.actors import actor_of
from tests.ledger import WHO, ContractSpec, MilestoneSpec, city, contract
from tests.people import person
from tests.web import TODAY, client_as

BEGINS = date(2023, 3, 1)


def test_each_kind_of_step_is_told_until_it_is_done(database: Database, tmp_path: Path) -> None:
    with database.writing(LOCAL_OPERATOR) as session:
        places = [city(session, name) for name in ("甲市", "乙市")]
        due = MilestoneSpec(Decimal("788.00"), date(2023, 5, 10))
        mine = contract(session, places[0], "HT-1", ContractSpec(BEGINS, [due]))
        contract(session, places[1], "HT-2", ContractSpec(BEGINS, [due]))
        clerk = person(session, "clerk", (Role.CLERK, places[0].bureau.id)).id
        finance = person(session, "finance", (Role.FINANCE, places[0].bureau.id)).id
        plan = new_key()
        session.add(
            ImplementationPlan(
                id=plan, contract_id=mine, number=1, submitted_on=BEGINS, approved_on=BEGINS, **WHO
            )
        )
        session.flush()
        windows = (date(2023, 6, 30), date(2023, 9, 30))
        session.add_all(
            PlannedRound(
                contract_id=mine,
                plan_id=plan,
                number=at,
                kind=RoundKind.DRILL,
                window_to=until,
                **WHO,
            )
            for at, until in enumerate(windows, 1)
        )
        session.add(
            ServiceRound(
                contract_id=mine, number=1, kind=RoundKind.DRILL, started_on=BEGINS,
                ended_on=windows[0], **WHO,
            )
        )  # fmt: skip
        session.add_all(
            Hazard(
                contract_id=mine, natural_key=f"k{day}", level=HazardLevel.GENERAL, description="缺护栏",
                found_on=BEGINS, deadline=date(2023, 4, day), **WHO,
            )
            for day in (3, 9)
        )  # fmt: skip
    with database.reading(LOCAL_OPERATOR) as session:
        actors = [actor_of(session, key, TODAY) for key in (clerk, finance)]
    assert actors[0] is not None
    assert actors[1] is not None
    with database.reading(actors[0]) as session:
        found = next_steps(session, actors[0])
    told = [(step.kind, step.due_on, step.number, step.count, step.amount) for step in found]
    assert told == [
        (StepKind.PLAN, date(2023, 2, 28), "HT-1", None, None),
        (StepKind.HAZARDS, date(2023, 4, 3), "HT-1", 2, None),
        (StepKind.PAYMENT, date(2023, 5, 10), "HT-1", None, Decimal("788.00")),
        (StepKind.ROUND, date(2023, 9, 30), "HT-1", 2, None),
    ]
    with database.reading(actors[1]) as session:
        assert next_steps(session, actors[1]) == []
    page = client_as(database, tmp_path, clerk).get("/").text
    assert "督促整改隐患 2 项" in page
    assert "已过 272 天" in page
