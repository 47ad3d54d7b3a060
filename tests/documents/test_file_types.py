"""What a file is, is found in it: its name has to agree, and nothing dangerous is taken."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.documents.adding import look_at
from contracts.documents.file_types import FILE_TYPES, type_of
from contracts.documents.packages import PackageLimits
from kernel.errors import InputError
from tests.documents import files

LIMITS = PackageLimits()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("合同.pdf", files.PDF, "application/pdf"),
        ("现场.JPG", files.JPG, "image/jpeg"),
        ("现场.jpeg", files.JPG, "image/jpeg"),
        ("现场.png", files.PNG, "image/png"),
        ("方案.docx", files.DOCX, FILE_TYPES[2].media_type),
        ("台账.xlsx", files.XLSX, FILE_TYPES[3].media_type),
        ("汇报.pptx", files.PPTX, FILE_TYPES[4].media_type),
        ("批复.ofd", files.OFD, "application/ofd"),
        ("方案.doc", files.old_office("WordDocument", "1Table"), "application/msword"),
        ("台账.xls", files.old_office("Workbook"), "application/vnd.ms-excel"),
        ("台账.xls", files.old_office("Book"), "application/vnd.ms-excel"),
        ("名单.csv", files.TEXT, "text/plain"),
        ("名单.txt", files.GB, "text/plain"),
        ("名单.txt", b"\xef\xbb\xbfa,b\r\n", "text/plain"),
    ],
)
def test_what_is_taken_is_known_by_its_content(name: str, content: bytes, media_type: str) -> None:
    file = BytesIO(content)
    assert type_of(file, name, LIMITS).media_type == media_type
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("程序.exe", b"MZ" + bytes(64), "不接受"),
        ("没有扩展名", files.PDF, "不接受"),
        ("页面.html", b"<script>alert(1)</script>", "不接受"),
        ("图.svg", b"<svg onload='x'/>", "不接受"),
        ("空.pdf", b"", "空的"),
        ("合同.pdf", files.PNG, "PNG 图片"),
        ("合同.pdf", b"MZ" + bytes(64), "不是可以接受的格式"),
        ("合同.pdf", b"GIF89a" + bytes(64), "不是可以接受的格式"),
        ("现场.png", files.JPG, "JPG 图片"),
        ("台账.xlsx", files.DOCX, "Word 文档"),
        ("台账.xlsx", files.archive({"a.txt": b"x"}), "不是可以接受的格式"),
        ("文件.zip", files.archive({"a.txt": b"x"}), "不接受"),
        ("文件.docx", files.archive({"[Content_Types].xml": b"<Types/>"}), "不是可以接受的格式"),
        ("文件.docx", files.DOCX[:-30], "已损坏"),
        ("方案.doc", files.old_office("WordDocument", "Macros"), "宏"),
        ("台账.xls", files.old_office("Workbook", "_VBA_PROJECT_CUR"), "宏"),
        ("方案.docx", files.old_office("EncryptedPackage"), "加密"),
        ("方案.doc", files.old_office("PowerPoint Document"), "不是可以接受的格式"),
        ("名单.txt", b"a\0b", "不是可以接受的格式"),
        ("名单.txt", bytes(range(128, 256)), "不是可以接受的格式"),
    ],
)
def test_what_is_not_taken_is_refused_at_its_field(name: str, content: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as refusal:
        type_of(BytesIO(content), name, LIMITS)
    assert refusal.value.problems[0].field == "file"


@pytest.mark.parametrize(
    "parts",
    [{"word/vbaProject.bin": b"x"}, {"xl/macrosheets/sheet1.xml": b"x"}],
)
def test_macros_in_a_package_are_refused(parts: dict[str, bytes]) -> None:
    main = "openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with pytest.raises(InputError, match="宏"):
        type_of(BytesIO(files.package(main, parts)), "方案.docx", LIMITS)


def test_a_package_that_says_it_has_macros_is_refused() -> None:
    macro = files.package("ms-word.document.macroEnabled.main+xml")
    with pytest.raises(InputError, match="宏"):
        type_of(BytesIO(macro), "方案.docx", LIMITS)


def test_a_package_that_unpacks_to_very_much_is_refused() -> None:
    main = "openxmlformats-officedocument.wordprocessingml.document.main+xml"
    bomb = files.package(main, {"word/media/image1.bin": bytes(5_000_000)})
    with pytest.raises(InputError, match="解压炸弹"):
        type_of(BytesIO(bomb), "方案.docx", LIMITS)
    with pytest.raises(InputError, match="解压后超过"):
        type_of(BytesIO(bomb), "方案.docx", PackageLimits(unpacked_bytes=1_000_000))
    with pytest.raises(InputError, match="部件"):
        type_of(BytesIO(bomb), "方案.docx", PackageLimits(parts=2))


@pytest.mark.parametrize("name", ["../../etc/合同.pdf", "C:\\文件\\合同.pdf", "合同.pdf"])
def test_of_a_path_the_name_is_kept(name: str) -> None:
    assert look_at(BytesIO(files.PDF), name, 10_000).file_name == "合同.pdf"


@pytest.mark.parametrize("name", ["", "/", "a" * 260 + ".pdf", "合\n同.pdf"])
def test_a_name_that_cannot_be_kept_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        look_at(BytesIO(files.PDF), name, 10_000)


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-"]),
    st.sampled_from([suffix for each in FILE_TYPES for suffix in each.suffixes]),
)
def test_whatever_comes_is_a_type_whose_name_agrees_or_refused(
    rest: bytes, begins: bytes, suffix: str
) -> None:
    try:
        found = type_of(BytesIO(begins + rest), f"x{suffix}", LIMITS)
    except InputError:
        return
    assert suffix in found.suffixes
