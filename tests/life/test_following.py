"""How milestones follow a changed total, and how far amendments may go."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.life.additions import additions, refuse_additions
from contracts.life.findings import CODES, life_faults
from kernel.errors import InputError
from kernel.keys import new_key
from payments.amendments.following import Asked, MilestoneRule, amounts_after
from payments.models import MilestoneKind

yuan = st.integers(0, 10**8).map(lambda fen: Decimal(fen).scaleb(-2))
changes = st.integers(-(10**8), 10**8).filter(bool).map(lambda fen: Decimal(fen).scaleb(-2))
FEN = Decimal("0.01")


def asked(amount: Decimal | None, paid: Decimal, kind: str = "progress") -> Asked:
    return Asked(new_key(), MilestoneKind(kind), amount, paid)


@given(parts=st.lists(st.tuples(yuan, yuan), min_size=1, max_size=6), change=changes)
def test_a_proportional_change_adds_up_to_the_fen_and_touches_nothing_that_was_paid(
    parts: list[tuple[Decimal, Decimal]], change: Decimal
) -> None:
    terms = [asked(max(amount, paid), paid) for amount, paid in parts]
    left = sum((each.unpaid for each in terms), Decimal(0))
    if not left or left + change < 0:
        with pytest.raises(InputError):
            amounts_after(terms, change, MilestoneRule.PROPORTIONAL)
        return
    after = amounts_after(terms, change, MilestoneRule.PROPORTIONAL)
    assert sum(after[each.id] - (each.amount or 0) for each in terms if each.id in after) == change
    for each in terms:
        assert (each.id in after) == (each.unpaid > 0)
        if each.id in after:
            assert after[each.id] >= each.paid
            exact = (each.amount or Decimal(0)) + change * each.unpaid / left
            assert abs(after[each.id] - exact) <= FEN


@given(final=yuan, paid=yuan, change=changes)
def test_the_final_payment_alone_takes_the_whole_change(
    final: Decimal, paid: Decimal, change: Decimal
) -> None:
    assume(paid <= final)
    terms = [asked(Decimal(100), Decimal(100)), asked(final, paid, "final")]
    if final - paid + change < 0:
        with pytest.raises(InputError, match="不够减少"):
            amounts_after(terms, change, MilestoneRule.FINAL_ONLY)
    else:
        assert amounts_after(terms, change, MilestoneRule.FINAL_ONLY) == {
            terms[1].id: final + change
        }


def test_a_rule_that_cannot_be_kept_says_why() -> None:
    with pytest.raises(InputError, match="没有尾款"):
        amounts_after([asked(Decimal(1), Decimal(0))], Decimal(1), MilestoneRule.FINAL_ONLY)
    with pytest.raises(InputError, match="未提供"):
        amounts_after([asked(None, Decimal(0))], Decimal(1), MilestoneRule.PROPORTIONAL)
    assert amounts_after([asked(None, Decimal(0))], Decimal(1), MilestoneRule.UNCHANGED) == {}
    assert amounts_after([], Decimal(1), MilestoneRule.PROPORTIONAL) == {}


@given(original=yuan, told=st.lists(changes, max_size=4))
def test_additions_together_stop_at_a_tenth_and_reductions_make_no_room(
    original: Decimal, told: list[Decimal]
) -> None:
    added = sum((each for each in told if each > 0), Decimal(0))
    found = additions(original, [*told, None])
    assert found.added == added
    if added * 10 > original:
        with pytest.raises(InputError, match="政府采购法第四十九条"):
            refuse_additions(found)
    else:
        refuse_additions(found)


def test_a_recorded_fact_that_an_act_could_not_write_is_a_finding() -> None:
    contract = {
        "id": new_key(),
        "awarded_on": date(2023, 3, 2),
        "signed_on": date(2023, 3, 1),
        "performance_bond": Decimal("100.01"),
        "assumed": ["signed_on"],
    }
    found = list(life_faults(contract, Decimal(1000), [Decimal(60), Decimal(-60), Decimal(41)]))
    assert [each.code for each in found] == list(CODES)
    assert "假定" in found[0].message
    assert all("第四十" in each.message for each in found[1:])
    right = {**contract, "signed_on": date(2023, 3, 2), "performance_bond": Decimal(100)}
    assert list(life_faults(right, Decimal(1000), [Decimal(100)])) == []
    assert list(life_faults({**right, "performance_bond": None}, None, [])) == []
