"""Rules that many kinds of record share: the order of their days, and what goes with what."""

from datetime import date
from typing import Any

from kernel.errors import InputError


def refuse_ahead(entry: Any, today: date, *fields: str) -> None:
    """Raise ``InputError`` for a day of ``fields`` that is later than the business date."""
    for field in fields:
        day = getattr(entry, field)
        if day is not None and day > today:
            raise InputError(field, f"不能晚于业务日期 {today}")


def refuse_before(entry: Any, field: str, first: date | None, said: str) -> None:
    """Raise ``InputError`` when the day of ``field`` is earlier than ``first``.

    ``said`` is what happened on that first day: 检查.
    """
    day = getattr(entry, field)
    if day is not None and first is not None and day < first:
        raise InputError(field, f"{first} 才{said}，这个日期不能在它之前")


def refuse_alone(entry: Any, field: str, needed: str, said: str) -> None:
    """Raise ``InputError`` at ``needed`` when ``field`` is given and ``needed`` is not."""
    if getattr(entry, field) not in (None, "") and getattr(entry, needed) in (None, ""):
        raise InputError(needed, said)


def refuse_mending(entry: Any, today: date, since: date | None, said: str) -> None:
    """The days of what has to be mended: asked for first, mended afterwards and not ahead.

    ``since`` is the day it was asked for, ``said`` what happened on it.
    """
    refuse_alone(entry, "mended_on", "mending_asked", "填写了整改完成日期，须写明要求整改什么")
    refuse_alone(entry, "mend_by", "mending_asked", "填写了整改期限，须写明要求整改什么")
    refuse_ahead(entry, today, "mended_on")
    refuse_before(entry, "mend_by", since, said)
    refuse_before(entry, "mended_on", since, said)
