"""Who sends a request: by an API token if it carries one, else by the browser's session cookie."""

from collections.abc import Callable

from flask import Flask, g, request
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import OperationalError

from kernel.access.actor import SIGN_IN, Actor
from kernel.access.roles import ROLES
from kernel.clock import Clock
from kernel.database import Database
from kernel.logs import get_logger
from monitor.bearer import sent_token
from people.sign_in.pages.browser import cookie_name, remember_sign_in, shown_sign_in
from people.sign_in.sessions import SEEN_EVERY, SignedIn, Step, find, seen

Bearer = Callable[[str], Actor]
"""The actor of an API token; it refuses a token that is none or no longer good."""

_BY_TOKEN = "came_by_token"
_PATIENCE_MS = 50
"""A page does not wait for a long import to write when it was last looked at."""
_logger = get_logger("sign-in")


def authenticator(database: Database, clock: Clock, bearer: Bearer) -> Callable[[], Actor | None]:
    """What ``WebParts.authenticate`` is: the actor of the current request, None for a stranger.

    Who has signed in by half (a second factor, a password or an enrolment is due) is a stranger
    to every page but those of the sign-in, which look at ``browser.current_sign_in`` themselves.
    """

    def by_cookie() -> SignedIn | None:
        token = request.cookies.get(cookie_name())
        if not token:
            return None
        now = clock.now()
        with database.reading(SIGN_IN) as session:
            found = find(session, token, now, clock.business_date())
        if found is not None and found.last_seen_at <= now - SEEN_EVERY:
            _note_use(database, found, clock)
        return found

    def authenticate() -> Actor | None:
        token = sent_token()
        if token is not None:
            # A token that is sent is meant: a bad one is refused, never made good by a cookie.
            remember_sign_in(None)
            actor = bearer(token)
            setattr(g, _BY_TOKEN, True)
            return actor
        signed_in = by_cookie()
        remember_sign_in(signed_in)
        return signed_in.actor if signed_in is not None and signed_in.step is Step.DONE else None

    return authenticate


def install_form_check(app: Flask) -> None:
    """Ask for the form token of every change, unless the caller came by an API token.

    A browser sends cookies by itself, a token never: only the former can be led astray.
    """
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    guard = CSRFProtect(app)

    def check() -> None:
        if request.endpoint is not None and not g.get(_BY_TOKEN, False):
            guard.protect()

    app.before_request(check)


def install_top_bar(app: Flask) -> None:
    """Tell every template who is signed in."""
    app.context_processor(lambda: {"signed_in": shown_sign_in()})
    app.jinja_env.globals["role_name"] = lambda role: ROLES[role].name


def _note_use(database: Database, found: SignedIn, clock: Clock) -> None:
    try:
        with database.writing(SIGN_IN, patience_ms=_PATIENCE_MS) as session:
            seen(session, found.session_id, clock.now())
    except OperationalError:
        # A long import holds SQLite's one writer: the page is shown all the same.
        _logger.info("last use not written", session=str(found.session_id))
