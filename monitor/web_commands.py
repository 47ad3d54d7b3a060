"""``monitor serve``: the pages and the API, on this machine alone unless the settings say else."""

import errno
import os
import socket
from ipaddress import ip_address

import click

from kernel.errors import UnavailableError
from kernel.logs import get_logger
from kernel.settings import Settings
from migrations.bound import why_unbound
from monitor.metrics import shared_folder
from monitor.service import open_service
from people.sign_in.set_up import offer_set_up

MOST_WORKERS = 4
WAITING = 512
"""Callers that wait until a worker takes them."""


@click.command("serve")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="端口；0 为任意空闲端口，缺省为 MONITOR_PORT"
)
def serve_command(port: int | None) -> None:
    """启动网页与接口；缺省只监听本机回环地址（MONITOR_LISTEN）。"""
    from monitor.web_server import WebServer

    with open_service() as service:
        settings = service.settings
        # The engine must not cross the fork: each worker opens its own.
        workers = 1 if service.database.is_sqlite else _workers()
        if reason := why_unbound(service.database):
            get_logger("serve").warning("row_policies_do_not_bind", reason=reason)
        set_up = offer_set_up(service.database, service.clock.now())
    listener = _listen(settings.listen, settings.port if port is None else port)
    port = listener.getsockname()[1]
    click.echo(_where(settings, port))
    if set_up is not None:
        base = settings.public_url.rstrip("/") or _address(settings, port)
        click.echo("还没有管理员。请用这个一次性链接（24 小时内有效）建立三名管理员：")
        click.echo(f"{base}/set-up/{set_up}")
    with shared_folder():
        WebServer(settings, listener.detach(), workers).run()


def _where(settings: Settings, port: int) -> str:
    """Where the pages are, and who can reach them."""
    address = _address(settings, port)
    if ip_address(settings.listen).is_loopback:
        reached = "只监听本机回环地址，其他机器不能访问。"
    else:
        reached = f"监听 {settings.listen}；用户由 {settings.public_url} 访问。"
    return f"网页 {address}/ ，接口说明 {address}/api/docs\n{reached}按 Ctrl-C 停止。"


def _address(settings: Settings, port: int) -> str:
    host = f"[{settings.listen}]" if ":" in settings.listen else settings.listen
    return f"http://{host}:{port}"


def _workers() -> int:
    return min(MOST_WORKERS, (os.cpu_count() or 1) + 1)


def _listen(address: str, port: int) -> socket.socket:
    """The listening socket; raises ``UnavailableError`` when it cannot be had."""
    listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        # From now on callers wait until a worker is there, instead of being turned away.
        listener.listen(WAITING)
    except OSError as fault:
        listener.close()
        if fault.errno == errno.EADDRINUSE:
            raise UnavailableError(f"端口 {port} 已被占用；请用 --port 换一个") from None
        raise UnavailableError(f"不能监听 {address}:{port}：{fault.strerror}") from None
    return listener
