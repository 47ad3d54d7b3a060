"""Zip packages that are documents: Office Open XML and OFD, of bounded size, without macros."""

from dataclasses import dataclass
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as DeflateError  # noqa: N812 — a class that is named like a function

from kernel.errors import InputError
from kernel.workbook_guard import ENCRYPTED_FLAG, SMALL_ENTRY, chunks

_FIELD: Final = "file"
_TYPES_PART: Final = "[Content_Types].xml"
_MAIN_PARTS: Final = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
    b"presentationml.presentation.main+xml": "pptx",
}
_UNREADABLE = (BadZipFile, DeflateError, EOFError, OSError, OverflowError, RuntimeError, ValueError)
"""What ``zipfile`` raises over damaged bytes."""


@dataclass(frozen=True, slots=True)
class PackageLimits:
    """Bounds of a package: bytes unpacked, parts, and their ratio where a part is not small."""

    unpacked_bytes: int = 500_000_000
    parts: int = 5_000
    ratio: int = 200


def kind_of_package(file: IO[bytes], limits: PackageLimits) -> str:
    """``docx``, ``xlsx``, ``pptx`` or ``ofd``; ``""`` for another archive.

    Unpacks everything once, keeping nothing. Raises ``InputError`` when it is damaged, encrypted,
    carries macros or unpacks to more than ``limits`` allow.
    """
    try:
        with ZipFile(file) as package:
            _check_parts(package.infolist(), limits)
            kind = _kind(package)
            if kind:
                _check_unpacked(package, limits)
            return kind
    except _UNREADABLE:
        raise InputError(_FIELD, "文件已损坏，无法读取；请重新保存后上传") from None


def _check_parts(parts: list[ZipInfo], limits: PackageLimits) -> None:
    names = [part.filename for part in parts]
    if len(names) > limits.parts or len(set(names)) != len(names):
        raise InputError(_FIELD, f"文件内的部件重名或超过 {limits.parts} 个，不是正常的文档")
    if any(part.flag_bits & ENCRYPTED_FLAG for part in parts):
        raise InputError(_FIELD, "文件已加密，无法核对内容；请去掉密码后上传")
    if any(part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts):
        raise InputError(_FIELD, "文件的压缩方式不是文档所用的方式，无法读取")
    if sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise _bomb(limits)


def _kind(package: ZipFile) -> str:
    names = {name.lower() for name in package.namelist()}
    if "ofd.xml" in names:
        return "ofd"
    if _TYPES_PART.lower() not in names:
        return ""
    with package.open(_TYPES_PART) as stream:
        types = stream.read(SMALL_ENTRY).lower()
    is_macro = any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names)
    if is_macro or b"macroenabled" in types or b"vbaproject" in types:
        raise InputError(_FIELD, "文件带有宏；请另存为不带宏的文件后上传")
    return next((kind for part, kind in _MAIN_PARTS.items() if part in types), "")


def _check_unpacked(package: ZipFile, limits: PackageLimits) -> None:
    """A declared size may lie: what counts is what comes out."""
    whole = 0
    for part in package.infolist():
        size = 0
        with package.open(part) as stream:
            for piece in chunks(stream):
                size += len(piece)
                whole += len(piece)
                if whole > limits.unpacked_bytes:
                    raise _bomb(limits)
        if size > SMALL_ENTRY and size > limits.ratio * max(part.compress_size, 1):
            raise InputError(_FIELD, f"文件压缩比超过 {limits.ratio} 倍，疑似解压炸弹")


def _bomb(limits: PackageLimits) -> InputError:
    return InputError(_FIELD, f"文件解压后超过 {limits.unpacked_bytes:,} 字节，疑似解压炸弹")
