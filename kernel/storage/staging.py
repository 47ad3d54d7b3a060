"""A file that has arrived and is not kept yet: counted and hashed, in bounded memory."""

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import IO

from kernel.errors import FieldProblem, MonitorError

_PIECE = 1 << 18
MEGABYTE = 1_000_000


class TooLarge(MonitorError):
    """The file is larger than is taken; nothing was kept."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"
    title = "文件过大"

    def __init__(self, field: str, most: int) -> None:
        message = f"文件不能超过 {size_words(most)}"
        super().__init__(message, [FieldProblem(field, message)])


@dataclass(frozen=True, slots=True)
class Staged:
    """An open file, its bytes and their SHA-256; ``file`` stands at its beginning."""

    file: IO[bytes]
    size: int
    sha256: str


def stage(file: IO[bytes], most: int, field: str = "file") -> Staged:
    """Read a seekable file through once; raises ``TooLarge`` as soon as it passes ``most`` bytes."""
    file.seek(0)
    found, size = sha256(), 0
    while piece := file.read(_PIECE):
        size += len(piece)
        if size > most:
            raise TooLarge(field, most)
        found.update(piece)
    file.seek(0)
    return Staged(file, size, found.hexdigest())


def size_words(size: int) -> str:
    """Bytes as people read them: 512 字节, 12.3 KB, 4.0 MB."""
    if size < 1_000:
        return f"{size} 字节"
    return f"{size / 1_000:.1f} KB" if size < MEGABYTE else f"{size / MEGABYTE:.1f} MB"
