"""The folder a demonstration lives in: one demonstration at a time, and how it is emptied."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kernel.errors import ConflictError

LOCK_NAME = "demo.lock"
MADE_HERE = (
    "monitor.db", "monitor.db-wal", "monitor.db-shm", "secret_key", "sealing_key", LOCK_NAME,
)  # fmt: skip
"""All that a demonstration writes; nothing else in the folder is ever deleted."""


@contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Hold the folder; the lock ends with the process, however that ends.

    Raises ``ConflictError`` while another demonstration holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_NAME).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(f"演示正在使用 {folder}；请先按 Ctrl-C 停止") from None
        yield


def empty(folder: Path) -> None:
    """Delete what a demonstration wrote, and the folder if nothing else is in it."""
    with sole_use(folder):
        for name in MADE_HERE:
            (folder / name).unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()
