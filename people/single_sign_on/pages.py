"""统一身份认证登录: out to the provider and back; refused in one sentence on the sign-in page."""

from typing import Final

from flask import Blueprint, Flask, current_app, flash, redirect, request, session, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from kernel.errors import MonitorError
from kernel.settings import Settings
from kernel.web.permissions import ANYBODY, requires
from kernel.web.session import current_clock
from people.sign_in.pages.browser import cookie_name, desk, keep_signed_in, safe_next
from people.single_sign_on.signing_on import (
    LASTS,
    Returned,
    SingleSignOn,
    begin,
    finish,
    single_sign_on,
)

START: Final = "/sign-in/sso"
CALLBACK: Final = "/sign-in/sso/callback"
_COOKIE: Final = "monitor_sign_on"
_EXTENSION: Final = "single_sign_on"

single_sign_on_pages = Blueprint("single_sign_on", __name__, template_folder="../templates")


def install_single_sign_on(app: Flask, settings: Settings) -> None:
    """Take the provider from the settings; templates learn whether there is one."""
    app.extensions[_EXTENSION] = single_sign_on(settings, CALLBACK)
    app.jinja_env.globals["has_single_sign_on"] = app.extensions[_EXTENSION] is not None


@single_sign_on_pages.get(START)
@requires(ANYBODY)
def start() -> Response:
    """Send the browser to the provider."""
    next_page = safe_next(request.args.get("next", "/"))
    try:
        begun = begin(_installed(), desk(), next_page)
    except MonitorError as refusal:
        return _refused(refusal, next_page)
    response = _no_store(redirect(begun.address, 303))
    response.set_cookie(
        cookie_name(_COOKIE),
        begun.kept,
        max_age=int(LASTS.total_seconds()),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",  # the provider sends the browser back from another site
        path="/",
    )
    return response


@single_sign_on_pages.get(CALLBACK)
@requires(ANYBODY)
def callback() -> Response:
    """Take the browser back from the provider and sign it in."""
    sso = _installed()
    back = Returned(
        request.args.to_dict(),
        request.cookies.get(cookie_name(_COOKIE), ""),
        request.cookies.get(cookie_name(), ""),
    )
    try:
        token, next_page = finish(sso, desk(), current_clock(), back)
    except MonitorError as refusal:
        return _forget(_refused(refusal, "/"))
    session.clear()  # the form token of whoever sat here before
    onwards = redirect(url_for("sign_in.form", next=next_page), 303)
    return _forget(keep_signed_in(onwards, token))


def _installed() -> SingleSignOn:
    found: SingleSignOn | None = current_app.extensions[_EXTENSION]
    if found is None:
        raise NotFound
    return found


def _refused(refusal: MonitorError, next_page: str) -> Response:
    flash(refusal.message)
    return _no_store(redirect(url_for("sign_in.form", next=next_page), 303))


def _forget(response: Response) -> Response:
    """An attempt ends with its return, however it ended."""
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.delete_cookie(cookie_name(_COOKIE), secure=secure, httponly=True, samesite="Lax")
    return _no_store(response)


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
