"""``monitor db``: bring the schema up and say whether it is what this release expects."""

import click

from migrations.schema import current_revision, drift, expected_revision, upgrade
from monitor.service import open_service

FOUND_SOMETHING = 1


@click.group("db")
def database_commands() -> None:
    """数据库结构。"""


@database_commands.command("upgrade")
def upgrade_schema() -> None:
    """把数据库升级到本版本的结构。"""
    with open_service(schema_must_be_current=False) as service:
        upgrade(service.database)
        click.echo(f"数据库结构：{current_revision(service.database)}")


@database_commands.command("check")
@click.pass_context
def check_schema(context: click.Context) -> None:
    """核对数据库结构与本版本是否一致（含约束）。"""
    with open_service(schema_must_be_current=False) as service:
        if current_revision(service.database) != expected_revision():
            found = current_revision(service.database) or "空"
            click.echo(
                f"数据库结构为{found}，本版本需要 {expected_revision()}；请运行 monitor db upgrade"
            )
            context.exit(FOUND_SOMETHING)
        differences = drift(service.database)
        for difference in differences:
            click.echo(difference)
        click.echo(f"差异 {len(differences)} 处")
        context.exit(FOUND_SOMETHING if differences else 0)
