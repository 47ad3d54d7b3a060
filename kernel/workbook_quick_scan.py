"""The same pass as `kernel.workbook_scan`, for sheets written the way Excel writes them.

A sheet of a hundred thousand rows has millions of cells: asked for each of them, a parser's handlers
cost more than the rest of the import. Most sheets are written alike, so that two searches see all
their cells. Whatever is written otherwise is left to the slow pass, which also names cells.
"""

import re
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat  # nosec B407 # a document type, and so any entity, is refused below

_PIECE = 1 << 20
_HEAD = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml(?:(?!encoding)[^>])*(?:encoding=[\"']utf-8[\"'][^>]*)?\?>\s*)?"
    rb"<worksheet[\s>]",
    re.IGNORECASE,
)
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"(?: s="[0-9]{1,6}")?(?: t="(?:s|str|n|b|d|inlineStr)")?/?>'
)
_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"
_OTHER = re.compile(rb"<c[>/\t\r\n]|:c[\s/>]|<f[\s/>]|:f[\s/>]|DOCTYPE")


@dataclass(frozen=True, slots=True)
class Extent:
    """What a sheet spans: cells, its last row and column (from 1), cells that show a shared text."""

    cells: int
    last_row: int
    last_column: int
    shared: int


def quick_extent(stream: IO[bytes], most_cells: int) -> Extent | None:
    """The extent of a sheet without errors and formulas; None: the slow pass has to look.

    Raises ``expat.ExpatError`` for a part that is not well-formed.
    """
    parser = expat.ParserCreate()
    cells = shared = last_row = last_column = 0
    rest = b""
    is_first = True
    while piece := stream.read(_PIECE):
        parser.Parse(piece, False)
        if is_first and not _HEAD.match(piece):
            return None
        is_first = False
        whole, _, tail = (rest + piece).rpartition(b">")
        rest, whole = tail, whole + b">"
        found = _CELL.findall(whole)
        if len(found) != whole.count(b"<c ") or _OTHER.search(whole) or b't="e"' in whole:
            return None
        cells += len(found)
        if cells > most_cells:
            return None
        shared += whole.count(b't="s"')
        places = b" ".join(found)
        rows, columns = places.translate(None, _LETTERS).split(), places.translate(None, _DIGITS)
        last_row = max((last_row, *map(int, set(rows))))
        last_column = max((last_column, *map(column_number, set(columns.split()))))
    parser.Parse(b"", True)
    return None if is_first else Extent(cells, last_row, last_column, shared)


def column_number(letters: bytes) -> int:
    """The number of a column from 1, by its letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
