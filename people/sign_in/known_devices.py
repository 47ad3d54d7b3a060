"""Browsers that an owner signed in with: a signed cookie, so that a stranger's tries do not bind them."""

from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, new

KNOWN_FOR = timedelta(days=180)


def device_mark(key: bytes, login: str, now: datetime) -> str:
    """What the browser keeps: until when it is known, and a signature over that and the login."""
    until = int((now + KNOWN_FOR).timestamp())
    return f"{until}.{_signature(key, login, until)}"


def is_known_device(key: bytes, login: str, mark: str, now: datetime) -> bool:
    """Whether the mark was given for this login and has not run out."""
    until, _, signature = mark.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) < 12):
        return False
    expected = _signature(key, login, int(until))
    return compare_digest(signature.encode(), expected.encode()) and int(until) > now.timestamp()


def _signature(key: bytes, login: str, until: int) -> str:
    return new(key, f"device\0{login}\0{until}".encode(), sha256).hexdigest()
