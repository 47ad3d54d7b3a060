"""``monitor demo-receiver``: the other end of a channel, for demonstrations and first trials.

It checks every signature with the standardwebhooks library, as an independent receiver would, and
lists what it got: a page at ``/``, JSON at ``/messages``. Loopback only, nothing is kept on disk.
"""

import contextlib
import html
import json
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from zoneinfo import ZoneInfo

import click
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.channel_book import check_secret
from kernel.settings import load_settings

KEPT: Final = 500
LARGEST_BODY: Final = 100_000
_STYLE: Final = (
    "body{font-family:sans-serif;margin:2rem;max-width:72rem}td,th{text-align:left;"
    "padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}.bad{color:#b00020}"
)

SECRET_VARIABLE = "MONITOR_DEMO_SECRET"
"""Where the demonstration passes the key: arguments are seen by everyone on the machine."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One post as it came in; ``texts`` are the sentences of its alerts."""

    received_at: str
    webhook_id: str
    valid: bool
    type: str
    texts: Sequence[str]


class DemoReceiver(ThreadingHTTPServer):
    """A receiver on the loopback; ``now`` gives the instant, aware."""

    daemon_threads = True

    def __init__(self, port: int, secret: str, now: Callable[[], datetime]) -> None:
        self.verifier = Webhook(check_secret(secret))
        self.arrivals: deque[Arrival] = deque(maxlen=KEPT)
        self.lock = threading.Lock()
        self.now = now
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def take(self, body: bytes, headers: dict[str, str]) -> bool:
        """Keep a post; True when its signature and timestamp are good."""
        try:
            content = self.verifier.verify(body, headers)
            valid = True
        except (WebhookVerificationError, ValueError):
            content, valid = {}, False
        arrival = Arrival(
            self.now().isoformat(timespec="seconds"),
            headers.get("webhook-id", "")[:80],
            valid,
            str(content.get("type", "")) if isinstance(content, dict) else "",
            _texts(content),
        )
        with self.lock:
            self.arrivals.appendleft(arrival)
        return valid

    def listed(self) -> list[Arrival]:
        """What came in, the latest first."""
        with self.lock:
            return list(self.arrivals)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: DemoReceiver
    timeout = 30

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._answer(413, b"", "text/plain")
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        valid = self.server.take(self.rfile.read(int(length)), headers)
        self._answer(204 if valid else 401, b"", "text/plain")

    def do_GET(self) -> None:
        arrivals = self.server.listed()
        if self.path == "/messages":
            found = json.dumps([asdict(one) for one in arrivals], ensure_ascii=False)
            self._answer(200, found.encode(), "application/json; charset=utf-8")
        elif self.path == "/style.css":
            self._answer(200, _STYLE.encode(), "text/css; charset=utf-8")
        elif self.path == "/":
            self._answer(200, page(arrivals).encode(), "text/html; charset=utf-8")
        else:
            self._answer(404, b"", "text/plain")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what came in is on the page."""


def page(arrivals: Sequence[Arrival]) -> str:
    """The list as a Chinese page."""
    rows = "".join(_row(one) for one in arrivals)
    body = (
        "<table><thead><tr><th>收到时间</th><th>消息</th><th>签名</th><th>内容</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        if arrivals
        else "<p>还没有收到消息。</p>"
    )
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>演示接收端</title>'
        '<link rel="stylesheet" href="/style.css"></head><body><h1>演示接收端</h1>'
        f"<p>共收到 {len(arrivals)} 条消息（最多保留 {KEPT} 条）。</p>{body}</body></html>"
    )


def _row(one: Arrival) -> str:
    verdict = "有效" if one.valid else '<span class="bad">无效，已拒收</span>'
    texts = "<br>".join(html.escape(text) for text in one.texts)
    when, key, kind = (html.escape(part) for part in (one.received_at, one.webhook_id, one.type))
    return f"<tr><td>{when}</td><td>{key}<br>{kind}</td><td>{verdict}</td><td>{texts}</td></tr>"


def _texts(content: Any) -> list[str]:
    data = content.get("data") if isinstance(content, dict) else None
    alerts = data.get("alerts") if isinstance(data, dict) else None
    if not isinstance(alerts, list):
        return []
    return [str(one.get("text", "")) for one in alerts if isinstance(one, dict)]


@click.command("demo-receiver")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True)
@click.option("--secret", envvar=SECRET_VARIABLE, required=True, help="渠道的签名密钥 whsec_…")
def demo_receiver_command(port: int, secret: str) -> None:
    """运行演示接收端：核验签名，列出收到的消息；只在本机可访问。"""
    zone = ZoneInfo(load_settings().zone)
    with DemoReceiver(port, secret, lambda: datetime.now(zone)) as server:
        click.echo(f"演示接收端：{server.url}")
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
