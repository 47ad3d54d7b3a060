"""What a request carries of its sign-in: the cookie, the session found, where to go next."""

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, g, request
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from kernel.cause import Cause
from kernel.errors import MonitorError
from kernel.web.request_ids import request_id
from kernel.web.session import client_address, current_caller, web_parts
from people.sign_in.desk import Desk
from people.sign_in.known_devices import KNOWN_FOR, device_mark
from people.sign_in.sessions import SignedIn, Visitor

_FOUND: Final = "signed_in"
_COOKIE: Final = "monitor_sign_in"
_DEVICE: Final = "monitor_device"


def cookie_name(plain: str = _COOKIE) -> str:
    """With the ``__Host-`` prefix where the service is reached by https only."""
    return f"__Host-{plain}" if current_app.config["SESSION_COOKIE_SECURE"] else plain


def remember_sign_in(found: SignedIn | None) -> None:
    """Keep for this request what the cookie's session is; None when it is none."""
    setattr(g, _FOUND, found)


def shown_sign_in() -> SignedIn | None:
    """The session found so far, for templates: asks nothing, so that an error page can use it."""
    found: SignedIn | None = g.get(_FOUND)
    return found


def current_sign_in() -> SignedIn | None:
    """The request's living session, complete or not; None without a cookie or for an API token."""
    current_caller()
    return shown_sign_in()


def signing_in() -> SignedIn:
    """The same, where there must be one; raises ``Unauthorized``."""
    found = current_sign_in()
    if found is None:
        raise Unauthorized("请先登录。")
    return found


def visitor() -> Visitor:
    """From where the browser asks, as it says of itself."""
    return Visitor(client_address(), request.headers.get("User-Agent", ""))


def cause(reason: str = "") -> Cause:
    """What the trail says of a change made by this request."""
    return Cause(client_address(), request_id(), reason)


def keep_signed_in(response: Response, token: str) -> Response:
    """Give the browser a session's token, out of reach of scripts and of other sites' posts."""
    _set(response, cookie_name(), token)
    return response


def forget_signed_in(response: Response) -> Response:
    """Take the token back from the browser."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.delete_cookie(cookie_name(), secure=secure, httponly=True, samesite="Lax")
    return response


def _set(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(
        name, value, max_age=max_age, secure=secure, httponly=True, samesite="Lax", path="/"
    )


def safe_next(asked: str) -> str:
    """Where to go after signing in: the asked path on this service, else the first page.

    A browser reads a backslash as a slash and drops tabs and line ends, so that an address with
    one of them may lead elsewhere; none is a path of ours.
    """
    if not asked.startswith("/") or asked.startswith(("//", "/\\")):
        return "/"
    if any(sign < " " or sign in {"\x7f", "\\"} for sign in asked):
        return "/"
    try:
        parts = urlsplit(asked)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith(("//", "/sign-in", "/sign-out")):
        return "/"
    return asked


def desk() -> Desk:
    """What a try to sign in stands on in this request."""
    parts = web_parts()
    return Desk(
        database=parts.database,
        key=bytes(current_app.config["SECRET_KEY"]),
        sealed=parts.secrets,
        visitor=visitor(),
        device=request.cookies.get(cookie_name(_DEVICE), ""),
        cause=cause(),
        now=parts.clock.now(),
        today=parts.clock.business_date(),
    )


def know_device(response: Response, at: Desk, login: str) -> Response:
    """Mark the browser as one that the owner of the login signed in with."""
    mark = device_mark(at.key, login, at.now)
    seconds = int(KNOWN_FOR.total_seconds())
    _set(response, cookie_name(_DEVICE), mark, max_age=seconds)
    return response


def faults_of(refusal: MonitorError) -> dict[str, str]:
    """What is wrong with which field; ``form`` for what no field is to blame for."""
    if not refusal.problems:
        return {"form": refusal.message}
    return {problem.field: problem.message for problem in refusal.problems}
