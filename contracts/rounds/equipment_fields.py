"""The rows of equipment in a form: fields ``items.0.equipment`` and ``items.0.sets``."""

from collections.abc import Mapping, Sequence

from contracts.rounds.schemas import EquipmentOut

ROWS = 30
"""Types that the form has room for; more go over the API."""


def items_typed(given: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows with anything in them, in their order."""
    rows = [
        {field: given.get(f"items.{index}.{field}", "").strip() for field in ("equipment", "sets")}
        for index in range(ROWS)
    ]
    return [row for row in rows if any(row.values())]


def rows_of(equipment: Sequence[EquipmentOut]) -> dict[str, str]:
    """The types as fields of a form."""
    return flat([{"equipment": each.equipment, "sets": str(each.sets)} for each in equipment])


def flat(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Rows as fields of a form, so that the faults of a row stand at it."""
    return {
        f"items.{index}.{field}": value
        for index, row in enumerate(rows)
        for field, value in row.items()
    }
