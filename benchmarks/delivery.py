"""One delivery worker beside a bare loop: signed posts of one ``requests.Session``."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import UUID

import requests
from sqlalchemy import select, text
from standardwebhooks import Webhook

from alerts.delivery import Courier
from alerts.delivery_models import Message, webhook_id
from alerts.messages import compose
from alerts.receivers import ReceiverRules
from kernel.access.actor import LOCAL_OPERATOR
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.settings import Settings
from migrations.schema import upgrade
from monitor.wiring import event_bus
from tests import alert_ledger, postgres

ALERTS, ROUNDS, SECONDS = 10_000, 5, 15.0
CLOCK = SystemClock(Settings().clock().zone, date(2023, 7, 20))
RULES = ReceiverRules(("127.0.0.0/8",), SECONDS)
_ANEW = (
    "DELETE FROM delivery_attempt",
    "UPDATE message SET state = 'pending', tries = 0, ended_at = NULL",
)
_UNJOINED = (
    "DELETE FROM delivery_attempt",
    "UPDATE delivery SET message_id = NULL",
    "DELETE FROM message",
)


def measure() -> list[str]:
    """Post the same messages both ways, in turn, and give the lines to print."""
    lines = [f"{ALERTS:,} alerts to one receiver, beside a bare signed requests.Session loop:"]
    with _receiver() as url, postgres.server() as base, TemporaryDirectory() as folder:
        address = postgres.create_database(base, "bench_delivery")
        lines += _lines("PostgreSQL", address, url)
        lines += _lines("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}", url)
    return lines


def _lines(name: str, address: str, url: str) -> list[str]:
    database = Database(address, event_bus())
    upgrade(database)
    with database.writing(LOCAL_OPERATOR) as session:
        channel = alert_ledger.channel(session, url)
        alert_ledger.alerts(session, [channel], ALERTS)
    while compose(database, CLOCK, "http://monitor.local"):
        pass
    with database.reading(LOCAL_OPERATOR) as session:
        posts = [(key, body) for key, body in session.execute(select(Message.id, Message.body))]
    bare, posting, whole = [], [], []
    for _ in range(ROUNDS):
        bare.append(_bare(url, posts))
        _do(database, _ANEW)
        posting.append(_courier(database))
        _do(database, _UNJOINED)
        whole.append(_courier(database))
    database.dispose()
    floor = median(bare)
    return [
        f"  {name}: {floor / median(posting):.2f} of the bare loop (aim at least 0.6), "
        f"{floor / median(whole):.2f} with joining them into {len(posts)} messages included",
    ]


def _bare(url: str, posts: list[tuple[UUID, str]]) -> float:
    signer = Webhook(alert_ledger.SECRET)
    began = time.perf_counter()
    with requests.Session() as session:
        for key, body in posts:
            now, name = datetime.now(UTC), webhook_id(key)
            headers = {
                "content-type": "application/json",
                "webhook-id": name,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": signer.sign(name, now, body),
            }
            session.post(
                url, data=body.encode(), headers=headers, timeout=SECONDS
            ).raise_for_status()
    return time.perf_counter() - began


def _courier(database: Database) -> float:
    courier = Courier(
        database, CLOCK, RULES, alert_ledger.KEYS, "http://monitor.local", name="bench"
    )
    began = time.perf_counter()
    tally = courier.deliver_due()
    taken = time.perf_counter() - began
    courier.close()
    if tally.delivered != tally.attempts or not tally.delivered:
        raise RuntimeError(f"not everything was delivered: {tally}")
    return taken


def _do(database: Database, statements: tuple[str, ...]) -> None:
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


class _Accept(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Take everything."""
        self.rfile.read(int(self.headers["content-length"]))
        self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")


def _serve(port: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Accept)
    port.send(server.server_address[1])
    server.serve_forever()


@contextmanager
def _receiver() -> Iterator[str]:
    """A receiver in a process of its own, so that it shares no interpreter with the sender."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/"
    finally:
        process.terminate()
        process.join()
