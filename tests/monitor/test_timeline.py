"""The line of time: marks in their places, labels that cover nothing, late things and only they red."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.plan_standings import PlanDates
from contracts.plans.queries import plans
from contracts.rounds.queries import rounds
from contracts.schemas import PlansWanted, RoundsWanted
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from monitor import timeline as drawing
from monitor.timeline import Look, Timeline, timeline
from payments.contract_queries import contract as read_contract
from payments.queries import milestones, payments
from payments.schemas import MilestonesWanted, PaymentsWanted
from tests.ledger import ContractSpec, MilestoneSpec, city, contract
from tests.web import TODAY

BEGINS = date(2023, 3, 1)
DUE = date(2023, 6, 30)
AMOUNT = Decimal("78800.00")


def draw(database: Database, key: UUID, day: date = TODAY) -> Timeline | None:
    with database.reading(LOCAL_OPERATOR) as session:
        return timeline(
            read_contract(session, LOCAL_OPERATOR, day, key),
            plans(session, LOCAL_OPERATOR, day, PlansWanted(contract=key)).items,
            rounds(session, LOCAL_OPERATOR, day, RoundsWanted(contract=key)).items,
            milestones(session, LOCAL_OPERATOR, day, MilestonesWanted(contract=key)).items,
            payments(session, LOCAL_OPERATOR, day, PaymentsWanted(contract=key)).items,
            day,
        )


def written(database: Database, spec: ContractSpec) -> UUID:
    with database.writing(LOCAL_OPERATOR) as session:
        return contract(session, city(session), "HT-1", spec)


def lanes(found: Timeline | None) -> dict[str, list[Look]]:
    assert found is not None
    return {lane.name: [mark.look for mark in lane.marks] for lane in found.lanes}


def test_what_is_late_is_red_and_nothing_else(database: Database) -> None:
    spec = ContractSpec(BEGINS, [MilestoneSpec(AMOUNT, DUE), MilestoneSpec(AMOUNT, TODAY)])
    drawn = lanes(draw(database, written(database, spec)))
    assert drawn == {
        "合同": [Look.EVENT, Look.PERIOD],
        "方案": [Look.LATE],
        "应付": [Look.LATE, Look.DUE],
    }


def test_what_was_done_is_not_red(database: Database) -> None:
    plan = PlanDates(1, date(2023, 2, 1), None, date(2023, 2, 20))
    spec = ContractSpec(BEGINS, [MilestoneSpec(AMOUNT, DUE, [(DUE, AMOUNT)])], [plan])
    drawn = lanes(draw(database, written(database, spec)))
    assert drawn["方案"] == [Look.EVENT, Look.PAID]
    assert drawn["应付"] == [Look.DUE]
    assert drawn["支付"] == [Look.PAID]


@given(gaps=st.lists(st.integers(0, 60), min_size=1, max_size=17))
def test_labels_never_cover_each_other(gaps: list[int]) -> None:
    day, wishes = BEGINS, []
    for number, gap in enumerate(gaps, 1):
        day += timedelta(days=gap)
        labels = (f"{number} 场地租赁费 14.00", str(number), "")
        wishes.append(drawing._Wish(day, day, Look.DUE, labels, "t"))
    scale = 1000 / max((day - BEGINS).days, 30)
    marks = [m for m in drawing._placed(wishes, drawing.LEFT, scale, BEGINS) if m.label]
    for one, other in pairwise(marks):
        assert one.label_x + drawing._breadth(one.label) <= other.label_x


@pytest.mark.parametrize("day", [date(2023, 3, 1), date(2030, 1, 1), date.max])
def test_a_day_far_away_does_not_squeeze_the_drawing(database: Database, day: date) -> None:
    found = draw(database, written(database, ContractSpec(BEGINS)), day)
    assert found is not None
    assert (found.today_x is None) == (day.year > 2024)
    assert all(0 <= mark.x <= drawing.WIDTH for lane in found.lanes for mark in lane.marks)


def test_bars_that_lie_over_each_other_get_lines_of_their_own() -> None:
    def bar(first: int, last: int) -> drawing._Wish:
        start = BEGINS + timedelta(days=first)
        return drawing._Wish(start, BEGINS + timedelta(days=last), Look.ROUND, ("x",), "t")

    layers = drawing._layers([bar(0, 9), bar(0, 4), bar(5, 8), bar(10, 12)])
    assert [(name, len(bars)) for name, bars in layers] == [("服务轮次", 3), ("", 1)]
    assert drawing._layers([]) == []
