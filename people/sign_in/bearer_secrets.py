"""What a bearer shows to be known (a session's cookie, a link): made here, stored as a hash only.

A plain SHA-256 is enough: the secret has 256 random bits, so there is nothing to guess.
"""

import secrets
from hashlib import sha256

_BYTES = 32


def new_bearer_secret() -> str:
    """256 random bits as text that an address and a cookie can carry."""
    return secrets.token_urlsafe(_BYTES)


def fingerprint(secret: str) -> str:
    """What the database keeps of a secret."""
    return sha256(secret.encode()).hexdigest()
