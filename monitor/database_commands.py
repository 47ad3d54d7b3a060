"""``monitor db``: bring the schema up and say whether it is what this release expects."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.engine import make_url

from kernel.database import Database
from kernel.settings import Settings
from migrations.bound import why_unbound
from migrations.schema import current_revision, drift, expected_revision, upgrade
from monitor.sealing import seal_all, unsealed
from monitor.secrets_commands import report
from monitor.service import Service, open_service

FOUND_SOMETHING = 1


@click.group("db")
def database_commands() -> None:
    """数据库结构。"""


@database_commands.command("upgrade")
def upgrade_schema() -> None:
    """把数据库升级到本版本的结构，并封存尚未加密的密钥。"""
    with open_service(schema_must_be_current=False) as service:
        with _owning(service) as owner:
            upgrade(owner, app_role=_app_role(service.settings))
        click.echo(f"数据库结构：{current_revision(service.database)}")
        with service.database.reading(service.actor) as session:
            left = unsealed(session)
        if left:
            report(seal_all(service.database, service.actor, service.secrets))


@database_commands.command("check")
@click.pass_context
def check_schema(context: click.Context) -> None:
    """核对数据库结构与本版本是否一致（含约束、触发器与行级策略）。"""
    with open_service(schema_must_be_current=False) as service:
        if current_revision(service.database) != expected_revision():
            found = current_revision(service.database) or "空"
            click.echo(
                f"数据库结构为{found}，本版本需要 {expected_revision()}；请运行 monitor db upgrade"
            )
            context.exit(FOUND_SOMETHING)
        differences = drift(service.database)
        if reason := why_unbound(service.database):
            differences.append(f"MONITOR_DATABASE_URL 的角色{reason}，行级策略对它不起作用")
        for difference in differences:
            click.echo(difference)
        click.echo(f"差异 {len(differences)} 处")
        context.exit(FOUND_SOMETHING if differences else 0)


@contextmanager
def _owning(service: Service) -> Iterator[Database]:
    """The database as the schema's owner: ``MONITOR_MIGRATION_URL``, else the service's own."""
    if not service.settings.migration_url:
        yield service.database
        return
    owner = Database(service.settings.migration_url)
    try:
        yield owner
    finally:
        owner.dispose()


def _app_role(settings: Settings) -> str | None:
    """The service's role where another one owns the schema."""
    if not settings.migration_url:
        return None
    role = make_url(settings.database).username
    return None if role == make_url(settings.migration_url).username else role
