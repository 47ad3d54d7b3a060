"""The table of states, the limits of a contract's terms, and the state told for a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.life.limits import TermLength, refuse_bond, refuse_order, term_length
from contracts.life.models import ContractState as S
from contracts.life.standing import LifeDays, Step, state_on
from contracts.life.transitions import Move, followers, is_back, needs_reason, refuse_move
from kernel.errors import ConflictError, InputError

DAY = date(2023, 3, 1)
states = st.sampled_from(S)
days = st.dates(date(2023, 1, 1), date(2023, 12, 31))
yuan = st.integers(0, 10**9).map(lambda fen: Decimal(fen).scaleb(-2))


@given(before=states, after=states, why=st.sampled_from(["", "  ", "录入有误"]))
def test_a_move_is_taken_only_where_the_table_has_it_and_back_only_with_a_reason(
    before: S, after: S, why: str
) -> None:
    move = Move(before, after, DAY, why)
    if after not in followers(before):
        with pytest.raises(ConflictError):
            refuse_move(move, signed_on=DAY, last_since=DAY)
    elif needs_reason(before, after) and not why.strip():
        with pytest.raises(InputError) as refused:
            refuse_move(move, signed_on=DAY, last_since=DAY)
        assert refused.value.problems[0].field == "why"
    else:
        refuse_move(move, signed_on=DAY, last_since=DAY)


def test_every_way_back_asks_why_and_no_state_follows_itself() -> None:
    order = {S.DRAFT: 0, S.AWARDED: 1, S.SIGNED: 2, S.IN_SERVICE: 3, S.SUSPENDED: 3,
             S.COMPLETED: 4, S.TERMINATED: 4}  # fmt: skip
    for before in S:
        assert before not in followers(before)
        for after in followers(before):
            if order[after] < order[before]:
                assert is_back(before, after)
                assert needs_reason(before, after)


def test_service_starts_after_signing_and_no_change_goes_before_the_last() -> None:
    with pytest.raises(ConflictError, match="还没有签订"):
        refuse_move(Move(None, S.IN_SERVICE, DAY), signed_on=None, last_since=None)
    with pytest.raises(InputError, match="2023-03-02"):
        refuse_move(Move(S.SIGNED, S.IN_SERVICE, DAY), signed_on=date(2023, 3, 2), last_since=None)
    with pytest.raises(InputError, match="上一次变更"):
        refuse_move(
            Move(S.SIGNED, S.IN_SERVICE, DAY),
            signed_on=date(2023, 2, 1),
            last_since=date(2023, 4, 1),
        )


@given(bond=yuan, total=yuan)
def test_a_bond_of_more_than_a_tenth_is_refused_to_the_fen(bond: Decimal, total: Decimal) -> None:
    if bond * 10 > total:
        with pytest.raises(InputError, match="第四十八条"):
            refuse_bond(bond, total)
    else:
        refuse_bond(bond, total)


def test_a_bond_of_a_contract_without_a_total_cannot_be_judged() -> None:
    refuse_bond(Decimal("100.00"), None)


@pytest.mark.parametrize(
    ("end", "length"),
    [
        (date(2024, 2, 29), TermLength.NORMAL),
        (date(2024, 3, 1), TermLength.NORMAL),
        (date(2024, 3, 2), TermLength.LONG),
        (date(2026, 3, 1), TermLength.LONG),
        (date(2026, 3, 2), TermLength.TOO_LONG),
        (date(2023, 2, 28), None),
        (None, None),
    ],
)
def test_up_to_a_year_is_normal_and_beyond_three_too_long(
    end: date | None, length: TermLength | None
) -> None:
    assert term_length(DAY, end) is length


def test_a_year_from_a_leap_day_ends_in_february() -> None:
    assert term_length(date(2024, 2, 29), date(2025, 2, 28)) is TermLength.NORMAL
    assert term_length(date(2024, 2, 29), date(2025, 3, 1)) is TermLength.LONG


def test_a_service_that_ends_before_it_starts_and_a_signing_before_the_award_are_refused() -> None:
    with pytest.raises(InputError, match="service_end"):
        refuse_order(None, None, DAY, DAY - timedelta(days=1))
    with pytest.raises(InputError, match="signed_on"):
        refuse_order(DAY, DAY - timedelta(days=1), None, None)
    refuse_order(DAY, DAY, DAY, DAY)


@given(
    steps=st.lists(st.builds(Step, states, days), max_size=5),
    told=st.builds(LifeDays, st.none() | days, st.none() | days, st.none() | days),
    as_of=days,
)
def test_the_last_step_up_to_the_day_holds_and_before_the_first_the_dates_tell(
    steps: list[Step], told: LifeDays, as_of: date
) -> None:
    ordered = sorted(steps, key=lambda step: step.since)
    found = state_on(ordered, told, as_of)
    known = [step for step in ordered if step.since <= as_of]
    is_signed = told.signed_on is not None and told.signed_on <= as_of
    if known and not (is_signed and known[-1].state in {S.DRAFT, S.AWARDED}):
        assert found is not None
        assert (found.state, found.since, found.recorded) == (
            known[-1].state,
            known[-1].since,
            True,
        )
        return
    begun = [
        state
        for state, day in (
            (S.AWARDED, told.awarded_on),
            (S.SIGNED, told.signed_on),
            (S.IN_SERVICE, told.service_start),
        )
        if day and day <= as_of
    ]
    assert (found.state if found else None) == (begun[-1] if begun else None)
