"""Files that are no workbook to be trusted: refused in words, before anything reads them."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

import samples
from kernel.errors import InputError
from kernel.workbook_guard import OLE2_MAGIC, WorkbookLimits, read_guarded
from kernel.workbook_problems import Problems
from kernel.workbook_reader import Workbook
from tests.workbooks import Book

LIMITS = WorkbookLimits()
CONTENT_TYPES = "[Content_Types].xml"
SHEET = "xl/worksheets/sheet1.xml"


def package(parts: dict[str, bytes], compression: int = ZIP_DEFLATED) -> bytes:
    """A zip with these parts."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", compression) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def small(tmp_path: Path) -> dict[str, bytes]:
    """The parts of a small, good workbook."""
    path = Book({"合同台账": [["合同编号"], ["甲"]]}).save(tmp_path / "small.xlsx")
    with ZipFile(path) as source:
        return {name: source.read(name) for name in source.namelist()}


def refused(path: Path, limits: WorkbookLimits = LIMITS) -> str:
    """What is said when the file is opened."""
    with pytest.raises(InputError) as caught:
        Workbook(path, limits)
    return caught.value.problems[0].message


def saved(tmp_path: Path, content: bytes, name: str = "book.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_the_samples_pass() -> None:
    for name in samples.NAMES:
        assert read_guarded(samples.path(name), LIMITS)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "没有这个文件" in refused(tmp_path / "no.xlsx")
    assert "不是文件" in refused(tmp_path)


def test_a_large_file_is_refused_by_its_size(tmp_path: Path) -> None:
    path = saved(tmp_path, b"PK\x03\x04" + bytes(2_000))
    assert "超过 1,000 字节" in refused(path, WorkbookLimits(stored_bytes=1_000))


@pytest.mark.parametrize("content", [b"", b"PK", b"plain text", "合同,金额".encode(), b"%PDF-1.7"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "不是 .xlsx 工作簿" in refused(saved(tmp_path, content))


def test_an_encrypted_workbook_is_told_from_an_old_one(tmp_path: Path) -> None:
    header = OLE2_MAGIC + bytes(504)
    directory = "EncryptedPackage".encode("utf-16-le") + bytes(96)
    assert "已加密" in refused(saved(tmp_path, header + directory))
    assert "旧格式" in refused(saved(tmp_path, header + "Workbook".encode("utf-16-le")))


def test_a_zip_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(package(small(tmp_path)))
    for at in range(len(content) - 4):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1
    assert "已加密" in refused(saved(tmp_path, bytes(content)))


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(tmp_path: Path, part: str) -> None:
    content = package({**small(tmp_path), part: b"<a/>"})
    assert "带有宏" in refused(saved(tmp_path, content))


def test_macros_are_refused_by_suffix_and_by_declared_type(tmp_path: Path) -> None:
    parts = small(tmp_path)
    assert "带有宏" in refused(saved(tmp_path, package(parts), "book.xlsm"))
    parts[CONTENT_TYPES] += b"<!-- application/vnd.ms-excel.sheet.macroEnabled.main+xml -->"
    assert "带有宏" in refused(saved(tmp_path, package(parts)))


def test_other_zips_are_refused(tmp_path: Path) -> None:
    assert "不是 .xlsx" in refused(saved(tmp_path, package({"readme.txt": b"hello"})))
    odd = package(small(tmp_path), ZIP_BZIP2)
    assert "压缩方式" in refused(saved(tmp_path, odd))


def test_a_truncated_or_damaged_file_is_refused(tmp_path: Path) -> None:
    content = package(small(tmp_path), ZIP_STORED)
    assert "已损坏" in refused(saved(tmp_path, content[: len(content) // 2]))
    damaged = content.replace(b"<worksheet", b"<worxsheet", 1)
    assert "已损坏" in refused(saved(tmp_path, damaged))


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    limits = WorkbookLimits(unpacked_bytes=3_000_000)
    content = package({**small(tmp_path), "xl/media/big.bin": bytes(4_000_000)})
    assert "解压后超过" in refused(saved(tmp_path, content), limits)


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    content = package({**small(tmp_path), "xl/media/big.bin": bytes(4_000_000)})
    assert "压缩比" in refused(saved(tmp_path, content))


def test_a_bomb_that_declares_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    big = bytes(4_000_000)
    content = package({**small(tmp_path), "xl/media/big.bin": big})
    honest, lying = struct.pack("<L", len(big)), struct.pack("<L", 100)
    crc = struct.pack("<L", zlib.crc32(big))
    assert crc in content
    path = saved(tmp_path, content.replace(honest, lying))
    assert "已损坏" in refused(path, WorkbookLimits(unpacked_bytes=3_000_000))


def test_many_parts_and_twin_parts_are_refused(tmp_path: Path) -> None:
    many = {**small(tmp_path), **{f"xl/media/{number}.bin": b"" for number in range(50)}}
    assert "部件" in refused(saved(tmp_path, package(many)), WorkbookLimits(parts=40))
    twins = BytesIO(package(small(tmp_path)))
    with ZipFile(twins, "a") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr(SHEET, b"<worksheet/>")
    assert "重名" in refused(saved(tmp_path, twins.getvalue()))


def test_entities_are_refused_unread(tmp_path: Path) -> None:
    parts = small(tmp_path)
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    head, body = parts[SHEET].split(b"?>", 1)
    parts[SHEET] = head + b"?>" + bomb + body
    assert "文档类型声明" in refused(saved(tmp_path, package(parts)))


def test_a_sheet_that_spans_too_much_is_refused_before_it_is_allotted(tmp_path: Path) -> None:
    parts = small(tmp_path)
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", far)
    assert "300,000 行" in refused(saved(tmp_path, package(parts)))
    wide = WorkbookLimits(rows=2_000_000)
    assert "范围超过" in refused(saved(tmp_path, package(parts)), wide)


def test_a_long_text_shown_often_is_refused(tmp_path: Path) -> None:
    book = Book({"合同台账": [["合同编号"], *(["长" * 30_000] for _ in range(50))]})
    parts = {}
    with ZipFile(book.save(tmp_path / "long.xlsx")) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    shared = b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>"
    cells = b"".join(b'<row><c t="s"><v>0</v></c></row>' for _ in range(200))
    parts["xl/sharedStrings.xml"] = shared
    parts[SHEET] = b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>"
    path = saved(tmp_path, package(parts))
    assert "文字总量过大" in refused(path, WorkbookLimits(unpacked_bytes=10_000_000))
    parts["xl/sharedStrings.xml"] = b"<sst><si><t>" + b"x" * 40_000 + b"</t></si></sst>"
    assert "超过 32,767 字" in refused(saved(tmp_path, package(parts)))


def test_broken_xml_is_refused(tmp_path: Path) -> None:
    parts = small(tmp_path)
    parts[SHEET] = parts[SHEET][:-5]
    assert "XML" in refused(saved(tmp_path, package(parts)))


@pytest.mark.parametrize("encoding", [b"gbk", b"no-such", b"UTF-16"])
def test_an_odd_encoding_is_refused(tmp_path: Path, encoding: bytes) -> None:
    parts = small(tmp_path)
    parts[SHEET] = parts[SHEET].replace(b"UTF-8", encoding)
    assert "XML" in refused(saved(tmp_path, package(parts)))


def test_a_row_number_beyond_reason_is_no_trouble(tmp_path: Path) -> None:
    parts = small(tmp_path)
    row = b'<row r="' + b"9" * 5_000 + b'"><c><v>1</v></c></row></sheetData>'
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", row)
    with suppress(InputError):
        Workbook(saved(tmp_path, package(parts)), LIMITS)


def test_a_formula_without_its_result_is_no_empty_cell(tmp_path: Path) -> None:
    from contracts.workbook_rows import PlanRow

    book = Book.sample("zibo-2023").put("实施方案", 4, "审定日期", "=A1")
    with ZipFile(book.save(tmp_path / "f.xlsx")) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts = {
        name: content.replace(b"<v>#DIV/0!</v>", b"").replace(b' t="e"', b"")
        for name, content in parts.items()
    }
    problems = Problems()
    Workbook(saved(tmp_path, package(parts)), LIMITS).read(PlanRow, problems)
    assert ["公式没有计算结果" in each.message for each in problems.listed] == [True]


def test_a_name_that_the_system_refuses_is_a_refusal(tmp_path: Path) -> None:
    assert "无法读取" in refused(tmp_path / ("a" * 300 + ".xlsx"))
