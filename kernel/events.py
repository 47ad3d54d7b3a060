"""Typed events: what a lower floor cannot call, it announces.

Handlers run in the announcing session before its commit, so that cause and consequence are one
transaction. ``monitor/wiring.py`` registers them; a session without a bus announces to nobody.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

E = TypeVar("E")
Handler = Callable[[Session, E], None]

_BUS_KEY = "event_bus"


class EventBus:
    """Handlers by event type, called in the order of registration."""

    def __init__(self) -> None:
        self._handlers: defaultdict[type[object], list[Handler[Any]]] = defaultdict(list)

    def register(self, kind: type[E], handler: Handler[E]) -> None:
        """Have ``handler`` called for every event of exactly this ``kind``."""
        self._handlers[kind].append(handler)

    def attach(self, session: Session) -> None:
        """Let events announced in ``session`` reach this bus."""
        session.info[_BUS_KEY] = self

    def dispatch(self, session: Session, event: object) -> None:
        """Call the handlers of the event's type."""
        for handler in self._handlers[type(event)]:
            handler(session, event)


def announce(session: Session, event: object) -> None:
    """Tell the floors above that something happened in this transaction."""
    bus = session.info.get(_BUS_KEY)
    if isinstance(bus, EventBus):
        bus.dispatch(session, event)
