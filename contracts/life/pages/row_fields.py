"""Rows of a form as numbered fields: ``share_1``, ``share_2``; rows left blank do not count."""

from collections.abc import Iterator, Mapping, Sequence

SHARE_FIELDS = (
    "purchaser", "programme", "share", "money_level", "functional_code", "economic_code",
    "budget_document",
)  # fmt: skip
MEMBER_FIELDS = ("vendor", "work_share")
MOST_ROWS = 25
"""More would be more fields than a form may have."""
BLANK_ROWS = 2


def rows_typed(
    given: Mapping[str, str], fields: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows in which something was typed, with their numbers on the form."""
    for number in range(1, MOST_ROWS + 1):
        row = {name: given.get(f"{name}_{number}", "").strip() for name in fields}
        if any(row.values()):
            yield number, row


def flat(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Rows as the numbered fields of a form."""
    return {
        f"{name}_{number}": value
        for number, row in enumerate(rows, 1)
        for name, value in row.items()
    }


def blank_rows(filled: int) -> range:
    """The numbers of the rows to show: those filled and a few blank ones below."""
    return range(1, min(filled + BLANK_ROWS, MOST_ROWS) + 1)
