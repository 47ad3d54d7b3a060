"""The service's web application on a test's database, as of a fixed day."""

from datetime import UTC, date, datetime
from pathlib import Path

from flask.testing import FlaskClient

from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from tests.clocks import StoppedClock

TODAY = date(2023, 12, 31)
NOW = datetime(2023, 12, 31, 4, 0, tzinfo=UTC)


def web_client(database: Database, data_dir: Path, today: date = TODAY) -> FlaskClient:
    """A client of the application; errors become answers, as in production."""
    settings = Settings(data_dir=data_dir, business_date=today)
    app = create_app(settings, database, StoppedClock(NOW, today))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()
