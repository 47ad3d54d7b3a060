"""Behind schedule is a date: pure rules of windows, rates, versions and lateness."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contracts.plan_standings import PlanDates
from contracts.plans.rules import days_late, submission_fault
from contracts.rounds.rules import return_fault, zero_fault
from contracts.rounds.schedule import Pace, answered, share, standing, timely_rate

DAY = st.dates(date(2023, 1, 1), date(2023, 3, 31))
MAYBE = st.none() | DAY


def _plan(number: int, handed: date, decided: int | None, returned: bool) -> PlanDates:
    day = None if decided is None else handed + timedelta(days=decided)
    return PlanDates(number, handed, day if returned else None, None if returned else day)


PLANS = st.lists(st.tuples(DAY, st.none() | st.integers(0, 40), st.booleans()), max_size=4).map(
    lambda rows: [_plan(n, *row) for n, row in enumerate(rows, 1)]
)


@given(DAY, MAYBE, DAY)
def test_a_round_is_behind_from_the_day_after_its_window(
    window_to: date, ended: date | None, as_of: date
) -> None:
    found = standing(window_to, ended, as_of)
    assert found is not None
    known = ended if ended and ended <= as_of else None
    late = (known or as_of) > window_to
    assert (found.pace is Pace.BEHIND) is late
    assert found.behind_since == (window_to + timedelta(days=1) if late else None)
    assert found.days == (((known or as_of) - window_to).days if late else 0)
    assert (found.pace is Pace.NOT_DUE) is (not late and known is None)


@given(DAY, MAYBE, st.integers(0, 60))
def test_what_ended_in_time_is_never_behind_again(
    window_to: date, ended: date | None, later: int
) -> None:
    found = standing(window_to, ended, date(2023, 4, 1) + timedelta(days=later))
    assert found is not None
    if ended is not None:
        assert (found.pace is Pace.ON_TIME) is (ended <= window_to)
    else:
        assert found.pace is Pace.BEHIND


@given(st.lists(st.tuples(DAY, MAYBE), max_size=6), DAY)
def test_the_timely_rate_counts_what_can_be_judged(
    rounds: list[tuple[date, date | None]], as_of: date
) -> None:
    standings = [standing(window, ended, as_of) for window, ended in rounds]
    rate = timely_rate(standings)
    judged = [s for s in standings if s and s.pace is not Pace.NOT_DUE]
    assert (rate is None) is (not judged)
    if rate is not None:
        assert Decimal(0) <= rate <= Decimal(100)
        assert (rate == 100) is all(s.pace is Pace.ON_TIME for s in judged)


def test_no_window_no_judgement() -> None:
    assert standing(None, date(2023, 1, 1), date(2023, 2, 1)) is None
    assert timely_rate([None]) is None


def test_a_row_for_eight_rounds_answers_eight() -> None:
    assert list(answered(1, None, 8)) == list(range(1, 9))
    assert list(answered(2, 9, 4)) == [9, 10, 11, 12]


@given(PLANS, DAY, DAY, st.integers(0, 30))
def test_lateness_grows_until_the_first_approval_and_then_stays(
    plans: list[PlanDates], due: date, as_of: date, more: int
) -> None:
    later = as_of + timedelta(days=more)
    first = min((each.approved_on for each in plans if each.approved_on), default=None)
    now, then = days_late(due, first, as_of), days_late(due, first, later)
    assert now is not None
    assert then is not None
    assert now <= then
    if first is not None and first <= as_of:
        assert now == then == max(0, (first - due).days)
    assert days_late(None, first, as_of) is None


def test_a_version_is_not_handed_in_before_the_former_one() -> None:
    former = [PlanDates(1, date(2023, 2, 1), date(2023, 2, 5))]
    today = date(2023, 3, 1)
    assert "第 1 版 2023-02-01 报送" in submission_fault(former, date(2023, 1, 31), today)
    assert "不能晚于业务日期" in submission_fault(former, date(2023, 3, 2), today)
    assert submission_fault(former, date(2023, 2, 1), today) == ""


def test_what_is_not_done_is_not_returned_and_what_was_found_is_not_nothing() -> None:
    today, ended = date(2023, 6, 30), date(2023, 6, 9)
    assert "没有结束日期" in return_fault(None, None, ended, today)
    assert "才结束" in return_fault(ended, None, date(2023, 6, 8), today)
    assert "确认，不能再退回" in return_fault(ended, today, ended, today)
    assert return_fault(ended, None, ended, today) == ""
    assert "已登记 2 条" in zero_fault(ended, None, 2, confirmed=False)
    assert "12 项" in zero_fault(ended, 12, 0, confirmed=False)
    assert zero_fault(ended, None, 0, confirmed=False) == ""


def test_a_share_is_rounded_half_up_like_every_other_percentage() -> None:
    assert share(1, 800) == Decimal("0.13")
    assert share(0, 0) is None
