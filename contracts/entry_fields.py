"""Fields of what is entered on plans and rounds: blank means unknown, never 0."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

from kernel.entry_fields import OnDay

MOST = 1_000_000
"""No count of a round comes near; more is a slip of the pen."""


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("应为整数")
    return value


def _writable(text: str) -> str:
    plain = text.replace("\r\n", "\n")
    if any((ord(s) < 32 and s not in "\n\t") or 0xD800 <= ord(s) <= 0xDFFF for s in plain):
        raise ValueError("不能含控制字符")
    return plain


def _words(longest: int, least: int = 0) -> WithJsonSchema:
    shape = {"type": "string", "minLength": least, "maxLength": longest}
    return WithJsonSchema({**shape, "pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"})


def _text(longest: int, least: int = 0) -> tuple[StringConstraints, AfterValidator, WithJsonSchema]:
    limits = StringConstraints(strip_whitespace=True, min_length=least, max_length=longest)
    return limits, AfterValidator(_writable), _words(longest, least)


OptionalDay = Annotated[OnDay | None, BeforeValidator(_none_if_blank)]
OptionalCount = Annotated[
    Annotated[int, BeforeValidator(_no_truth), Field(ge=0, le=MOST)] | None,
    BeforeValidator(_none_if_blank),
]
OptionalSerial = Annotated[
    Annotated[int, BeforeValidator(_no_truth), Field(ge=1, le=9999)] | None,
    BeforeValidator(_none_if_blank),
]
Serial = Annotated[int, BeforeValidator(_no_truth), Field(ge=1, le=9999)]
Title = Annotated[str, *_text(200)]
Number = Annotated[str, *_text(120)]
Sentence = Annotated[str, *_text(500)]
Reason = Annotated[str, *_text(500, 1)]
Paragraph = Annotated[str, *_text(1000)]
