"""审计记录 in a browser: read by keyboard, filtered, clean and within the width of any screen."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import text
from werkzeug.serving import make_server

from kernel.access.actor import Actor
from kernel.cause import Cause
from kernel.database import Database
from kernel.settings import Settings
from kernel.trail.sealing import seal
from monitor.app import create_app
from tests.api_ledger import fill
from tests.clocks import StoppedClock
from tests.web import COOKIE, NOW, TODAY, overseers_token

pytestmark = pytest.mark.browser
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def backend() -> str:
    """One database is enough for a look."""
    return "sqlite"


@pytest.fixture
def base(database: Database, tmp_path: Path) -> Iterator[str]:
    """A served ledger with a correction, a change past the service and a look at the trail."""
    fill(database, 2)
    clerk = Actor("zhang.wei", everything=True)
    with database.writing(
        clerk, Cause("10.20.3.7", "r-1", "凭证金额录错，按银行回单更正")
    ) as session:
        session.execute(text("UPDATE payment SET amount = 19999900, voucher = '2023-118'"))
    seal(database, StoppedClock(NOW, TODAY), whole=True)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE vendor SET note = '直接改的'"))
    settings = Settings(data_dir=tmp_path, business_date=TODAY)
    app = create_app(settings, database, StoppedClock(NOW, TODAY))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("width", [1366, 420])
def test_the_page_is_read_filtered_and_fits(
    base: str, database: Database, width: int, tmp_path: Path
) -> None:
    wrong: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            base_url=base, locale="zh-CN", viewport={"width": width, "height": 900}
        )
        context.add_cookies([{"name": COOKIE, "value": overseers_token(database), "url": base}])
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto("/audit")
        _look(page, tmp_path, f"all-{width}")
        page.get_by_label("对象", exact=True).select_option("payment")
        page.get_by_label("动作").select_option("update")
        page.keyboard.press("Tab")
        page.get_by_role("button", name="筛选").press("Enter")
        page.wait_for_url("**/audit?kind=payment&**")
        assert page.locator("tbody tr").count() == 2
        assert page.get_by_text("凭证金额录错，按银行回单更正").count() == 2
        assert page.locator("del").first.inner_text() == "200,000.00 元"
        _look(page, tmp_path, f"payment-{width}")
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV 表格").click()
        assert download.value.suggested_filename == "audit.csv"
        assert page.evaluate(TOO_WIDE) <= 0
        browser.close()
    assert wrong == []


def _look(page: Any, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)
