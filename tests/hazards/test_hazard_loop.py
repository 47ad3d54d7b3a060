"""The loop of a hazard against an oracle that replays its steps day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.hazards.loop import (
    Case,
    Standing,
    Taken,
    after,
    holder_on,
    judge,
    state_on,
    steps_on,
)
from contracts.hazards.models import HazardLevel, HazardStep
from contracts.hazards.natural_keys import content_key, free_copy
from contracts.hazards.words import ASSURANCES, HazardState, Holder
from kernel.errors import ConflictError, InputError

FIRST = date(2023, 3, 1)
TODAY = date(2023, 12, 31)
ASSURED = dict.fromkeys(ASSURANCES, "已落实")
LEVELS = st.sampled_from(HazardLevel)


def taken(kind: HazardStep, day: date, spare: int) -> Taken:
    needs = kind in (HazardStep.ASSIGNED, HazardStep.EXTENDED, HazardStep.REOPENED)
    deadline = day + timedelta(days=spare) if needs else None
    return Taken(kind, day, deadline, "李局长", "原因")


@given(
    LEVELS,
    st.lists(st.tuples(st.sampled_from(HazardStep), st.integers(0, 20), st.integers(0, 40))),
)
def test_a_hazard_is_where_its_steps_put_it(
    level: HazardLevel, tries: list[tuple[HazardStep, int, int]]
) -> None:
    held, day, done = Standing(FIRST), FIRST, [HazardStep.FOUND]
    for kind, later, spare in tries:
        step = taken(kind, day + timedelta(days=later), spare)
        try:
            judge(Case(held, level, day, ASSURED), step, step.day)
        except (ConflictError, InputError):
            assert kind not in steps_on(held, level, step.day) or kind is HazardStep.EXTENDED
            continue
        held, day, done = after(held, step), step.day, [*done, kind]
        assert holder_on(held, day) is oracle(done)
        state = state_on(held, day)
        assert (state is HazardState.VERIFIED) == (done[-1] is HazardStep.VERIFIED)
        assert (state is HazardState.TO_VERIFY) == (
            done[-1] in (HazardStep.RECTIFIED, HazardStep.RECHECKED)
        )
        if done[-1] in (HazardStep.ASSIGNED, HazardStep.EXTENDED, HazardStep.REOPENED):
            assert step.deadline is not None
            assert state is HazardState.TO_RECTIFY
            late = state_on(held, step.deadline + timedelta(days=1))
            assert late is HazardState.OVERDUE


def oracle(done: list[HazardStep]) -> Holder:
    """Who holds a hazard follows from its last step alone."""
    return {
        HazardStep.FOUND: Holder.PURCHASER,
        HazardStep.ASSIGNED: Holder.ENTERPRISE,
        HazardStep.EXTENDED: Holder.ENTERPRISE,
        HazardStep.REOPENED: Holder.ENTERPRISE,
        HazardStep.RECTIFIED: Holder.VENDOR,
        HazardStep.RECHECKED: Holder.PURCHASER,
        HazardStep.VERIFIED: Holder.NOBODY,
    }[done[-1]]


def refused(
    step: Taken, held: Standing, level: HazardLevel = HazardLevel.GENERAL, *, assured: bool = True
) -> str:
    asked = Case(
        held,
        level,
        date(2023, 6, 1),
        ASSURED if assured else {**ASSURED, "assured_funds": ""},
    )
    with pytest.raises((InputError, ConflictError)) as refusal:
        judge(asked, step, TODAY)
    problems = refusal.value.problems
    return problems[0].field if problems else "conflict"


def test_acts_out_of_order_are_refused_at_their_field() -> None:
    opened = Standing(FIRST, deadline=date(2023, 7, 1))
    rectified = Standing(FIRST, deadline=date(2023, 7, 1), rectified_on=date(2023, 6, 1))
    june, july = date(2023, 6, 2), date(2023, 7, 2)
    assert refused(Taken(HazardStep.RECTIFIED, date(2023, 2, 28)), opened) == "day"
    assert refused(Taken(HazardStep.RECTIFIED, date(2023, 5, 31)), opened) == "day"
    assert refused(Taken(HazardStep.RECTIFIED, date(2024, 1, 1)), opened) == "day"
    assert refused(Taken(HazardStep.VERIFIED, june), opened) == "conflict"
    extended = Taken(HazardStep.EXTENDED, june, july, "", "雨季停工")
    assert refused(extended, opened) == "approved_by"
    assert refused(Taken(HazardStep.EXTENDED, june, july, "李局长"), opened) == "remark"
    early = Taken(HazardStep.EXTENDED, june, date(2023, 6, 30), "李局长", "雨季停工")
    assert refused(early, opened) == "deadline"
    assert refused(Taken(HazardStep.REOPENED, june, july), rectified) == "remark"
    assert refused(Taken(HazardStep.ASSIGNED, june), Standing(FIRST)) == "deadline"


def test_a_major_hazard_is_closed_with_its_five_assurances() -> None:
    held = Standing(
        FIRST, deadline=date(2023, 7, 1), rectified_on=FIRST, rechecked_on=date(2023, 6, 1)
    )
    step, major = Taken(HazardStep.VERIFIED, date(2023, 6, 2)), HazardLevel.MAJOR
    assert refused(step, held, level=major, assured=False) == "assured_funds"
    judge(Case(held, major, FIRST, ASSURED), step, TODAY)
    judge(Case(held, HazardLevel.GENERAL, FIRST, {}), step, TODAY)


def test_a_fact_out_of_order_still_has_a_state() -> None:
    """An old ledger may say rectified before found, or verified without rectified."""
    assert state_on(Standing(FIRST, rectified_on=date(2023, 1, 1)), FIRST) is HazardState.TO_VERIFY
    assert state_on(Standing(FIRST, verified_on=FIRST), FIRST) is HazardState.VERIFIED


@given(st.text(max_size=20), st.text(max_size=20), st.integers(1, 4))
def test_what_says_the_same_has_the_same_key(spot: str, said: str, copies: int) -> None:
    key = content_key("甲公司", spot, said, FIRST)
    assert key == content_key(" 甲公司　", spot + " ", said, FIRST)
    assert key != content_key("甲公司", spot, said, TODAY)
    taken_keys: list[str] = []
    for copy in range(1, copies + 1):
        found = free_copy(key, taken_keys)
        assert found == content_key("甲公司", spot, said, FIRST, copy)
        taken_keys.append(found)
