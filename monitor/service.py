"""What an entry point stands on: settings, the database of the settings, and the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kernel.access.actor import LOCAL_OPERATOR, Actor
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import UnavailableError
from kernel.logs import configure_logging
from kernel.sealed_secrets import SealedSecrets, sealed_secrets
from kernel.settings import Settings, load_settings
from migrations.schema import current_revision, expected_revision
from monitor.wiring import open_database


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that commands, the web app and the scheduler share."""

    settings: Settings
    database: Database
    clock: Clock
    actor: Actor = LOCAL_OPERATOR

    @property
    def secrets(self) -> SealedSecrets:
        """What opens and seals the secrets kept in the database; makes a key where there is none."""
        return sealed_secrets(self.settings)


@contextmanager
def open_service(*, schema_must_be_current: bool = True) -> Iterator[Service]:
    """Read the settings and open the database; closed at the end.

    Raises ``InputError`` for a wrong setting and ``UnavailableError`` when the schema is not the
    one this release expects (unless ``schema_must_be_current`` is False).
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    database = open_database(settings)
    try:
        if schema_must_be_current:
            _check_schema(database)
        yield Service(settings, database, settings.clock())
    finally:
        database.dispose()


def _check_schema(database: Database) -> None:
    found, expected = current_revision(database), expected_revision()
    if found != expected:
        raise UnavailableError(
            f"数据库结构为{found or '空'}，本版本需要 {expected}；请先运行 monitor db upgrade"
        )
