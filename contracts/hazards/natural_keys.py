"""What tells a hazard of a ledger when the ledger is imported again."""

import unicodedata
from collections.abc import Iterable
from datetime import date
from hashlib import sha256


def numbered_key(number: str) -> str:
    """The key of a hazard that its ledger numbers; numbers are told apart within one contract."""
    return f"n:{number}"


def content_key(enterprise: str, spot: str, description: str, found_on: date, copy: int = 1) -> str:
    """The key of a hazard without a number: of what it says.

    ``copy`` tells the second and further rows of one contract that say the same: they are facts
    too, with a finding that one hazard may have been itemised twice.
    """
    parts = "\n".join([*map(plain, (enterprise, spot, description)), found_on.isoformat()])
    digest = sha256(parts.encode()).hexdigest()[:40]
    return f"c:{digest}" if copy == 1 else f"c:{digest}:{copy}"


def free_copy(key: str, taken: Iterable[str]) -> str:
    """The key of one more hazard that says the same as those of the ``taken`` keys."""
    used = set(taken)
    copy = 1
    while (found := key if copy == 1 else f"{key}:{copy}") in used:
        copy += 1
    return found


def plain(text: str) -> str:
    """The text without what two people type differently: full-width signs, blanks, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
