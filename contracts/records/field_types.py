"""Types of the fields that come into a file: texts, days, counts, sums that every ledger can hold."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from kernel import entry_fields
from kernel.entry_fields import YuanFrom
from kernel.fields import printable

_KEPT = str.maketrans("\r\n\t", "   ")


def _writable(text: str) -> str:
    """The text; raises ``ValueError`` when it holds control characters other than line breaks."""
    printable(text.translate(_KEPT))
    return text


Text80 = Annotated[str, StringConstraints(max_length=80), AfterValidator(_writable)]
Text200 = Annotated[str, StringConstraints(max_length=200), AfterValidator(_writable)]
Text300 = Annotated[str, StringConstraints(max_length=300), AfterValidator(_writable)]
Text500 = Annotated[str, StringConstraints(max_length=500), AfterValidator(_writable)]
Text1000 = Annotated[str, StringConstraints(max_length=1000), AfterValidator(_writable)]
Given80 = Annotated[Text80, StringConstraints(min_length=1)]
Given200 = Annotated[Text200, StringConstraints(min_length=1)]
"""Texts of at most so many signs; of those that are given, at least one."""

OnDay = entry_fields.OnDay
"""A business date that a ledger can hold."""

Quantity = Annotated[int, Field(ge=0, le=100_000_000)]
Serial = Annotated[int, Field(ge=1, le=100_000)]
"""Counted things, and the number of a version or stage."""

Yuan = YuanFrom
"""Yuan from nothing up, as typed: 78,800 or 78800.00."""
