"""A payment through three persons, each in a browser of their own."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from monitor.wiring import event_bus
from payments.models import Payment
from tests.clocks import StoppedClock
from tests.people import session_token
from tests.step_ledger import StepLedger, fill
from tests.web import COOKIE, NOW, TODAY

pytestmark = pytest.mark.browser
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Office:
    """A served ledger and a way to sit somebody at a browser."""

    def __init__(self, base: str, database: Database, ledger: StepLedger) -> None:
        self.base, self.database, self.ledger = base, database, ledger

    @contextmanager
    def seat(self, browser: Browser, login: str) -> Iterator[Page]:
        with self.database.writing(LOCAL_OPERATOR) as session:
            token = session_token(session, self.ledger.users[login], NOW)
        context = browser.new_context(base_url=self.base, locale="zh-CN")
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.base}])
        yield context.new_page()
        context.close()


@pytest.fixture
def office(sqlite_template: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copy(sqlite_template, tmp_path / "monitor.db")
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}", event_bus())
    ledger = fill(database)
    settings = Settings(data_dir=tmp_path, business_date=TODAY)
    app = create_app(settings, database, StoppedClock(NOW, TODAY))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Office(f"http://127.0.0.1:{server.server_port}", database, ledger)
    server.shutdown()
    thread.join()
    server.server_close()
    database.dispose()


def test_three_persons_make_one_payment(browser: Browser, office: Office) -> None:
    with office.seat(browser, "clerk") as page:
        page.goto(f"/contracts/{office.ledger.paid_by_zone}")
        page.get_by_role("link", name="登记付款", exact=True).click()
        page.get_by_role("radio", name="首付款").check()
        page.get_by_label("金额（元）").fill("400000.01")
        page.get_by_label("支付凭证号").fill("ZF-1")
        page.get_by_role("button", name="提出").click()
        expect(page.get_by_text("超过首付款未付的 400,000.00 元")).to_be_visible()
        expect(page.get_by_label("支付凭证号")).to_have_value("ZF-1")
        page.get_by_label("金额（元）").fill("60,000")
        page.get_by_role("button", name="提出").click()
        expect(page.get_by_role("status")).to_contain_text("已提出，待审核")
        expect(page.get_by_role("button", name="批准")).to_have_count(0)
    with office.seat(browser, "checker") as page:
        step(page, "审核通过", "待负责人批准")
    with office.seat(browser, "head") as page:
        step(page, "批准", "已批准，并已记入台账")
        page.goto("/acts")
        expect(page.get_by_text("没有等您办理的事项")).to_be_visible()
    with office.database.reading(LOCAL_OPERATOR) as session:
        assert session.scalars(select(Payment.voucher)).all() == ["ZF-1"]


def step(page: Page, button: str, said: str) -> None:
    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name="待办事项").click()
    page.get_by_role("link", name="登记付款：首付款").click()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status")).to_contain_text(said)


def test_the_pages_of_steps_fit_a_narrow_screen(browser: Browser, office: Office) -> None:
    of_contract = f"/contracts/{office.ledger.paid_by_zone}"
    forms = ("plan_decision", "round_confirmation", "payment", "payment_reversal")
    addresses = ["/acts", "/acts?whose=all", "/step-settings", of_contract]
    addresses += [f"{of_contract}/acts/{kind}" for kind in forms]
    with office.seat(browser, "colleague") as page:
        page.set_viewport_size({"width": 420, "height": 800})
        for address in addresses:
            answer = page.goto(address)
            assert answer is not None
            assert (address, answer.status) == (address, 200)
            assert (address, page.evaluate(TOO_WIDE)) == (address, 0)
