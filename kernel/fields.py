"""Types of what comes in by query and path: strict, so that nothing is guessed."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def parse_day(text: str) -> date:
    """Read ``2023-12-31``; raises ``ValueError`` (Chinese) for anything else.

    Pydantic's own date also takes ``0`` and ``1700000000`` as days since 1970.
    """
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError(f"“{text[:40]}”不是日期，应如 2023-12-31")


def _strict_day(value: object) -> object:
    return parse_day(value) if isinstance(value, str) else value


def printable(text: str) -> str:
    """The text itself; raises ``ValueError`` (Chinese) when it holds control characters."""
    # PostgreSQL takes no NUL and no lone surrogate in text; SQLite takes both and finds nothing.
    if any(ord(sign) < 32 or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise ValueError("不能含控制字符")
    return text


Day = Annotated[
    date,
    BeforeValidator(_strict_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2023-12-31"]}),
]
"""A business date as ``YYYY-MM-DD`` and nothing else."""


def _recordable(instant: datetime) -> datetime:
    # Moved to UTC, an instant at either end of the calendar is none.
    if not 1990 <= instant.year <= 2200:
        raise ValueError("年份应在 1990 至 2200 之间")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_recordable)]
"""An instant with its time zone, as ``2023-12-31T00:00:00Z``."""

SearchWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    AfterValidator(printable),
    WithJsonSchema(
        {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"^[^\x00-\x1f]*$"}
    ),
]
"""Words to look for, as typed."""

Limit = Annotated[int, Field(ge=1, le=200)]
"""How many records a page of a list may hold."""

CursorText = Annotated[
    str,
    StringConstraints(max_length=600),
    WithJsonSchema({"type": "string", "maxLength": 600, "pattern": "^[A-Za-z0-9_-]*$"}),
]
"""Where the next page starts: what the page before gave as ``next``."""
