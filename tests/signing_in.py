"""Help for tests of signing in: people with passwords, desks to try them at, forms to fill in."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

import pyotp
from cryptography.fernet import Fernet
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.cause import Cause
from kernel.database import Database
from kernel.sealed_secrets import SealedSecrets
from kernel.trail.models import AuditEntry
from people.sign_in.desk import Desk
from people.sign_in.passwords import hash_password, set_password
from people.sign_in.second_factor import begin_enrolment, confirm_enrolment
from people.sign_in.sessions import Visitor
from tests.people import person
from tests.web import COOKIE, NOW, TODAY

PASSWORD = "Nebel-ueber-Wiesen-7"
OTHER_PASSWORD = "春眠不觉晓处处闻啼鸟夜来风雨"
SEALED = SealedSecrets([Fernet.generate_key()])
KEY = b"0123456789abcdef0123456789abcdef"


@cache
def hashed(password: str) -> str:
    return hash_password(password)


def member(
    database: Database,
    login: str = "zhou.ming",
    *held: tuple[Role, UUID | None],
    password: str = PASSWORD,
    set_at: datetime = NOW,
) -> UUID:
    """A user with a password."""
    with database.writing(LOCAL_OPERATOR) as session:
        user = person(session, login, *held)
        set_password(session, user.id, hashed(password), set_at)
        return user.id


def desk(
    database: Database, address: str = "10.0.0.1", after: timedelta = timedelta(), device: str = ""
) -> Desk:
    """A desk as one request sees it, some time after ``NOW``."""
    return Desk(
        database,
        KEY,
        SEALED,
        Visitor(address, "tests"),
        device,
        Cause(client=address),
        NOW + after,
        TODAY,
    )


def at(place: Desk, after: timedelta) -> Desk:
    """The same place, some time after ``NOW``."""
    return replace(place, now=NOW + after)


def enrolled(database: Database, sealed: SealedSecrets, user_id: UUID) -> tuple[str, list[str]]:
    """Give the user a device; its secret and the recovery codes."""
    earlier = NOW - timedelta(hours=1)
    with database.writing(LOCAL_OPERATOR) as session:
        secret = begin_enrolment(session, sealed, user_id, earlier)
        code = pyotp.TOTP(secret).at(earlier)
        return secret, confirm_enrolment(session, sealed, user_id, code, earlier)


def code_at(secret: str, instant: datetime = NOW) -> str:
    """What the device shows at an instant."""
    return pyotp.TOTP(secret).at(instant.astimezone(UTC))


def actions(database: Database) -> list[str]:
    """What the trail says was done by hand, in order, without the rows' own entries."""
    with database.reading(LOCAL_OPERATOR) as session:
        found = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
        return [action for action in found if action not in {"insert", "update", "delete"}]


def form_token(text: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert found is not None, text
    return found[1]


def fill_in(client: FlaskClient, address: str, page: str = "", **fields: str) -> TestResponse:
    """Open a page and post a form of it, to the page's address or to another."""
    shown = client.get(page or address)
    assert shown.status_code == 200, (shown.status_code, shown.text)
    return client.post(address, data={"csrf_token": form_token(shown.text), **fields})


def sign_in(
    client: FlaskClient, login: str, password: str = PASSWORD, next_page: str = ""
) -> TestResponse:
    """Sign in by the form."""
    fields = {"login": login, "password": password}
    if next_page:
        fields["next"] = next_page
    return fill_in(client, "/sign-in", **fields)


def cookie(client: FlaskClient) -> str | None:
    """The session's token in the client's cookie."""
    found = client.get_cookie(COOKIE)
    return None if found is None else found.value


def refusals(response: TestResponse) -> list[str]:
    """The sentences at the fields of a refused form."""
    return re.findall(r'role="alert">([^<]+)<', response.text)
