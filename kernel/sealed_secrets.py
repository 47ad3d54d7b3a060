"""Secrets that the database keeps encrypted: who reads a copy of it reads none of them.

Fernet (AES-128-CBC with HMAC-SHA-256) with a list of keys: the first seals, each opens, so that a
key can be exchanged while the service runs.
"""

from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kernel.errors import InputError, UnavailableError
from kernel.key_files import kept_key
from kernel.settings import Settings

MARK: Final = "sealed:"
"""What a sealed value begins with; one without it was written before secrets were sealed."""
KEY_FILE: Final = "sealing_key"
VARIABLE: Final = "MONITOR_SECRET_KEYS"


class SealedSecrets:
    """Seals texts and opens them; raises ``InputError`` for a key that is none."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        try:
            known = [Fernet(key) for key in keys]
        except ValueError:
            known = []
        if not known:
            raise InputError(VARIABLE, "应为逗号分隔的密钥；用 monitor secrets new-key 生成")
        self._newest = known[0]
        self._all = MultiFernet(known)

    def seal(self, text: str) -> str:
        """``text`` encrypted with the newest key; no two sealings are the same."""
        return MARK + self._newest.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What was sealed; a value from before secrets were sealed is given back as it is.

        Raises ``UnavailableError``, which repeats nothing of it, when no key fits.
        """
        if not sealed.startswith(MARK):
            return sealed
        try:
            return self._all.decrypt(_token(sealed)).decode()
        except (InvalidToken, ValueError):
            raise UnavailableError(
                f"没有能解开这项密文的密钥；请在 {VARIABLE} 中补上封存时所用的密钥"
            ) from None

    def is_current(self, sealed: str) -> bool:
        """Whether the newest key sealed it, so that older keys are not needed for it."""
        if not sealed.startswith(MARK):
            return False
        try:
            self._newest.decrypt(_token(sealed))
        except (InvalidToken, ValueError):
            return False
        return True


def new_sealing_key() -> str:
    """A fresh sealing key, as the setting takes it."""
    return Fernet.generate_key().decode()


def sealed_secrets(settings: Settings) -> SealedSecrets:
    """With the keys of the settings, newest first, else with one made once beside the data.

    A key file that is there still opens what it sealed when keys are given in the settings.
    """
    path = settings.data_dir / KEY_FILE
    given = [key.encode() for key in settings.secret_keys]
    if given and not path.exists():
        return SealedSecrets(given)
    return SealedSecrets([*given, kept_key(path, Fernet.generate_key)])


def _token(sealed: str) -> bytes:
    return sealed.removeprefix(MARK).encode()
