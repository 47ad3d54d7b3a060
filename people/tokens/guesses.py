"""A bound on what wrong tokens cost: a few a minute from an address, then none is looked up.

Kept in the process and bounded: nobody guesses 256 random bits, so this guards the database's time,
not the secret, and a guess must neither write a row nor fill the disk. Tokens that were good lately
are looked up all the same, so that one bad program does not shut out its neighbours' behind the
same address.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

T = TypeVar("T")

WINDOW = timedelta(minutes=1)
ALLOWED = 30
_REMEMBERED = 10_000


class Guesses:
    """Counts of wrong tokens by address; safe to use from several threads."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._good: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def may_ask(self, address: str, secret_hash: str, now: datetime) -> bool:
        """Whether a token from this address is looked up at all."""
        with self._lock:
            began, count = self._wrong.get(address, (now, 0))
            return count < ALLOWED or now - began >= WINDOW or secret_hash in self._good

    def was_good(self, secret_hash: str) -> None:
        """Remember that a token was good."""
        with self._lock:
            _keep(self._good, secret_hash, None)

    def was_wrong(self, address: str, secret_hash: str, now: datetime) -> None:
        """Count a wrong token; one that was good and no longer is gets no more favour."""
        with self._lock:
            self._good.pop(secret_hash, None)
            began, count = self._wrong.get(address, (now, 0))
            is_over = now - began >= WINDOW
            _keep(self._wrong, address, (now, 1) if is_over else (began, count + 1))


def _keep(memory: OrderedDict[str, T], key: str, value: T) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)
