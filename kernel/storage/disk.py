"""Contents on disk: one file each, written beside, forced to the disk, then renamed into place."""

import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final

from kernel.logs import get_logger
from kernel.storage.contents import PIECE, ContentLost, Kept, StorageDown, pieces_of
from kernel.storage.staging import Staged

_NAME: Final = re.compile(r"[0-9a-f]{64}")
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_logger = get_logger("storage")


class DiskContents:
    """Contents in a folder, by the first two digits of their names; ``incoming`` holds unfinished ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"

    def keep(self, staged: Staged) -> None:
        """See ``Contents.keep``. A full disk leaves nothing behind."""
        place = self._place(staged.sha256)
        with _told():
            self._incoming.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._incoming, delete=False) as written:
                try:
                    _write(staged.file, written)
                    is_new = not place.parent.exists()
                    place.parent.mkdir(exist_ok=True)
                    Path(written.name).replace(place)
                except BaseException:
                    with suppress(OSError):
                        Path(written.name).unlink(missing_ok=True)
                    raise
            _force(place.parent)
            if is_new:
                _force(self._folder)

    def has(self, name: str) -> bool:
        """See ``Contents.has``."""
        with _told():
            return self._place(name).is_file()

    def read(self, name: str) -> Iterator[bytes]:
        """See ``Contents.read``."""
        with _told():
            try:
                file = self._place(name).open("rb")
            except FileNotFoundError:
                raise ContentLost("文件内容不在存储中；请通知管理员") from None
        return pieces_of(file)

    def remove(self, name: str) -> None:
        """See ``Contents.remove``."""
        with _told():
            self._place(name).unlink(missing_ok=True)

    def listed(self) -> Iterable[Kept]:
        """See ``Contents.listed``."""
        with _told():
            for place in self._folder.glob("??/*"):
                if _NAME.fullmatch(place.name):
                    with suppress(FileNotFoundError):  # taken away meanwhile
                        found = place.stat()
                        kept_at = datetime.fromtimestamp(found.st_mtime, UTC)
                        yield Kept(place.name, found.st_size, kept_at)

    def clear_remains(self, before: datetime) -> int:
        """See ``Contents.clear_remains``."""
        cleared = 0
        with _told():
            for place in self._incoming.glob("*"):
                with suppress(FileNotFoundError):
                    if place.stat().st_mtime < before.timestamp():
                        place.unlink()
                        cleared += 1
        return cleared

    def _place(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError("not a SHA-256")
        return self._folder / name[:2] / name


def _write(source: IO[bytes], target: IO[bytes]) -> None:
    source.seek(0)
    shutil.copyfileobj(source, target, PIECE)
    target.flush()
    os.fsync(target.fileno())


def _force(folder: Path) -> None:
    """A rename is durable once its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told() -> Iterator[None]:
    """A disk's failure as a sentence; the cause goes to the log."""
    try:
        yield
    except OSError as fault:
        _logger.error("storage failed", error=fault.strerror, number=fault.errno)
        if fault.errno in _FULL:
            raise StorageDown("文件存储的空间已用完，文件没有保存；请通知管理员") from None
        raise StorageDown("文件存储暂时无法读写，没有保存任何内容；请稍后再试") from None
