"""Money and shares: exact, refused when they are not, split to the fen."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import InputError
from kernel.money import format_wan, format_yuan, from_fen, to_fen
from kernel.shares import allocate, from_scaled, to_scaled

fen = st.integers(-(10**15), 10**15)


@given(fen)
def test_fen_and_yuan_are_the_same_amount(amount: int) -> None:
    assert to_fen(from_fen(amount)) == amount


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity", "1e20"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(InputError):
        to_fen(Decimal(amount))


@pytest.mark.parametrize(
    ("yuan", "shown"),
    [
        (Decimal("4737000"), "473.70"),
        (Decimal("87400"), "8.74"),
        (Decimal("0.01"), "0.000001"),
        (Decimal("2439700.5"), "243.97005"),
        (None, "未提供"),
    ],
)
def test_wan_shows_two_places_and_never_rounds_money_away(yuan: Decimal | None, shown: str) -> None:
    assert format_wan(yuan) == shown


def test_yuan_has_separators_and_unknown_is_not_zero() -> None:
    assert (format_yuan(Decimal("4737000")), format_yuan(None)) == ("4,737,000.00", "未提供")


@given(st.integers(0, 100_000_000))
def test_a_share_keeps_six_places(scaled: int) -> None:
    assert to_scaled(from_scaled(scaled)) == scaled


@pytest.mark.parametrize("percent", ["-0.1", "100.000001", "33.3333333", "NaN"])
def test_what_is_no_share_is_refused(percent: str) -> None:
    with pytest.raises(InputError):
        to_scaled(Decimal(percent))


@given(st.integers(0, 10**13), st.lists(st.integers(0, 10**8), min_size=1, max_size=12))
def test_parts_of_a_whole_add_up_and_none_is_off_by_more_than_a_fen(
    total: int, weights: list[int]
) -> None:
    shares, left = [], 10**8
    for weight in weights[:-1]:
        shares.append(from_scaled(min(weight, left)))
        left -= min(weight, left)
    shares.append(from_scaled(left))
    parts = allocate(from_fen(total), shares)
    assert sum(parts) == from_fen(total)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - from_fen(total) * share / 100) <= Decimal("0.01")


def test_shares_above_the_whole_are_refused() -> None:
    with pytest.raises(InputError, match="110"):
        allocate(Decimal(100), [Decimal(60), Decimal(50)])
