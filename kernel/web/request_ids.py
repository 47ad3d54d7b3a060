"""A request's id: in every log line it causes, in its answer, in a report a user makes of it."""

import re
import time

import structlog
from flask import Flask, Response, g, request

from kernel.keys import new_key
from kernel.logs import get_logger

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,100}", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9_-]{40,}", re.ASCII)
"""What a one-time link carries in its path; no key of a record is that long."""
_logger = get_logger("web")


def install_request_ids(app: Flask) -> None:
    """Name each request, and write one access line when it is answered."""
    app.before_request(_begin)
    app.after_request(_answered)
    app.teardown_request(_end)


def request_id() -> str:
    """The current request's id: the caller's own where it is a plain word, else a UUIDv7."""
    known: str | None = g.get("request_id")
    if known is None:
        given = request.headers.get(HEADER, "")
        known = given if _SANE.fullmatch(given) else str(new_key())
        g.request_id = known
    return known


def _begin() -> None:
    g.started = time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=request_id())


def _answered(response: Response) -> Response:
    response.headers[HEADER] = request_id()
    started = g.get("started")
    _logger.info(
        "request",
        method=request.method,
        path=_SECRET.sub("…", request.path),
        status=response.status_code,
        duration_ms=None if started is None else round((time.perf_counter() - started) * 1000, 1),
        client=request.remote_addr,
    )
    return response


def _end(_error: BaseException | None) -> None:
    structlog.contextvars.unbind_contextvars("request_id")
