"""Keys that a service makes for itself once and keeps beside its data."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def kept_key(path: Path, make: Callable[[], bytes]) -> bytes:
    """Read the key in ``path``, making it first where there is none; its owner alone can read it.

    Two processes that start together get the same key: the file appears whole or not at all, and
    the second to make one reads the first's.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, make())
    return path.read_bytes()


def _write(path: Path, key: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
