"""The trail as a file: CSV that a spreadsheet opens, or JSON lines; written while it is read."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from kernel.trail.queries import EntryOut

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""Spreadsheets of some languages take the full-width signs as well (OWASP, CSV injection)."""
_COLUMNS = (
    "id", "recorded_at", "actor", "user_id", "client", "request_id", "action", "object_kind",
    "object_id", "contract_id", "organisation_id", "before", "after", "reason", "masked", "sealed",
)  # fmt: skip


def json_lines(found: Iterable[EntryOut]) -> Iterator[str]:
    """Each entry as one line of JSON."""
    for entry in found:
        yield entry.model_dump_json() + "\n"


def csv_lines(found: Iterable[EntryOut]) -> Iterator[str]:
    """A head and a row an entry, with the mark that tells Excel the encoding."""
    yield "\ufeff" + _row(_COLUMNS)
    for entry in found:
        told = entry.model_dump(mode="json", exclude={"before", "after"})
        told["before"] = "" if entry.before is None else _json(entry.before)
        told["after"] = "" if entry.after is None else _json(entry.after)
        yield _row([plain_cell(told[name]) for name in _COLUMNS])


def plain_cell(value: object) -> str:
    """A cell that a spreadsheet takes as text: what would begin a formula gets a quote before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
