"""What a store of contents does, wherever it keeps them, and how its failures are called."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import IO, Protocol

from kernel.errors import MonitorError, UnavailableError
from kernel.storage.staging import Staged

PIECE = 1 << 18
"""Bytes read or written at a time."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A content that a store holds: its name there, bytes, and when it was written last."""

    sha256: str
    size: int
    kept_at: datetime


class StorageDown(UnavailableError):
    """The store cannot be reached or takes nothing; nothing was written."""

    code = "storage_unavailable"
    title = "文件存储暂不可用"


class ContentLost(MonitorError):
    """A content that was kept is no longer there, or no longer what it was."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "content_lost"
    title = "文件内容已损坏或缺失"


class Contents(Protocol):
    """Contents by their SHA-256 (64 hexadecimal digits). Each method raises ``StorageDown``."""

    def keep(self, staged: Staged) -> None:
        """Write the content whole or not at all, and durably; what was there is written anew."""
        ...

    def has(self, name: str) -> bool:
        """Whether the content is there."""
        ...

    def read(self, name: str) -> Iterator[bytes]:
        """Its bytes in pieces; raises ``ContentLost`` at once when it is not there."""
        ...

    def remove(self, name: str) -> None:
        """Take the content away; nothing happens when it is not there."""
        ...

    def listed(self) -> Iterable[Kept]:
        """All that is there, in no order."""
        ...

    def clear_remains(self, before: datetime) -> int:
        """Take away what writers that were killed before that instant left; gives how many."""
        ...


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """The file's bytes from where it stands; it is closed afterwards."""
    with file:
        while piece := file.read(PIECE):
            yield piece


def verified(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The pieces, hashed on their way: the last one is held back until the hash is right.

    Raises ``ContentLost`` instead of the last piece when it is not: who reads gets less than was
    promised, never a damaged file that looks whole.
    """
    found, held = sha256(), b""
    for piece in pieces:
        found.update(piece)
        if held:
            yield held
        held = piece
    if found.hexdigest() != name:
        raise ContentLost("文件内容与登记时不一致；请通知管理员运行 monitor documents check")
    yield held
