"""What an entry point stands on: settings, the database of the settings, and the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from sqlalchemy import select

from kernel.access.actor import LOCAL_OPERATOR, SIGN_IN, Actor
from kernel.access.permissions import Permission
from kernel.clock import Clock
from kernel.database import Database
from kernel.errors import ForbiddenError, InputError, UnavailableError
from kernel.logs import configure_logging
from kernel.sealed_secrets import SealedSecrets, sealed_secrets
from kernel.settings import Settings, load_settings
from migrations.schema import current_revision, expected_revision
from monitor.wiring import open_database
from people.actors import actor_of
from people.models import User

AS_USER = "as_user"
"""The root option's parameter that names the user to act as."""


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
def open_service(
    needs: Permission | None = None, *, schema_must_be_current: bool = True
) -> Iterator[Service]:
    """Read the settings and open the database; closed at the end.

    ``needs`` is what a user must be allowed for the command to run ``--as`` that user; None: it is
    the operator's alone. Raises ``InputError`` for a wrong setting or user, ``ForbiddenError`` for a
    user who may not, and ``UnavailableError`` when the schema is not the one this release expects
    (unless ``schema_must_be_current`` is False).
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    database = open_database(settings)
    try:
        if schema_must_be_current:
            _check_schema(database)
        clock = settings.clock()
        yield Service(settings, database, clock, _acting(database, clock, needs))
    finally:
        database.dispose()


def _acting(database: Database, clock: Clock, needs: Permission | None) -> Actor:
    context = click.get_current_context(silent=True)
    login = (context.find_root().params.get(AS_USER) if context else None) or ""
    if not login:
        return LOCAL_OPERATOR
    if needs is None:
        raise InputError("--as", "这个命令只能由本机操作员运行，不能以用户身份运行")
    with database.reading(SIGN_IN) as session:
        key = session.scalar(select(User.id).where(User.login == login.strip().lower()))
        actor = None if key is None else actor_of(session, key, clock.business_date())
    if actor is None:
        raise InputError("--as", f"没有可用的账号 {login}：登录名不对，或账号已停用、已到期")
    if not actor.may(needs):
        raise ForbiddenError(f"{login} 没有“{needs.label}”的权限")
    return actor


def _check_schema(database: Database) -> None:
    found, expected = current_revision(database), expected_revision()
    if found != expected:
        raise UnavailableError(
            f"数据库结构为{found or '空'}，本版本需要 {expected}；请先运行 monitor db upgrade"
        )
