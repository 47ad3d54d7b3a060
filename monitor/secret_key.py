"""The key that signs session cookies and form tokens: made once, kept beside the data."""

import secrets
from pathlib import Path

from kernel.key_files import kept_key

_BYTES = 32


def secret_key(data_dir: Path) -> bytes:
    """Read the key, making it first where there is none."""
    return kept_key(data_dir / "secret_key", lambda: secrets.token_bytes(_BYTES))
