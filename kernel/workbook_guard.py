"""What a file must be before anything reads it as a workbook: an .xlsx of bounded size, no more.

Nothing outside the file is ever opened: links, entities and macros are refused or left unread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as DeflateError  # noqa: N812 — a class that is named like a function

from kernel.errors import InputError
from kernel.settings import Settings

OLE2_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
ZIP_MAGIC = b"PK\x03\x04"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
MACRO_SUFFIXES = frozenset({".xlsm", ".xltm", ".xlam"})
REQUIRED_PARTS = ("[Content_Types].xml", "xl/workbook.xml")
CHUNK = 1 << 16
SMALL_ENTRY = 1 << 20
ENCRYPTED_FLAG = 0x1
FIELD = "文件"
_UNREADABLE = (BadZipFile, DeflateError, EOFError, OSError, OverflowError, RuntimeError, ValueError)
"""What ``zipfile`` raises over damaged bytes."""


@dataclass(frozen=True, slots=True)
class WorkbookLimits:
    """Bounds of a workbook: bytes as stored and unpacked, parts, their ratio, rows and cells.

    ``cells`` counts the rectangle that a sheet spans, because a reader allots all of it.
    """

    stored_bytes: int = 20_000_000
    unpacked_bytes: int = 300_000_000
    parts: int = 2_000
    ratio: int = 200
    rows: int = 300_000
    cells: int = 6_000_000

    @classmethod
    def of(cls, settings: Settings) -> "WorkbookLimits":
        """The bounds that the operator set."""
        return cls(settings.workbook_max_bytes, settings.workbook_max_unpacked_bytes)


def read_guarded(path: Path, limits: WorkbookLimits) -> bytes:
    """The bytes of an .xlsx file that is safe to unpack.

    Raises ``InputError`` (and changes nothing) when the file is missing, too large, encrypted,
    macro-bearing, no .xlsx, or unpacks to more than ``limits`` allow.
    """
    content = _read(path, limits)
    if content.startswith(OLE2_MAGIC):
        if ENCRYPTED_STREAM in content:
            raise InputError(FIELD, "文件已加密；请去掉打开密码后另存为 .xlsx")
        raise InputError(FIELD, "是旧格式（.xls）或其他文档；请在 Excel 中另存为 .xlsx")
    if not content.startswith(ZIP_MAGIC):
        raise InputError(FIELD, "不是 .xlsx 工作簿，无法读取")
    if path.suffix.lower() in MACRO_SUFFIXES:
        raise _macros()
    try:
        with ZipFile(BytesIO(content)) as package:
            _check_parts(package.infolist(), limits)
            _check_macros(package)
            _check_unpacked(package, limits)
    except _UNREADABLE:
        raise InputError(FIELD, "文件已损坏，无法解压；请重新保存后再试") from None
    return content


def _read(path: Path, limits: WorkbookLimits) -> bytes:
    try:
        if not path.exists():
            raise InputError(FIELD, "没有这个文件")
        if not path.is_file():
            raise InputError(FIELD, "不是文件")
        with path.open("rb") as stream:
            content = stream.read(limits.stored_bytes + 1)
    except OSError as error:
        raise InputError(FIELD, f"无法读取：{error.strerror}") from None
    if len(content) > limits.stored_bytes:
        raise InputError(FIELD, f"文件超过 {limits.stored_bytes:,} 字节")
    return content


def _check_parts(parts: list[ZipInfo], limits: WorkbookLimits) -> None:
    names = [part.filename for part in parts]
    if len(names) > limits.parts or len(set(names)) != len(names):
        raise InputError(FIELD, f"压缩包内的部件重名或超过 {limits.parts} 个，不是正常的工作簿")
    if any(part.flag_bits & ENCRYPTED_FLAG for part in parts):
        raise InputError(FIELD, "文件已加密；请去掉密码后另存为 .xlsx")
    if any(part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts):
        raise InputError(FIELD, "压缩方式不是 .xlsx 所用的方式，无法读取")
    if not set(REQUIRED_PARTS) <= set(names):
        raise InputError(FIELD, "不是 .xlsx 工作簿，无法读取")
    if sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise _bomb(limits)


def _check_macros(package: ZipFile) -> None:
    names = [name.lower() for name in package.namelist()]
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise _macros()
    with package.open("[Content_Types].xml") as stream:
        types = stream.read(SMALL_ENTRY).lower()
    if b"macroenabled" in types or b"macrosheet" in types or b"vbaproject" in types:
        raise _macros()


def _check_unpacked(package: ZipFile, limits: WorkbookLimits) -> None:
    """Unpack everything once, keeping nothing: a declared size may lie."""
    whole = 0
    for part in package.infolist():
        size = 0
        with package.open(part) as stream:
            for chunk in chunks(stream):
                size += len(chunk)
                whole += len(chunk)
                if whole > limits.unpacked_bytes:
                    raise _bomb(limits)
        if size > SMALL_ENTRY and size > limits.ratio * max(part.compress_size, 1):
            raise InputError(
                FIELD, f"压缩比超过 {limits.ratio} 倍，疑似解压炸弹；请在 Excel 中重新保存后再试"
            )


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream's bytes in pieces of bounded size."""
    while piece := stream.read(CHUNK):
        yield piece


def _bomb(limits: WorkbookLimits) -> InputError:
    return InputError(FIELD, f"解压后超过 {limits.unpacked_bytes:,} 字节，疑似解压炸弹")


def _macros() -> InputError:
    return InputError(FIELD, "文件带有宏；请另存为不带宏的 .xlsx")
