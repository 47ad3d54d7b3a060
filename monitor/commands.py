"""The ``monitor`` command. Exit: 0 done, 1 found something, 2 used wrongly, 3 failed."""

import sys

import click
from sqlalchemy.exc import DBAPIError

from kernel.errors import InputError, MonitorError
from monitor.calendar_commands import calendar_commands
from monitor.channel_commands import channel_commands
from monitor.database_commands import database_commands
from monitor.delivery_commands import deliver_command, work_command
from monitor.demo import demo_command
from monitor.demo_receiver import demo_receiver_command
from monitor.document_commands import document_commands
from monitor.import_commands import import_command
from monitor.imports.commands import export_command, imports_commands, job_command
from monitor.scan_commands import replay_command, scan_command
from monitor.score_commands import score_command
from monitor.secrets_commands import secrets_commands
from monitor.service import AS_USER
from monitor.token_commands import token_commands
from monitor.trail_commands import audit_commands
from monitor.user_commands import user_commands
from monitor.web_commands import serve_command

USED_WRONGLY = 2
FAILED = 3


@click.group()
@click.option("--as", AS_USER, metavar="登录名", help="以该用户的身份和权限运行；缺省为本机操作员")
def cli(as_user: str | None) -> None:
    """合同履约监管：合同、付款、方案、轮次、预警与消息。"""
    _ = as_user  # the service that a command opens reads it (monitor.service)


cli.add_command(calendar_commands)
cli.add_command(channel_commands)
cli.add_command(database_commands)
cli.add_command(deliver_command)
cli.add_command(demo_command)
cli.add_command(demo_receiver_command)
cli.add_command(work_command)
cli.add_command(document_commands)
cli.add_command(import_command)
cli.add_command(imports_commands)
cli.add_command(export_command)
cli.add_command(job_command)
cli.add_command(scan_command)
cli.add_command(replay_command)
cli.add_command(score_command)
cli.add_command(secrets_commands)
cli.add_command(serve_command)
cli.add_command(audit_commands)
cli.add_command(token_commands)
cli.add_command(user_commands)


def main() -> None:
    """Run a command; a refusal is printed as a sentence, never as a traceback."""
    try:
        sys.exit(cli(standalone_mode=False))  # gives the code that a command ended with
    except click.ClickException as error:
        error.show()
        sys.exit(USED_WRONGLY)
    except click.Abort:
        click.echo("已中断；未完成的部分没有写入。", err=True)
        sys.exit(FAILED)
    except MonitorError as error:
        for problem in error.problems:
            click.echo(f"{problem.field}：{problem.message}", err=True)
        if not error.problems:
            click.echo(f"{error.title}：{error.message}", err=True)
        sys.exit(USED_WRONGLY if isinstance(error, InputError) else FAILED)
    except DBAPIError as error:
        click.echo(f"数据库出错：{error.orig}", err=True)
        sys.exit(FAILED)
    except OSError as error:
        place = f"{error.filename}：" if error.filename else ""
        click.echo(f"系统出错：{place}{error.strerror or error}", err=True)
        sys.exit(FAILED)
