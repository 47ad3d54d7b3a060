"""``monitor work`` and ``monitor deliver``: workers that run on, and one round by hand."""

import json
import signal
import threading
from dataclasses import asdict
from types import FrameType
from uuid import UUID

import click

from alerts.delivery import LEASE_SECONDS, resend
from kernel.errors import InputError
from monitor.service import open_service
from monitor.worker import open_courier, run_worker

_MESSAGE_PREFIX = "msg_"


@click.command("work")
@click.option(
    "--lease-seconds",
    type=click.FloatRange(2, 3600),
    default=LEASE_SECONDS,
    show_default=True,
    help="租约秒数：工作进程中断后，所持消息过这么久由别的进程接手",
)
def work_command(lease_seconds: float) -> None:
    """运行定时核查与消息发送；可同时运行多个，Ctrl-C 停止。"""
    stop = threading.Event()

    def halt(number: int, frame: FrameType | None) -> None:
        _ = number, frame
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, halt)
    with open_service() as service:
        run_worker(service, stop, lease_seconds)


@click.command("deliver")
@click.option("--once", is_flag=True, help="合并并发送此刻到期的消息，然后结束")
@click.option("--resend", "message", metavar="消息编号", help="重新发送一条已搁置的消息")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def deliver_command(*, once: bool, message: str | None, as_json: bool) -> None:
    """发送消息一轮，或让一条已搁置的消息重新待发。"""
    if once == (message is not None):
        raise click.UsageError("请给出 --once 或 --resend 消息编号，二者取一")
    if message is not None:
        _resend(message, as_json=as_json)
        return
    with open_service() as service:
        courier = open_courier(service)
        try:
            tally = courier.deliver_due()
        finally:
            courier.close()
    if as_json:
        click.echo(json.dumps(asdict(tally)))
        return
    click.echo(
        f"并入消息的预警 {tally.joined} 条；发送 {tally.attempts} 次，"
        f"送达 {tally.delivered}，待重试 {tally.retrying}，搁置 {tally.parked}"
    )


def _resend(message: str, *, as_json: bool) -> None:
    try:
        key = UUID(message.removeprefix(_MESSAGE_PREFIX))
    except ValueError:
        raise InputError("resend", f"“{message[:60]}”不是消息编号") from None
    with open_service() as service, service.database.writing(service.actor) as session:
        resend(session, service.actor, key, service.clock.now())
    if as_json:
        click.echo(json.dumps({"message": str(key), "state": "pending"}))
    else:
        click.echo("已改为待发送，下一轮发送时送出")
