"""A real HTTP receiver on the loopback that misbehaves as told and remembers what it got."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from standardwebhooks import Webhook, WebhookVerificationError

from tests.alert_ledger import SECRET

DRIP_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Reply:
    """What to answer. ``hang``: nothing until the end. ``drip_head``, ``drip_body``: bytewise."""

    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hang: bool = False
    drip_head: bool = False
    drip_body: bool = False


@dataclass(frozen=True)
class Received:
    """One post as it arrived; ``valid`` is the verdict of the standardwebhooks library."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    valid: bool
    status: int

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]


Behaviour = Callable[[int, Mapping[str, str]], Reply]
"""From the number of the post (the first is 1) and its headers to the reply."""


def accept(number: int, headers: Mapping[str, str]) -> Reply:
    """Take everything."""
    _ = number, headers
    return Reply()


class TestReceiver:
    """The receiver's side of the story."""

    __test__ = False

    def __init__(self, behaviour: Behaviour, secret: str) -> None:
        self.behaviour = behaviour
        self.received: list[Received] = []
        self.connections = 0
        self.broken = 0
        self.arrived = threading.Condition()
        self.closing = threading.Event()
        self.verifier = Webhook(secret)
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    @property
    def accepted(self) -> Counter[str]:
        """How often each id was taken with a 2xx; above 1 is an extra."""
        return Counter(one.webhook_id for one in self.received if 200 <= one.status < 300)

    def wait_for(self, count: int, seconds: float = 30) -> bool:
        """Wait until ``count`` posts have arrived."""
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.received) >= count, seconds)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def receiver(behaviour: Behaviour = accept, secret: str = SECRET) -> Iterator[TestReceiver]:
    """Run a receiver for the time of a test."""
    running = TestReceiver(behaviour, secret)
    running.start()
    try:
        yield running
    finally:
        running.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed leaves a broken connection; the tests count what arrived."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owner: TestReceiver

    def setup(self) -> None:
        super().setup()
        self.owner.connections += 1

    def do_POST(self) -> None:
        owner = self.owner
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        valid = self._valid(body, headers)
        with owner.arrived:
            reply = owner.behaviour(len(owner.received) + 1, headers)
            owner.received.append(Received(self.path, headers, body, valid, reply.status))
            owner.arrived.notify_all()
        if reply.hang:
            owner.closing.wait()
            self.close_connection = True
            return
        self._answer(reply)

    def _valid(self, body: bytes, headers: dict[str, str]) -> bool:
        try:
            self.owner.verifier.verify(body, headers, json_parse=False)
        except (WebhookVerificationError, ValueError):
            return False
        return True

    def _answer(self, reply: Reply) -> None:
        fields = {"Content-Length": str(len(reply.body)), **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} X", *(f"{key}: {text}" for key, text in fields.items())]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        try:
            self._write(head, drip=reply.drip_head)
            self._write(reply.body, drip=reply.drip_body)
        except OSError:
            self.owner.broken += 1
            self.close_connection = True

    def _write(self, data: bytes, *, drip: bool) -> None:
        if not drip:
            self.wfile.write(data)
            return
        for index in range(len(data)):
            self.wfile.write(data[index : index + 1])
            if self.owner.closing.wait(DRIP_SECONDS):
                return

    def log_message(self, format: str, *args: object) -> None:
        _ = format, args
