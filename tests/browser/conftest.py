"""Two real cities' ledgers, served, and a real Chromium that looks at them."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

import samples
from alerts.delivery_models import DeliveryAttempt, Message, MessageState
from alerts.messages import compose
from alerts.models import Alert
from alerts.scan import run_scan
from contracts.models import Contract
from kernel.access.actor import LOCAL_OPERATOR, SCAN_JOB
from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from monitor.wiring import event_bus, rules
from tests.alert_ledger import RECORDED, channel
from tests.clocks import StoppedClock
from tests.web import NOW, TODAY, overseers_token
from tests.workbooks import bring_in

SCANNED = (date(2023, 3, 15), date(2023, 7, 1), date(2023, 10, 20), TODAY)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class Site:
    """Where the service is served, and the addresses of some of its records."""

    base: str
    token: str
    contracts: dict[str, str]
    late_alert: str
    parked: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every kind of page."""
        return (
            "/",
            "/?as_of=2023-10-20",
            "/contracts",
            self.contracts["HAMI-2023-05"],
            self.contracts["HAMI-2023-07"],
            self.contracts["ZIBO-2023-01"],
            self.contracts["ZIBO-2023-01"] + "?as_of=2023-10-20",
            "/findings",
            "/hazards/new",
            "/hazards/board",
            "/vendors",
            "/library",
            "/yearly-filings",
            "/alerts",
            "/alerts?state=all",
            self.late_alert,
            "/deliveries",
            self.parked,
            "/scores",
            "/scores/hami-2023",
            "/api/docs",
        )


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both samples imported, scanned on a few days, messages composed, one of them parked."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(sqlite_template, folder / "monitor.db")
    database = Database(f"sqlite:///{folder / 'monitor.db'}", event_bus())
    settings = Settings(data_dir=folder, business_date=TODAY)
    clock = StoppedClock(NOW, TODAY)
    for name in ("hami-2023", "zibo-2023"):
        assert not bring_in(database, samples.path(name)).errors
    with database.writing(LOCAL_OPERATOR) as session:
        channel(session, "http://127.0.0.1:9/hook")
    for day in SCANNED:
        run_scan(database, clock, day, SCAN_JOB, rules(settings))
    compose(database, clock, settings.link_base)
    with database.writing(LOCAL_OPERATOR) as session:
        parked = _park_one(session)
    server = make_server("127.0.0.1", 0, create_app(settings, database, clock), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    token = overseers_token(database)
    with database.reading(LOCAL_OPERATOR) as session:
        yield _site(session, f"http://127.0.0.1:{server.server_port}", token, parked)
    server.shutdown()
    thread.join()
    server.server_close()
    database.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a screen and without calls of its own to the outside."""
    program = shutil.which("chromium")
    if program is None:
        pytest.fail("没有 Chromium；请先安装：apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield opened
        opened.close()


def _park_one(session: Session) -> str:
    message = session.scalars(select(Message).order_by(Message.id)).first()
    assert message is not None
    message.state, message.park_reason, message.tries = MessageState.PARKED, "对方拒绝", 1
    session.add(
        DeliveryAttempt(
            message_id=message.id,
            number=1,
            started_at=RECORDED,
            latency_ms=12,
            status=400,
            answer="x" * 1000,
        )
    )
    return f"/deliveries/{message.id}"


def _site(session: Session, base: str, token: str, parked: str) -> Site:
    contracts = session.execute(select(Contract.number, Contract.id))
    late = session.scalars(select(Alert.id).where(Alert.rule == "late_payment")).first()
    return Site(
        base,
        token,
        {number: f"/contracts/{key}" for number, key in contracts},
        f"/alerts/{late}",
        parked,
    )
