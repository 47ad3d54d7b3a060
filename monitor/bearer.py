"""API tokens at the door: who a token speaks for, and what a refused caller is told to bring."""

from collections.abc import Callable

from flask import Flask, Response, request

from kernel.access.actor import Actor
from kernel.clock import Clock
from kernel.database import Database
from kernel.web.session import client_address
from people.tokens.bearer import BearerTokens, bearer_text

UNAUTHORIZED = 401


def token_reader(database: Database, clock: Clock) -> Callable[[str], Actor]:
    """What gives the actor of a token; it raises ``InvalidToken`` or ``TooManyGuesses``."""
    tokens = BearerTokens(database)

    def read(text: str) -> Actor:
        return tokens.actor(text, client_address(), clock.now(), clock.business_date())

    return read


def sent_token() -> str | None:
    """The token that the request carries, perhaps empty; None when it carries none."""
    return bearer_text(request.headers.get("Authorization"))


def install_challenge(app: Flask) -> None:
    """Every 401 names the way in (RFC 9110, 15.5.2), and says when a token was sent in vain."""
    app.after_request(_challenge)


def _challenge(response: Response) -> Response:
    if response.status_code == UNAUTHORIZED:
        fault = "" if sent_token() is None else ', error="invalid_token"'
        response.headers["WWW-Authenticate"] = f'Bearer realm="monitor"{fault}'
    return response
