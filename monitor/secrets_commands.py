"""``monitor secrets``: the keys with which the database's secrets are sealed."""

import json
from dataclasses import asdict

import click

from kernel.sealed_secrets import VARIABLE, new_sealing_key
from monitor.sealing import Rotation, seal_all
from monitor.service import open_service

FOUND_SOMETHING = 1


@click.group("secrets")
def secrets_commands() -> None:
    """数据库中密文的密钥。"""


@secrets_commands.command("new-key")
def make_key() -> None:
    """生成一把新密钥，写在 MONITOR_SECRET_KEYS 的最前面即启用。"""
    click.echo(new_sealing_key())


@secrets_commands.command("rotate")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_context
def rotate(context: click.Context, *, as_json: bool) -> None:
    """用最新的密钥重新封存全部密文；可随时中断，再运行即接着做。"""
    with open_service() as service:
        done = seal_all(service.database, service.actor, service.secrets)
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
    else:
        report(done)
    context.exit(FOUND_SOMETHING if done.unopened else 0)


def report(done: Rotation) -> None:
    """Say what was sealed, and what could not be opened and why."""
    click.echo(f"重新封存 {done.sealed} 项，已是最新密钥 {done.current} 项")
    for place in done.unopened:
        click.echo(f"解不开：{place}")
    if done.unopened:
        click.echo(
            f"有 {len(done.unopened)} 项没有能解开的密钥；请在 {VARIABLE} 中补上旧密钥后重试"
        )
