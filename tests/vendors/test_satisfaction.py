"""Satisfaction as the two reports reckon it, and rates that no report can get wrong."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from contracts.surveys.rates import (
    answer_faults,
    as_percent,
    is_told_right,
    overall,
    satisfaction,
    total_faults,
)

COUNTS = st.lists(st.integers(0, 5000), min_size=5, max_size=5)


def test_zibo_asked_the_rescue_team() -> None:
    rate = satisfaction((24, 4, 2, 0, 0), 30)
    assert rate == Fraction(284, 300)
    assert as_percent(rate) == Decimal("94.67")
    assert is_told_right(Decimal("94.67"), rate)
    assert not is_told_right(Decimal("94.63"), rate)


def test_zibo_asked_the_enterprises_of_whom_96_of_100_answered() -> None:
    rate = satisfaction((82, 10, 4, None, None), 96)
    assert rate is not None
    assert as_percent(rate) == Decimal("96.25")
    assert not is_told_right(Decimal("92.4"), rate)
    assert satisfaction((82, 10, 4, 0, 0), 100) == Fraction(924, 1000)


def test_hami_means_three_questions_of_126() -> None:
    rates = [satisfaction((very, 126 - very, 0, 0, 0), 126) for very in (106, 109, 109)]
    assert [as_percent(rate, 3) for rate in rates if rate] == [
        Decimal("96.825"),
        Decimal("97.302"),
        Decimal("97.302"),
    ]
    whole = overall(rates)
    assert whole is not None
    assert as_percent(whole) == Decimal("97.14")


def test_what_nobody_counted_has_no_rate() -> None:
    assert satisfaction((None,) * 5, 126) is None
    assert satisfaction((0,) * 5, 0) is None
    assert overall([None, None]) is None
    assert satisfaction((1, None, None, None, 1), None) == Fraction(1, 2)


def test_counts_that_contradict_each_other_are_told() -> None:
    assert [each.message for each in total_faults(100, 101)] == ["回收 101 份，多于发放的 100 份"]
    assert [each.message for each in answer_faults((82, 10, 4, 1, None), 96)] == [
        "各档人数合计 97，多于回收的 96 份"
    ]
    assert total_faults(100, None) == total_faults(None, 5) == answer_faults((1,) * 5, None) == []


@given(COUNTS, st.integers(0, 3))
def test_a_rate_lies_between_nothing_and_all_and_rises_with_better_answers(
    counts: list[int], level: int
) -> None:
    returned = sum(counts)
    rate = satisfaction(counts, returned)
    if not returned:
        assert rate is None
        return
    assert rate is not None
    assert 0 <= rate <= 1
    better = [*counts]
    if better[level + 1]:
        better[level + 1] -= 1
        better[level] += 1
        risen = satisfaction(better, returned)
        assert risen is not None
        assert risen > rate


@given(st.fractions(0, 1, max_denominator=10_000), st.integers(0, 4))
def test_a_rate_printed_right_is_never_called_wrong(rate: Fraction, places: int) -> None:
    assert is_told_right(as_percent(rate, places), rate)
