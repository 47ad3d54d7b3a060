"""What a token looks like, and what of it is kept."""

import re
import secrets
import string
from dataclasses import dataclass, field
from zlib import crc32

from people.sign_in.bearer_secrets import fingerprint, new_bearer_secret

SCHEME = "cm_"
_SIGNS = string.ascii_lowercase + string.digits
_PREFIX_SIGNS = 8
_FORM = re.compile(r"(cm_[a-z0-9]{8}_[A-Za-z0-9_-]{43})_([0-9a-f]{8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A token just made: ``text`` is shown once and forgotten, the rest is kept."""

    prefix: str
    text: str = field(repr=False)

    @property
    def secret_hash(self) -> str:
        """What is kept of it."""
        return hash_of(self.text)


def fresh_token() -> FreshToken:
    """Make a token of 256 random bits: ``cm_`` and eight signs, the secret, a check sum."""
    prefix = SCHEME + "".join(secrets.choice(_SIGNS) for _ in range(_PREFIX_SIGNS))
    body = f"{prefix}_{new_bearer_secret()}"
    return FreshToken(prefix, f"{body}_{_check_sum(body)}")


def is_well_formed(text: str) -> bool:
    """Whether it could be a token of ours: what is typed or guessed blindly never asks the database."""
    found = _FORM.fullmatch(text)
    return found is not None and _check_sum(found[1]) == found[2]


def hash_of(text: str) -> str:
    """SHA-256 of the whole token, as hexadecimal.

    A slow hash (argon2id) protects secrets that people choose, of which there are few enough to try.
    Of 2**256 random ones no part can be tried, so a fast hash is as strong, and a request with a
    token costs no more than another. The row is found by the hash: an attacker cannot steer what
    is compared, so the time of the comparison tells nothing.
    """
    return fingerprint(text)


def _check_sum(body: str) -> str:
    return f"{crc32(body.encode()):08x}"
