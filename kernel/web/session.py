"""What a request stands on: its database sessions, its actor, its clock, its date."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app, g, request
from sqlalchemy.orm import Session

from kernel.actor import LOCAL_OPERATOR, Actor
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import InputError
from kernel.fields import parse_day

_EXTENSION = "monitor_web"
_OPEN = "reading_stack"
_SESSION = "reading_session"


@dataclass(frozen=True, slots=True)
class WebParts:
    """The database and the clock that an application was made with."""

    database: Database
    clock: Clock


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
        session = stack.enter_context(web_parts().database.reading())
        setattr(g, _OPEN, stack)
        setattr(g, _SESSION, session)
    return session


@contextmanager
def write_session() -> Iterator[Session]:
    """One writing transaction, committed at the end, rolled back on any error.

    The request's reading session is closed first, so that what is read afterwards is what was
    written.
    """
    _close_reading()
    with web_parts().database.writing() as session:
        yield session


def current_actor() -> Actor:
    """Who asks. Without sign-in it is the operator at the machine: ``serve`` listens on loopback."""
    return LOCAL_OPERATOR


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
