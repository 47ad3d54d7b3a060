"""The check digit of the social credit code, against another way to reckon it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.vendors.credit_codes import SIGNS, CreditCode, check_digit, checked_code

BODIES = st.text(SIGNS, min_size=17, max_size=17)
KNOWN = ("91350100M000100Y43", "91330100799655058B", "914403001922038216", "9144030071526726XG")
"""The standard's own example and three codes that are public knowledge."""


def horner(code: str) -> int:
    """Signs 17 to 1 folded by three, plus the eighteenth: 0 modulo 31 for a sound code."""
    folded = 0
    for sign in reversed(code[:17]):
        folded = folded * 3 + SIGNS.index(sign)
    return (folded + SIGNS.index(code[17])) % 31


@pytest.mark.parametrize("code", KNOWN)
def test_known_codes_are_sound(code: str) -> None:
    assert checked_code(code) == code
    assert horner(code) == 0


@given(BODIES)
def test_a_made_code_passes_by_another_reckoning_too(body: str) -> None:
    code = body + check_digit(body)
    assert horner(code) == 0
    assert checked_code(code) == code


@given(BODIES, st.integers(0, 17), st.sampled_from(SIGNS))
def test_one_wrong_sign_is_always_noticed(body: str, place: int, sign: str) -> None:
    code = body + check_digit(body)
    slipped = code[:place] + sign + code[place + 1 :]
    if slipped != code:
        with pytest.raises(ValueError, match="校验码不符"):
            checked_code(slipped)


@given(BODIES, st.integers(0, 15))
def test_two_neighbours_swapped_are_noticed(body: str, place: int) -> None:
    code = body + check_digit(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(ValueError, match="校验码不符"):
            checked_code(swapped)


def test_the_ways_people_write_a_code_are_the_same_code() -> None:
    assert checked_code(" ９１３５０１００m000100Y43\t") == "91350100M000100Y43"
    assert TypeAdapter(CreditCode).validate_python("91350100m000100y43") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("91350100M000100Y4", "应为 18 位，填写的是 17 位"),
        ("91350100I000100Y43", "不会有“I”"),
        ("91350100M000100Y44", "校验码不符"),
        ("", "填写的是 0 位"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(CreditCode).validate_python(text)


@pytest.mark.parametrize("body", ["", "91350100M000100Y43", "91350100I000100Y4"])
def test_no_check_digit_for_what_is_no_body(body: str) -> None:
    with pytest.raises(ValueError, match="前 17 位"):
        check_digit(body)
