"""统一社会信用代码 (GB 32100-2015): eighteen signs, of which the last checks the others."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The signs of a code in the order of their values; I, O, S, V and Z are left out (table 2)."""
LENGTH = 18
_MODULUS = len(SIGNS)
_VALUES = {sign: value for value, sign in enumerate(SIGNS)}
_WEIGHTS = tuple(pow(3, place, _MODULUS) for place in range(LENGTH - 1))


def check_digit(body: str) -> str:
    """The last sign of the code that begins with these seventeen (appendix A of the standard).

    Raises ``ValueError`` for another length or a sign that no code has.
    """
    if len(body) != LENGTH - 1 or not _VALUES.keys() >= set(body):
        raise ValueError("统一社会信用代码的前 17 位应为数字或大写字母（I、O、S、V、Z 除外）")
    total = sum(_VALUES[sign] * weight for sign, weight in zip(body, _WEIGHTS, strict=True))
    return SIGNS[-total % _MODULUS]


def normal_code(text: str) -> str:
    """The code as the standard writes it: full-width signs, small letters and blanks are slips."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def checked_code(text: str) -> str:
    """The code in its normal writing; raises ``ValueError`` (Chinese) when it is none."""
    code = normal_code(text)
    if len(code) != LENGTH:
        raise ValueError(f"统一社会信用代码应为 {LENGTH} 位，填写的是 {len(code)} 位")
    wrong = [sign for sign in code if sign not in _VALUES]
    if wrong:
        raise ValueError(
            f"统一社会信用代码中不会有“{wrong[0]}”：只用数字和大写字母，I、O、S、V、Z 除外"
        )
    if code[-1] != check_digit(code[:-1]):
        raise ValueError("统一社会信用代码的校验码不符（GB 32100—2015），请核对有无错字、漏字")
    return code


def _read(value: object) -> object:
    return normal_code(value) if isinstance(value, str) else value


CreditCode = Annotated[
    str,
    BeforeValidator(_read),
    AfterValidator(checked_code),
    WithJsonSchema({"type": "string", "minLength": LENGTH, "maxLength": LENGTH}),
]
"""A code that comes in: its check digit holds, or the field is refused."""
