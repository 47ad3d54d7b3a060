"""The key that signs session cookies and form tokens: made once, kept beside the data."""

import os
import secrets
from pathlib import Path

_FILE = "secret_key"


def secret_key(data_dir: Path) -> bytes:
    """Read the key, making it first where there is none; the file is readable by its owner only.

    Two processes that start together get the same key: the file appears whole or not at all, and
    the second to make one reads the first's.
    """
    path = data_dir / _FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    draft = path.with_name(f".{_FILE}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
