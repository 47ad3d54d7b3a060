"""The rows of planned rounds in a form: fields ``rounds.0.number`` and so on, blank rows left out."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.service_models import PlannedRound

FIELDS = (
    "number", "kind", "window_from", "window_to", "enterprises", "headcount", "deliverables",
)  # fmt: skip
TELLING = FIELDS[2:]
"""A row with nothing in these was not filled in."""
MOST_ROWS = 24
"""A form has two hundred fields at most, and a row has seven."""
FIRST_ROWS = 4
MORE_ROWS = 5


def rows_typed(given: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows that were filled in, in their order; a row without a number gets its place."""
    indexes = {name.split(".")[1] for name in given if name.startswith("rounds.")}
    rows: list[dict[str, str]] = []
    for index in sorted((each for each in indexes if each.isdecimal()), key=int):
        row = {field: given.get(f"rounds.{index}.{field}", "").strip() for field in FIELDS}
        if any(row[field] for field in TELLING):
            rows.append({**row, "number": row["number"] or str(len(rows) + 1)})
    return rows


def rows_of(planned: Sequence[PlannedRound]) -> list[dict[str, str]]:
    """The rows as a form shows them."""
    return [{field: _shown(getattr(each, field)) for field in FIELDS} for each in planned]


def flat(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Rows as fields of a form."""
    return {
        f"rounds.{index}.{field}": row[field] for index, row in enumerate(rows) for field in FIELDS
    }


def _shown(value: Any) -> str:
    return "" if value is None else str(getattr(value, "value", value))
