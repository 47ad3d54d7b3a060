"""The service's web application on a test's database, as of a fixed day, and who asks it."""

from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from contracts.models import Organisation
from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from tests.clocks import StoppedClock
from tests.kept import kept
from tests.people import overseer, session_token

TODAY = date(2023, 12, 31)
NOW = datetime(2023, 12, 31, 4, 0, tzinfo=UTC)
COOKIE = "monitor_sign_in"


class OverseersClient(FlaskClient):
    """Signed in as one who sees everything, organisations included that came since the last call."""

    database: Database
    roots: frozenset[UUID] = frozenset()

    def open(self, *args: Any, **kwargs: Any) -> Any:
        try:
            self.sign_in()
        except DBAPIError:
            # A test of a database that cannot be reached: the cookie makes the service ask it.
            self.set_cookie(COOKIE, "unknown")
        return super().open(*args, **kwargs)

    def sign_in(self) -> None:
        # Connections of its own: tests count the statements of the application's.
        own = kept(self.database.url.render_as_string(hide_password=False), "overseer")
        top = select(Organisation.id).where(Organisation.parent_id.is_(None))
        with own.reading(LOCAL_OPERATOR) as session:
            roots = frozenset(session.scalars(top))
        if roots and roots == self.roots:
            return
        with own.writing(LOCAL_OPERATOR) as session:
            user_id = overseer(session)
            if self.get_cookie(COOKIE) is None:
                self.set_cookie(COOKIE, session_token(session, user_id, NOW))
            self.roots = frozenset(session.scalars(top))


def web_client(database: Database, data_dir: Path, today: date = TODAY) -> OverseersClient:
    """A client that sees everything; errors become answers, as in production."""
    app = _application(database, data_dir, today)
    client = OverseersClient(app, app.response_class, use_cookies=True)
    client.database = database
    return client


def client_as(
    database: Database, data_dir: Path, user_id: UUID, today: date = TODAY
) -> FlaskClient:
    """A client signed in as one user."""
    client = stranger(database, data_dir, today)
    with database.writing(LOCAL_OPERATOR) as session:
        client.set_cookie(COOKIE, session_token(session, user_id, NOW))
    return client


def stranger(database: Database, data_dir: Path, today: date = TODAY) -> FlaskClient:
    """A client who has not signed in."""
    client: FlaskClient = _application(database, data_dir, today).test_client()
    return client


def overseers_token(database: Database) -> str:
    """A session's token of one who sees everything, for a browser or a client of another kind."""
    with database.writing(LOCAL_OPERATOR) as session:
        return session_token(session, overseer(session), NOW)


@lru_cache(maxsize=2)
def _application(database: Database, data_dir: Path, today: date) -> Any:
    # One for all clients of a test: six hundred routes take a twentieth of a second to set up.
    settings = Settings(data_dir=data_dir, business_date=today)
    app = create_app(settings, database, StoppedClock(NOW, today))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app
