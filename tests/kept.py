"""Databases that a worker keeps from test to test, so that it compiles each statement once."""

from kernel.database import Database
from monitor.wiring import event_bus

_kept: dict[tuple[str, str], Database] = {}


def kept(address: str, user: str) -> Database:
    """The database at an address, wired as the service wires it, for one user of the tests.

    Each user has connections of its own. ``let_go`` closes them all.
    """
    key = (address, user)
    if key not in _kept:
        _kept[key] = Database(address, event_bus())
    return _kept[key]


def let_go() -> None:
    """Close every connection; what was compiled stays."""
    for database in _kept.values():
        database.dispose()
