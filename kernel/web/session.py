"""What a request stands on: its database sessions, its actor, its clock, its date."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from kernel.access.actor import NOBODY, Actor
from kernel.cause import Cause
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import InputError
from kernel.fields import parse_day
from kernel.sealed_secrets import SealedSecrets
from kernel.web.request_ids import request_id

_EXTENSION = "monitor_web"
_OPEN = "reading_stack"
_SESSION = "reading_session"
_CALLER = "caller"


@dataclass(frozen=True, slots=True)
class WebParts:
    """What an application was made with: database, clock, how it knows who asks, and its keys.

    ``authenticate`` gives the request's actor from its cookie or token; None for a stranger.
    """

    database: Database
    clock: Clock
    authenticate: Callable[[], Actor | None]
    secrets: SealedSecrets


def install_parts(app: Flask, parts: WebParts) -> None:
    """Give the application its parts and close what a request opened when it ends."""
    app.extensions[_EXTENSION] = parts
    app.teardown_request(_close_reading)


def web_parts() -> WebParts:
    """The parts of the application that serves the current request."""
    parts: WebParts = current_app.extensions[_EXTENSION]
    return parts


def current_session() -> Session:
    """The request's session for reads: opened at first use, one snapshot, closed at the end."""
    session: Session | None = g.get(_SESSION)
    if session is None:
        stack = ExitStack()
        session = stack.enter_context(web_parts().database.reading(current_actor()))
        setattr(g, _OPEN, stack)
        setattr(g, _SESSION, session)
    return session


@contextmanager
def write_session(reason: str = "") -> Iterator[Session]:
    """One writing transaction of the caller, committed at the end, rolled back on any error.

    The trail gets who asked, from which address, in which request and for what ``reason``.
    The request's reading session is closed first, so that what is read afterwards is what was
    written.
    """
    _close_reading()
    cause = Cause(client_address(), request_id(), reason)
    with web_parts().database.writing(current_actor(), cause) as session:
        yield session


def current_caller() -> Actor | None:
    """Who asks, by cookie or token; None for a stranger. Asked for once a request."""
    if _CALLER not in g:
        setattr(g, _CALLER, web_parts().authenticate())
    caller: Actor | None = g.get(_CALLER)
    return caller


def current_actor() -> Actor:
    """Who asks; a stranger is ``NOBODY``, who may do nothing and sees no record."""
    return current_caller() or NOBODY


def client_address() -> str:
    """The network address that the request came from."""
    return request.remote_addr or ""


def current_clock() -> Clock:
    """The clock that the application was made with."""
    return web_parts().clock


def as_of() -> date:
    """The business date asked about: ``?as_of=YYYY-MM-DD``, else the clock's.

    Raises ``InputError`` that names ``as_of`` when it is no such date.
    """
    given = request.args.get("as_of")
    if not given:
        return current_clock().business_date()
    try:
        return parse_day(given)
    except ValueError as error:
        raise InputError("as_of", str(error)) from None


def _close_reading(_error: BaseException | None = None) -> None:
    stack: ExitStack | None = g.pop(_OPEN, None)
    g.pop(_SESSION, None)
    if stack is not None:
        stack.close()
