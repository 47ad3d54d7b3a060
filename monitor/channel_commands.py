"""``monitor channel``: where messages go. A secret is printed once, when it is made."""

import json

import click
from sqlalchemy.orm import Session

from alerts.channel_book import (
    NewChannel,
    add_channel,
    channel_named,
    exchange_secret,
    list_channels,
    new_secret,
    switch_channel,
    try_out,
)
from alerts.delivery_models import Channel
from alerts.models import Severity
from alerts.retries import REASON_NAMES, Reason, classify
from alerts.texts import SEVERITY_NAMES
from kernel.access.permissions import Permission
from monitor.service import open_service
from monitor.wiring import receiver_rules

FAILED = 3
_SEVERITIES = {severity.name.lower(): severity for severity in Severity}


@click.group("channel")
def channel_commands() -> None:
    """消息渠道：预警发到哪里。"""


@channel_commands.command("add")
@click.argument("name")
@click.option("--url", required=True, help="接收方网址")
@click.option("--secret", help="签名密钥 whsec_…；不给则生成，并只显示这一次")
@click.option(
    "--min-severity",
    type=click.Choice(list(_SEVERITIES)),
    default="info",
    show_default=True,
    help="低于这一级的预警不发",
)
def add(name: str, url: str, secret: str | None, min_severity: str) -> None:
    """新增一个渠道（Standard Webhooks 1.0.0）。"""
    key = secret or new_secret()
    with (
        open_service(Permission.CHANNELS_WRITE) as service,
        service.database.writing(service.actor) as session,
    ):
        add_channel(
            session,
            service.actor,
            service.clock.now(),
            receiver_rules(service.settings),
            service.secrets,
            NewChannel(name, url, key, _SEVERITIES[min_severity]),
        )
    click.echo(f"已新增渠道“{name}”")
    if secret is None:
        click.echo(f"签名密钥（只显示这一次，请交给接收方）：{key}")


@channel_commands.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def show(*, as_json: bool) -> None:
    """列出渠道；不显示密钥和完整网址。"""
    with (
        open_service(Permission.CHANNELS_READ) as service,
        service.database.reading(service.actor) as session,
    ):
        channels = [_shown(channel) for channel in list_channels(session)]
    if as_json:
        click.echo(json.dumps(channels, ensure_ascii=False))
        return
    if not channels:
        click.echo("还没有渠道；用 monitor channel add 名称 --url 网址 新增")
    for one in channels:
        state = "启用" if one["enabled"] else f"停用（{one['disabled_reason']}）"
        level = SEVERITY_NAMES[_SEVERITIES[str(one["min_severity"])]]
        click.echo(f"{one['name']}  {one['kind']}  {one['address']}  {level}及以上  {state}")


@channel_commands.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """启用渠道；停用期间积下的消息随后发出。"""
    with (
        open_service(Permission.CHANNELS_WRITE) as service,
        service.database.writing(service.actor) as session,
    ):
        switch_channel(channel_named(session, name, for_update=True), service.actor, enabled=True)
    click.echo(f"渠道“{name}”已启用")


@channel_commands.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """停用渠道。"""
    with (
        open_service(Permission.CHANNELS_WRITE) as service,
        service.database.writing(service.actor) as session,
    ):
        switch_channel(channel_named(session, name, for_update=True), service.actor, enabled=False)
    click.echo(f"渠道“{name}”已停用")


@channel_commands.command("new-secret")
@click.argument("name")
def renew(name: str) -> None:
    """换新签名密钥，只显示这一次；旧密钥并用一天，接收方在此期间更换。"""
    with (
        open_service(Permission.CHANNELS_WRITE) as service,
        service.database.writing(service.actor) as session,
    ):
        key = exchange_secret(
            channel_named(session, name, for_update=True), service.clock.now(), service.secrets
        )
    click.echo(f"渠道“{name}”的新签名密钥（只显示这一次，请交给接收方）：{key}")
    click.echo("此后一天内，消息同时带新旧两个签名。")


@channel_commands.command("test")
@click.argument("name")
@click.pass_context
def test(context: click.Context, name: str) -> None:
    """向渠道发一条测试消息（test.ping），显示接收方的答复。"""
    with open_service(Permission.CHANNELS_WRITE) as service:
        with service.database.reading(service.actor) as session:
            channel = _loaded(session, name)
        outcome = try_out(
            channel, receiver_rules(service.settings), service.secrets, service.clock.now()
        )
    reason = classify(outcome)
    status = "无" if outcome.status is None else str(outcome.status)
    click.echo(f"{REASON_NAMES[reason]}；HTTP 状态 {status}，用时 {outcome.latency_ms} 毫秒")
    if outcome.error:
        click.echo(outcome.error)
    if reason is not Reason.ACCEPTED:
        context.exit(FAILED)


def _loaded(session: Session, name: str) -> Channel:
    """The channel, usable after its session: no transaction is held open while posting."""
    channel = channel_named(session, name)
    session.expunge(channel)
    return channel


def _shown(channel: Channel) -> dict[str, str | bool]:
    return {
        "name": channel.name,
        "kind": channel.kind,
        "address": channel.address,
        "min_severity": Severity(channel.min_severity).name.lower(),
        "enabled": channel.enabled,
        "disabled_reason": channel.disabled_reason,
    }
