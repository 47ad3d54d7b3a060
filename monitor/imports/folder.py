"""Where files wait to be imported, and the lock that one import of a file holds as long as it lives.

The lock is the operating system's (flock): whatever ends the process, ``kill -9`` too, lets it go, so
that a run that says it works while nobody holds its lock was interrupted.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any
from uuid import UUID

from kernel.errors import ConflictError

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]")
_LONGEST_NAME = 60
_PIECE = 1 << 18
_BETWEEN_TRIES = 0.05
_LOCKS = "locks"
KEPT_DAYS = 30
"""Files of imports are cleared away when nothing was done with them for so long."""


@dataclass(frozen=True, slots=True)
class ImportFolder:
    """A folder for each run, with the file under its own name, and the locks of all."""

    root: Path

    @classmethod
    def of(cls, data_dir: Path) -> "ImportFolder":
        """The folder within the service's data."""
        return cls(data_dir.absolute() / "imports")

    def keep(self, run_id: UUID, name: str, file: IO[bytes]) -> Path:
        """Keep the file of a run; gives where it is."""
        path = self.root / str(run_id) / safe_name(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as kept:
            shutil.copyfileobj(file, kept, _PIECE)
        return path

    def file(self, run_id: UUID) -> Path | None:
        """The file of a run, None once it was cleared away."""
        found = sorted((self.root / str(run_id)).glob("*.xlsx"))
        return found[0] if found else None

    def clear(self, before: datetime) -> int:
        """Remove what no run has touched since; gives how many runs' files. Their records stay."""
        old = [
            folder
            for folder in self.root.glob("*")
            if folder.name != _LOCKS
            and max(each.stat().st_mtime for each in (folder, *folder.iterdir()))
            < before.timestamp()
        ]
        for folder in old:
            shutil.rmtree(folder, ignore_errors=True)
        return len(old)

    def tell(self, run_id: UUID, **progress: Any) -> None:
        """Note how far a run is; read by whoever shows it."""
        path = self.root / str(run_id) / "progress.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(progress, ensure_ascii=False), "utf-8")
        beside.replace(path)

    def progress(self, run_id: UUID) -> dict[str, Any]:
        """What was noted last; empty for a run that has not begun."""
        try:
            text = (self.root / str(run_id) / "progress.json").read_text("utf-8")
        except FileNotFoundError:
            return {}
        found: dict[str, Any] = json.loads(text)
        return found

    def take(self, sha256: str, patience: float = 0.0) -> int:
        """Take the lock of a file's imports; gives the descriptor that holds it.

        Raises ``ConflictError`` when another process holds it, still after ``patience`` seconds.
        """
        descriptor, until = self._open(sha256), monotonic() + patience
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() < until:
                    sleep(_BETWEEN_TRIES)
                    continue
                os.close(descriptor)
                raise ConflictError("同一个文件正在检查或导入；请等它结束后再试") from None
            return descriptor

    @contextmanager
    def held(self, sha256: str, patience: float = 0.0) -> Iterator[int]:
        """The lock for as long as the block runs; raises as ``take`` does."""
        descriptor = self.take(sha256, patience)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def is_at_work(self, sha256: str) -> bool:
        """Whether a living process imports this file."""
        try:
            with self.held(sha256):
                return False
        except ConflictError:
            return True

    def _open(self, sha256: str) -> int:
        locks = self.root / _LOCKS
        locks.mkdir(parents=True, exist_ok=True)
        return os.open(locks / sha256, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def safe_name(name: str) -> str:
    """A file name without what a path could be made of; always ``.xlsx``."""
    stem = _UNSAFE.sub("_", name.rsplit(".", 1)[0]).strip(" .")[:_LONGEST_NAME]
    return f"{stem or '台账'}.xlsx"
