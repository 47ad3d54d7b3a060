"""``monitor serve``: the pages and the API, on this machine's loopback address only."""

import os
import socket

import click

from kernel.errors import UnavailableError
from monitor.service import open_service

LOOPBACK = "127.0.0.1"
MOST_WORKERS = 4


@click.command("serve")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="端口；0 为任意空闲端口，缺省为 MONITOR_PORT"
)
def serve_command(port: int | None) -> None:
    """启动网页与接口；尚无登录，只监听本机回环地址。"""
    from monitor.web_server import WebServer

    with open_service() as service:
        settings = service.settings
        # The engine must not cross the fork: each worker opens its own.
        workers = 1 if service.database.is_sqlite else _workers()
    listener = _listen(settings.port if port is None else port)
    address = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    click.echo(f"网页 {address}/ ，接口说明 {address}/api/docs")
    click.echo("尚无登录，只监听本机回环地址，其他机器不能访问。按 Ctrl-C 停止。")
    WebServer(settings, listener.detach(), workers).run()


def _workers() -> int:
    return min(MOST_WORKERS, (os.cpu_count() or 1) + 1)


def _listen(port: int) -> socket.socket:
    """The listening socket; raises ``UnavailableError`` when another program has the port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        # From now on callers wait until a worker is there, instead of being turned away.
        listener.listen()
    except OSError:
        listener.close()
        raise UnavailableError(f"端口 {port} 已被占用；请用 --port 换一个") from None
    return listener
