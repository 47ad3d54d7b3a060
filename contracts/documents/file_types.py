"""What a file is, found by looking into it: its name only has to agree.

Macros, encryption and packages that unpack to very much are refused. Nothing is ever opened by this
service but to find out what it is.
"""

from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Final

import filetype  # type: ignore[import-untyped]

from contracts.documents.packages import PackageLimits, kind_of_package
from kernel.errors import InputError
from kernel.workbook_guard import OLE2_MAGIC, ZIP_MAGIC

FIELD: Final = "file"
_HEAD: Final = 8_192
_BLOCK: Final = 1 << 18
_ENTRY: Final = 128
"""Bytes of a directory entry of an OLE2 file, and what such entries are aligned to."""


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is taken. ``inline``: a browser may show it where it stands."""

    name: str
    media_type: str
    suffixes: tuple[str, ...]
    inline: bool = False


PDF = FileType("PDF", "application/pdf", (".pdf",))
JPEG = FileType("JPG 图片", "image/jpeg", (".jpg", ".jpeg"), inline=True)
PNG = FileType("PNG 图片", "image/png", (".png",), inline=True)
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
DOCX = FileType("Word 文档", f"{_OPEN_XML}wordprocessingml.document", (".docx",))
XLSX = FileType("Excel 工作簿", f"{_OPEN_XML}spreadsheetml.sheet", (".xlsx",))
PPTX = FileType("PowerPoint 演示文稿", f"{_OPEN_XML}presentationml.presentation", (".pptx",))
DOC = FileType("旧版 Word 文档", "application/msword", (".doc",))
XLS = FileType("旧版 Excel 工作簿", "application/vnd.ms-excel", (".xls",))
OFD = FileType("OFD 版式文件", "application/ofd", (".ofd",))
TEXT = FileType("文本", "text/plain", (".txt", ".csv"))
FILE_TYPES: Final = (PDF, OFD, DOCX, XLSX, PPTX, DOC, XLS, JPEG, PNG, TEXT)
"""All that is taken (OFD: GB/T 33190); archives are not: what is in them nobody could look at."""
_PACKAGES: Final = {"docx": DOCX, "xlsx": XLSX, "pptx": PPTX, "ofd": OFD}
_STREAMS: Final = {"WordDocument": DOC, "Workbook": XLS, "Book": XLS}
_MACRO_STREAMS: Final = {"_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros"}
TAKEN: Final = "、".join(suffix for each in FILE_TYPES for suffix in each.suffixes)
INLINE: Final = frozenset(each.media_type for each in FILE_TYPES if each.inline)


def type_of(file: IO[bytes], name: str, limits: PackageLimits) -> FileType:
    """What the file is, leaving it at its beginning.

    Raises ``InputError`` naming ``file`` when it is empty, none of ``FILE_TYPES``, otherwise than
    its name says, carries macros, is encrypted, or unpacks to more than ``limits`` allow.
    """
    suffix = PurePath(name).suffix.lower()
    if not any(suffix in each.suffixes for each in FILE_TYPES):
        raise InputError(FIELD, f"不接受“{suffix or name}”文件；可以上传 {TAKEN}")
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    if not head:
        raise InputError(FIELD, "文件是空的")
    found = _found(file, head, limits)
    file.seek(0)
    if found is None:
        raise InputError(FIELD, f"文件内容不是可以接受的格式；可以上传 {TAKEN}")
    if suffix not in found.suffixes:
        raise InputError(FIELD, f"文件内容是{found.name}，扩展名却是 {suffix}；请核对后上传")
    return found


def _found(file: IO[bytes], head: bytes, limits: PackageLimits) -> FileType | None:
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(ZIP_MAGIC):
        return _PACKAGES.get(kind_of_package(file, limits))
    if head.startswith(OLE2_MAGIC):
        return _old_office(file)
    guessed = filetype.guess(head)
    if guessed is not None:
        return next((each for each in (JPEG, PNG) if each.media_type == guessed.mime), None)
    return TEXT if any(_is_text(file, coding) for coding in ("utf-8-sig", "gb18030")) else None


def _old_office(file: IO[bytes]) -> FileType | None:
    """By the names of its streams; raises ``InputError`` for macros and for an encrypted file."""
    names = _stream_names(file)
    if "EncryptedPackage" in names:
        raise InputError(FIELD, "文件已加密，无法核对内容；请去掉打开密码后上传")
    if names & _MACRO_STREAMS:
        raise InputError(FIELD, "文件带有宏；请另存为不带宏的文件后上传")
    return next((kind for name, kind in _STREAMS.items() if name in names), None)


def _stream_names(file: IO[bytes]) -> set[str]:
    """Names in the directory entries of an OLE2 file ([MS-CFB] 2.6.1), wherever they lie."""
    names = set()
    while block := file.read(_BLOCK):
        for start in range(0, len(block) - _ENTRY + 1, _ENTRY):
            length = int.from_bytes(block[start + 64 : start + 66], "little")
            is_entry = block[start + 66] in {1, 2, 5} and block[start + 67] in {0, 1}
            if is_entry and 2 < length <= 64:
                names.add(block[start : start + length - 2].decode("utf-16-le", "ignore"))
    return names


def _is_text(file: IO[bytes], coding: str) -> bool:
    file.seek(0)
    decode: Callable[..., str] = getincrementaldecoder(coding)().decode
    try:
        while piece := file.read(_BLOCK):
            if _has_controls(decode(piece)):
                return False
        decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _has_controls(text: str) -> bool:
    return any(sign < " " and sign not in "\t\r\n\f" for sign in text)
