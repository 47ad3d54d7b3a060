"""Where a milestone stood on each day, against adding up payments day by day."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from payments.settlement import Standing, Terms, milestone_amounts, settle

START = date(2023, 1, 1)
offsets = st.integers(-20, 80)


def day(offset: int) -> date:
    return START + timedelta(days=offset)


def on(standings: list[Standing], when: date) -> Standing:
    (found,) = (
        s for s in standings if s.valid_from <= when and (s.valid_to is None or when < s.valid_to)
    )
    return found


@given(
    amount=st.one_of(st.none(), st.integers(0, 300).map(Decimal)),
    due=st.one_of(st.none(), offsets),
    known=st.one_of(st.none(), offsets),
    payments=st.lists(st.tuples(offsets, st.integers(-100, 200)), max_size=6),
    amended=st.lists(st.tuples(offsets, st.integers(0, 300)), max_size=3),
)
def test_every_day_says_what_was_paid_and_due_by_then(
    amount: Decimal | None,
    due: int | None,
    known: int | None,
    payments: list[tuple[int, int]],
    amended: list[tuple[int, int]],
) -> None:
    changes = [(day(offset), Decimal(yuan)) for offset, yuan in sorted(amended)]
    terms = Terms(
        amount, None if due is None else day(due), None if known is None else day(known), changes
    )
    paid = [(day(offset), Decimal(yuan)) for offset, yuan in payments]
    standings = settle(terms, paid, START)
    assert standings[0].valid_from == START
    assert standings[-1].valid_to is None
    for offset in range(90):
        today = day(offset)
        found = on(standings, today)
        total = sum((yuan for when, yuan in paid if when <= today), Decimal(0))
        assert found.paid == total
        asked = next((yuan for when, yuan in reversed(changes) if when <= today), amount)
        assert found.amount == asked
        assert found.unpaid == (None if asked is None else max(asked - total, Decimal(0)))
        is_known = known is not None and day(known) <= today
        assert found.due_on == (terms.due_on if is_known else None)


def test_neighbours_that_say_the_same_are_one_version() -> None:
    corrected = [(day(5), Decimal(10)), (day(5), Decimal(-10))]
    assert len(settle(Terms(Decimal(10), day(9), START), corrected, START)) == 1


def test_amounts_follow_shares_of_the_total_and_are_unknown_without_one() -> None:
    agreed = [(Decimal(40), None), (None, Decimal("8.74")), (Decimal(60), None)]
    assert milestone_amounts(Decimal("100.01"), agreed) == [
        Decimal("40.00"),
        Decimal("8.74"),
        Decimal("60.01"),
    ]
    assert milestone_amounts(None, agreed) == [None, Decimal("8.74"), None]
