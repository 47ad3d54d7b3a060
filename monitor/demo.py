"""``monitor demo``: two real cities' contracts watched, on one machine, with one command.

Every step can be interrupted and is taken up again by the next run: an import and a scanned day
are one transaction each. What is already there is kept.
"""

import os
import socket
import sys
from collections.abc import Callable
from datetime import date, timedelta

import click
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

import samples
from alerts.channel_book import NewChannel, add_channel, new_secret
from alerts.delivery_models import Channel
from alerts.receivers import shown_address
from alerts.scan_queries import last_scanned
from contracts.models import Programme
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB
from kernel.errors import InputError, UnavailableError
from kernel.settings import Settings, load_settings
from kernel.workbook_guard import WorkbookLimits
from migrations.schema import upgrade
from monitor.demo_folder import empty, sole_use
from monitor.demo_people import bring_people
from monitor.demo_receiver import SECRET_VARIABLE
from monitor.importing import import_workbook
from monitor.processes import Processes
from monitor.replay import walk
from monitor.service import Service, open_service
from monitor.wiring import receiver_rules, rules

YEAR_BEGINS, YEAR_ENDS = date(2023, 1, 1), date(2023, 12, 31)
PROGRAMMES = {"hami-2023": "HAMI-2023-DSF", "zibo-2023": "ZIBO-2023-KSJY"}
CHANNEL = "演示接收端"
READY_SECONDS = 60
FAILED = 3


@click.command("demo")
@click.option("--reset", is_flag=True, help="删除演示数据后退出")
@click.pass_context
def demo_command(context: click.Context, reset: bool) -> None:
    """演示：导入哈密、淄博两地 2023 年台账，启动页面、定时核查、消息投递和接收端。"""
    os.environ.setdefault("MONITOR_BUSINESS_DATE", YEAR_ENDS.isoformat())
    os.environ.setdefault("MONITOR_RECEIVER_NETWORKS", "127.0.0.0/8")
    os.environ.setdefault("MONITOR_LOG_LEVEL", "WARNING")
    os.environ["MONITOR_DEMO"] = "true"
    settings = load_settings()
    if reset:
        empty(settings.data_dir)
        click.echo(f"已删除 {settings.data_dir} 中的演示数据。")
        return
    for port in (settings.port, settings.port + 1):
        _refuse_taken(port)
    with sole_use(settings.data_dir):
        with open_service(schema_must_be_current=False) as service:
            secret = prepare(service)
        ended = _run(settings, secret)
    if ended:
        click.echo(f"{ended} 意外停止，演示已结束；原因见上面的日志。", err=True)
        context.exit(FAILED)
    click.echo(f"已停止；数据保留在 {settings.data_dir}，make reset 可重新开始。")


def prepare(service: Service) -> str:
    """Bring database, samples, channel and the replay of 2023 to where the demo starts.

    Returns the secret that the demo receiver checks signatures with.
    """
    upgrade(service.database)
    for name, programme in PROGRAMMES.items():
        _import_sample(service, name, programme)
    with service.database.writing(service.actor) as session:
        bring_people(session, service.clock.now())
        secret = _channel_secret(session, service)
    _replay(service)
    return secret


def _import_sample(service: Service, name: str, programme: str) -> None:
    """Import a sample once: importing it again would take back what a visitor changed."""
    with service.database.reading(service.actor) as session:
        if session.scalar(select(Programme.id).where(Programme.code == programme)):
            return
    path = samples.path(name)
    limits = WorkbookLimits.of(service.settings)
    result = import_workbook(service.database, path, LOCAL_OPERATOR, service.clock, limits)
    if result.errors:
        raise UnavailableError(f"样例 {path.name} 未能导入：{result.errors[0].message}")
    added = sum(result.added.values())
    click.echo(f"已导入 {path.name}：{added} 条记录，核验发现 {len(result.findings)} 项")


def _channel_secret(session: Session, service: Service) -> str:
    settings = service.settings
    url = f"http://127.0.0.1:{settings.port + 1}/"
    channel = session.scalar(select(Channel).where(Channel.name == CHANNEL))
    if channel is None:
        channel = add_channel(
            session,
            LOCAL_OPERATOR,
            service.clock.now(),
            receiver_rules(settings),
            service.secrets,
            NewChannel(CHANNEL, url, new_secret()),
        )
    channel.url, channel.address = service.secrets.seal(url), shown_address(url)
    return service.secrets.open(channel.secret)


def _replay(service: Service) -> None:
    with service.database.reading(service.actor) as session:
        scanned = last_scanned(session)
    first = scanned + timedelta(days=1) if scanned else YEAR_BEGINS
    if first > YEAR_ENDS:
        return
    days = (YEAR_ENDS - first).days + 1
    with click.progressbar(length=days, label="逐日核查 2023 年", file=sys.stderr) as bar:
        step: Callable[[date], None] = lambda _day: bar.update(1)  # noqa: E731 — one step a day
        walk(
            service.database,
            service.clock,
            first,
            YEAR_ENDS,
            SCAN_JOB,
            rules(service.settings),
            deliver=True,
            progress=step,
        )


def _run(settings: Settings, secret: str) -> str | None:
    """Run the processes until Ctrl-C (None) or until one ends (its name)."""
    processes = Processes()
    processes.listen_for_signals()
    pages = f"http://127.0.0.1:{settings.port}/"
    receiver = f"http://127.0.0.1:{settings.port + 1}/"
    try:
        processes.start(
            "接收端",
            ["demo-receiver", "--port", str(settings.port + 1)],
            {**os.environ, SECRET_VARIABLE: secret},
        )
        processes.start("页面", ["serve"], os.environ)
        # The worker comes last: what it sent to a receiver that is not up yet would wait for a retry.
        for address in (receiver, f"{pages}healthz"):
            if not _ready(processes, address):
                return processes.ended()
        processes.start("核查与投递", ["work"], os.environ)
        click.echo(
            f"\n合同履约监管  {pages}\n演示接收端    {receiver}\n"
            "登录页可选择以谁的身份查看：应急管理局、工信局、财政局、审计……\n"
            f"业务日期 {settings.business_date}（演示固定）；仅本机可访问；按 Ctrl-C 停止。\n"
        )
        return processes.wait()
    finally:
        processes.stop()


def _ready(processes: Processes, address: str) -> bool:
    """Wait until ``address`` answers; False when asked to stop or when a process ended."""
    with requests.Session() as session:
        session.trust_env = False  # a proxy for the outside has no say about this machine
        for _ in range(READY_SECONDS * 5):
            if processes.pause(0.2) or processes.ended():
                return False
            try:
                if session.get(address, timeout=2).ok:
                    return True
            except requests.RequestException:
                continue
    raise UnavailableError(f"{address} 在 {READY_SECONDS} 秒内没有启动")


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise InputError(
                "MONITOR_PORT", f"端口 {port} 已被占用；请换一个，例如 MONITOR_PORT=9000 make run"
            ) from None
