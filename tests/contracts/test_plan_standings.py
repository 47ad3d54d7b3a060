"""Where a plan stood on each day, from its versions' dates."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.plan_standings import PlanDates, standings
from contracts.service_models import PlanState

START = date(2023, 1, 1)
M, S, R, A = PlanState.MISSING, PlanState.SUBMITTED, PlanState.RETURNED, PlanState.APPROVED


def day(offset: int) -> date:
    return START + timedelta(days=offset)


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        ([], [(0, M)]),
        ([PlanDates(1, day(3))], [(0, M), (3, S)]),
        ([PlanDates(1, day(3), day(5))], [(0, M), (3, S), (5, R)]),
        (
            [PlanDates(1, day(3), day(5)), PlanDates(2, day(8), None, day(9))],
            [(0, M), (3, S), (5, R), (8, S), (9, A)],
        ),
        ([PlanDates(1, day(-9), None, day(-2))], [(0, A)]),
        ([PlanDates(1, day(4), None, day(4))], [(0, M), (4, A)]),
        ([PlanDates(1, day(2), None, day(3)), PlanDates(2, day(7))], [(0, M), (2, S), (3, A)]),
        ([PlanDates(1, day(2), day(6)), PlanDates(2, day(6))], [(0, M), (2, S), (6, S)][:2]),
    ],
)
def test_states_and_the_days_they_began(
    plans: list[PlanDates], expected: list[tuple[int, PlanState]]
) -> None:
    found = [((s.valid_from - START).days, s.state) for s in standings(plans, START)]
    assert found == expected


@given(
    st.lists(
        st.tuples(
            st.integers(-20, 60),
            st.one_of(st.none(), st.integers(0, 20)),
            st.one_of(st.none(), st.integers(0, 20)),
        ),
        max_size=4,
    )
)
def test_periods_follow_on_each_other_and_approval_is_the_end(
    dates: list[tuple[int, int | None, int | None]],
) -> None:
    plans = [
        PlanDates(
            number,
            day(submitted),
            None if returned is None else day(submitted + returned),
            None if approved is None else day(submitted + approved),
        )
        for number, (submitted, returned, approved) in enumerate(dates, start=1)
    ]
    found = standings(plans, START)
    assert found[0].valid_from == START
    assert found[-1].valid_to is None
    for earlier, later in pairwise(found):
        assert earlier.valid_to == later.valid_from
        assert earlier.state is not later.state
        assert earlier.state is not A
    assert (A in {s.state for s in found}) == any(plan.approved_on for plan in plans)
