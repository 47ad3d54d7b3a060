"""A pass over a workbook's XML that finds what its reader would swallow or choke on.

calamine allots the whole rectangle a sheet spans, copies a shared text into every cell that shows
it, and gives an error cell or an uncalculated formula as an empty one. This pass bounds the first
two and names the last two, so that none of them is taken for "not given".
"""

import posixpath
import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from xml.parsers import expat  # nosec B407 # a document type, and so any entity, is refused below
from zipfile import ZipFile

from kernel.errors import InputError
from kernel.workbook_guard import CHUNK, FIELD, WorkbookLimits, chunks
from kernel.workbook_quick_scan import quick_extent

LONGEST_TEXT = 32_767
"""Characters in a cell, by Excel's own limit."""
XML_NAMES = (".xml", ".rels", ".vml")
SHEETS = "xl/worksheets/"
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"[0-9]{1,7}")
_INDEX = re.compile(r"[0-9]{1,9}")
UNCALCULATED = "公式"

CellKey = tuple[int, int]
_UNREADABLE = (expat.ExpatError, LookupError, ValueError)
"""What expat raises: not well-formed, an encoding nobody knows, one of several bytes."""


@dataclass(slots=True)
class Part:
    """What one XML part holds, as far as it matters here.

    ``shown`` counts cells that show a shared text where ``shared`` does not list which.
    """

    root: str = ""
    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    shared: "array[int]" = field(default_factory=lambda: array("L"))
    text_lengths: "array[int]" = field(default_factory=lambda: array("L"))
    unreadable: dict[CellKey, str] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    shown: int = 0


Unreadable = dict[str, dict[CellKey, str]]
"""By sheet name: cells (row and column from 0) that hold an error or an uncalculated formula."""


def scan(content: bytes, limits: WorkbookLimits) -> Unreadable:
    """Check rows, cells and texts against ``limits`` and give the cells that cannot be read.

    ``content`` has passed `read_guarded`. Raises ``InputError`` for a workbook that spans too
    much, holds a document type, or is not well-formed.
    """
    parts: dict[str, Part] = {}
    with ZipFile(BytesIO(content)) as package:
        for name in package.namelist():
            part = _quick_part(package, name, limits) or _slow_part(package, name, limits)
            if part is not None:
                parts[name] = part
        longest = max(
            (length for part in parts.values() for length in part.text_lengths), default=0
        )
        for name, part in parts.items():
            # However long the texts that its cells show: only a close call is worth counting.
            if part.shown * longest > limits.unpacked_bytes // (3 * len(parts)):
                parts[name] = _slow_part(package, name, limits) or part
    _check_extent(list(parts.values()), limits)
    return _by_sheet(parts)


def _quick_part(package: ZipFile, name: str, limits: WorkbookLimits) -> Part | None:
    """A sheet written as Excel writes them; None for any other part."""
    if not name.lower().startswith(SHEETS):
        return None
    try:
        with package.open(name) as stream:
            found = quick_extent(stream, limits.cells)
    except _UNREADABLE:
        raise _broken() from None
    if found is None or found.last_row > 1 << 20 or found.last_column > 1 << 14:
        return None
    return Part("worksheet", found.cells, found.last_row, found.last_column, shown=found.shared)


def _slow_part(package: ZipFile, name: str, limits: WorkbookLimits) -> Part | None:
    with package.open(name) as stream:
        head = stream.read(CHUNK)
        if not (
            name.lower().endswith(XML_NAMES) or head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"
        ):
            return None
        reader = _PartReader(limits)
        reader.feed(head)
        for piece in chunks(stream):
            reader.feed(piece)
        return reader.close()


def column_letters(column: int) -> str:
    """The letters of a column counted from 0: 6 is G."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _check_extent(parts: list[Part], limits: WorkbookLimits) -> None:
    sheets = [part for part in parts if part.root == "worksheet"]
    if any(part.last_row > limits.rows for part in sheets):
        raise InputError(FIELD, f"工作表超过 {limits.rows:,} 行；请删去空行或分成几个文件")
    if sum(part.last_row * part.last_column for part in sheets) > limits.cells:
        raise InputError(FIELD, f"工作表范围超过 {limits.cells:,} 格；请删去多余的行列")
    lengths = next((part.text_lengths for part in parts if part.text_lengths), array("L"))
    known = len(lengths)
    characters = sum(lengths[at] for part in sheets for at in part.shared if at < known)
    if characters > limits.unpacked_bytes // 3:
        raise InputError(FIELD, "文字总量过大，疑似解压炸弹；请分成几个文件")


def _by_sheet(parts: dict[str, Part]) -> Unreadable:
    by_path = {name.lower(): part for name, part in parts.items()}
    names = parts["xl/workbook.xml"].sheets
    relations = parts.get("xl/_rels/workbook.xml.rels", Part()).targets
    found: Unreadable = {}
    for key, name in names.items():
        target = relations.get(key, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        part = by_path.get(posixpath.normpath(path).lower())
        if part is None:
            raise InputError(FIELD, f"工作表“{name}”的内容不在文件内；请重新保存后再试")
        found[name] = part.unreadable
    return found


class _PartReader:
    """Reads one part with expat; handlers keep counts only."""

    def __init__(self, limits: WorkbookLimits) -> None:
        self._limits = limits
        self._part = Part()
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._reference: CellKey = (0, -1)
        self._type = ""
        self._formula = False
        self._value: list[str] | None = None
        self._length = 0
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._row,
            "c": self._cell,
            "f": self._has_formula,
            "v": self._has_value,
            "is": self._has_value,
            "si": self._shared_text,
            "sheet": self._sheet,
            "Relationship": self._relation,
        }

    def feed(self, piece: bytes) -> None:
        """Read on; raises ``InputError`` when the part is not well-formed."""
        try:
            self._parser.Parse(piece, False)
        except _UNREADABLE:
            raise _broken() from None

    def close(self) -> Part:
        """End of the part."""
        try:
            self._parser.Parse(b"", True)
        except _UNREADABLE:
            raise _broken() from None
        return self._part

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if not self._part.root:
            self._part.root = local
        handler = self._starts.get(local)
        if handler is not None:
            handler(attributes)

    def _row(self, attributes: dict[str, str]) -> None:
        row = attributes.get("r", "")
        known = _ROW.fullmatch(row)
        self._reference = (int(row) - 1 if known else self._reference[0] + 1, -1)

    def _cell(self, attributes: dict[str, str]) -> None:
        part, (row, column) = self._part, self._reference
        matched = _REFERENCE.fullmatch(attributes.get("r", ""))
        if matched:
            row, column = int(matched[2]) - 1, _column_number(matched[1])
        else:
            column += 1
        self._reference = (row, column)
        part.cells += 1
        part.last_row = max(part.last_row, row + 1)
        part.last_column = max(part.last_column, column + 1)
        if part.cells > self._limits.cells or row >= 1 << 20 or column >= 1 << 14:
            raise InputError(FIELD, f"工作表超过 {self._limits.cells:,} 格，或单元格位置不合规")
        self._type = attributes.get("t", "")
        self._formula, self._value = False, None

    def _has_formula(self, _attributes: dict[str, str]) -> None:
        self._formula = True

    def _has_value(self, _attributes: dict[str, str]) -> None:
        self._value = []

    def _shared_text(self, _attributes: dict[str, str]) -> None:
        self._length = 0

    def _sheet(self, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            if name.rpartition(":")[2] == "id":
                self._part.sheets[value] = attributes.get("name", "")

    def _relation(self, attributes: dict[str, str]) -> None:
        self._part.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._value is not None and self._type in {"e", "s"}:
            self._value.append(text)

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._end_cell()
        elif local == "si":
            if self._length > LONGEST_TEXT:
                raise InputError(FIELD, f"有单元格的文字超过 {LONGEST_TEXT:,} 字")
            self._part.text_lengths.append(self._length)

    def _end_cell(self) -> None:
        if self._type == "e":
            self._part.unreadable[self._reference] = "".join(self._value or ()) or "#ERROR"
        elif self._formula and self._value is None:
            self._part.unreadable[self._reference] = UNCALCULATED
        elif self._type == "s" and self._value:
            index = "".join(self._value).strip()
            if _INDEX.fullmatch(index):
                self._part.shared.append(int(index))
        self._type, self._value = "", None

    def _doctype(self, *_declaration: object) -> None:
        raise InputError(FIELD, "文件内有文档类型声明，不是正常的工作簿")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _broken() -> InputError:
    return InputError(FIELD, "文件已损坏，内容不是合规的 XML；请重新保存后再试")
