"""Small files of each kind that is taken, and of some that are not."""

from io import BytesIO
from struct import pack
from zipfile import ZIP_DEFLATED, ZipFile

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPG = b"\xff\xd8\xff\xe0" + bytes(64)
TEXT = "整改通知书\n第一条\n".encode()
GB = "整改通知书\n第一条\n".encode("gb18030")


def package(main: str, parts: dict[str, bytes] | None = None) -> bytes:
    """An Office Open XML package whose main part is of that content type."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/main.xml" ContentType="application/vnd.{main}"/></Types>'
    )
    return archive({"[Content_Types].xml": types.encode(), "main.xml": b"<x/>", **(parts or {})})


def archive(parts: dict[str, bytes]) -> bytes:
    """A zip of those parts."""
    whole = BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return whole.getvalue()


_OPEN_XML = "openxmlformats-officedocument."
DOCX = package(f"{_OPEN_XML}wordprocessingml.document.main+xml")
XLSX = package(f"{_OPEN_XML}spreadsheetml.sheet.main+xml")
PPTX = package(f"{_OPEN_XML}presentationml.presentation.main+xml")
OFD = archive({"OFD.xml": b"<ofd/>"})


def old_office(*streams: str) -> bytes:
    """An OLE2 file with directory entries of those names."""
    entries = b"".join(_entry(name) for name in ("Root Entry", *streams))
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504)
    return header + entries + bytes(-len(entries) % 512)


def _entry(name: str) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return encoded.ljust(64, b"\0") + pack("<HBB", len(encoded), 2, 1) + bytes(60)
