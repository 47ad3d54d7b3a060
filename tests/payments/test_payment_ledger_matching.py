"""Which row is which payment: by voucher, by content, and last by its row."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from payments.payment_matching import Entry, match

CONTRACT, OTHER = UUID(int=1), UUID(int=2)
DAY = date(2023, 4, 7)


def entry(
    voucher: str = "",
    amount: str = "50",
    row: int = 4,
    *,
    contract: UUID = CONTRACT,
    ref: object = None,
) -> Entry:
    return Entry(contract, None, DAY, Decimal(amount), voucher, f"ledger 第{row}行", ref)


def pairs(rows: list[Entry], payments: list[Entry]) -> dict[object, object]:
    matched, _gone = match(rows, payments)
    return {rows[at].ref: payment.ref for at, payment in matched.items()}


def test_a_voucher_is_the_same_payment_whatever_changed() -> None:
    rows = [entry("V1", "49", row=9, ref="new")]
    assert pairs(rows, [entry("V1", "50", ref="old")]) == {"new": "old"}


def test_a_voucher_belongs_to_its_contract() -> None:
    rows = [entry("V1", "49", row=9, contract=OTHER, ref="new")]
    assert pairs(rows, [entry("V1", "50", ref="old")]) == {}


def test_two_vouchers_are_two_payments_even_in_one_row() -> None:
    matched, gone = match([entry("V2", "49")], [entry("V1", "50")])
    assert not matched
    assert len(gone) == 1


def test_a_corrected_voucher_is_known_by_its_row_and_content() -> None:
    assert pairs([entry("V2", ref="new")], [entry("V1", ref="old")]) == {"new": "old"}


def test_equal_payments_are_counted() -> None:
    rows = [entry(row=row, ref=row) for row in (4, 5, 6)]
    matched, gone = match(rows, [entry(row=row) for row in (4, 5)])
    assert (len(matched), gone) == (2, [])
    matched, gone = match(rows[:1], [entry(row=row) for row in (4, 5)])
    assert (len(matched), len(gone)) == (1, 1)


def test_an_inserted_row_moves_the_others_and_changes_none() -> None:
    rows = [entry(amount="7", row=4, ref="inserted"), entry(amount="50", row=5, ref="a"),
            entry(amount="60", row=6, ref="b")]  # fmt: skip
    known = [entry(amount="50", row=4, ref="A"), entry(amount="60", row=5, ref="B")]
    assert pairs(rows, known) == {"a": "A", "b": "B"}


def test_a_changed_amount_without_voucher_is_known_by_its_row() -> None:
    rows = [entry(amount="50", row=4, ref="a"), entry(amount="61", row=5, ref="b")]
    known = [entry(amount="50", row=4, ref="A"), entry(amount="60", row=5, ref="B")]
    assert pairs(rows, known) == {"a": "A", "b": "B"}


def test_a_twin_added_with_a_voucher_does_not_take_the_others_place() -> None:
    rows = [entry(row=4, ref="a"), entry("V2", row=5, ref="b")]
    assert pairs(rows, [entry(row=4, ref="A")]) == {"a": "A"}


entries = st.lists(
    st.builds(
        entry,
        voucher=st.sampled_from(["", "", "V1", "V2", "V3"]),
        amount=st.sampled_from(["50", "60"]),
        row=st.integers(4, 8),
    ),
    max_size=8,
)


@given(entries, entries)
def test_nothing_is_matched_twice_and_nothing_is_lost(
    rows: list[Entry], payments: list[Entry]
) -> None:
    matched, gone = match(rows, payments)
    taken = [id(payment) for payment in (*matched.values(), *gone)]
    assert sorted(taken) == sorted(id(payment) for payment in payments)
    for at, payment in matched.items():
        both = rows[at].voucher and payment.voucher and rows[at].voucher != payment.voucher
        assert not both or rows[at].content == payment.content


@given(entries)
def test_the_same_rows_again_are_the_same_payments(rows: list[Entry]) -> None:
    matched, gone = match(rows, rows)
    assert gone == []
    assert all(rows[at] == payment for at, payment in matched.items())
