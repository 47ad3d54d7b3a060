"""A real Chromium goes to the provider and comes back signed in."""

import shutil
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from kernel.access.actor import LOCAL_OPERATOR
from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from monitor.wiring import event_bus
from tests.clocks import StoppedClock
from tests.ledger import city
from tests.web import TODAY

SECRET = "local-provider-secret"  # noqa: S105, RUF100 — of the provider beside this file


@pytest.mark.browser
def test_the_button_leads_out_and_back(sqlite_template: Path, tmp_path: Path, issuer: str) -> None:
    shutil.copy(sqlite_template, tmp_path / "monitor.db")
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}", event_bus())
    with database.writing(LOCAL_OPERATOR) as session:
        code = city(session).bureau.code
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    # To a browser another name is another site: SameSite cookies must bear the way back.
    issuer = issuer.replace("127.0.0.1", "localhost")
    settings = Settings(
        data_dir=tmp_path,
        business_date=TODAY,
        port=port,
        oidc_issuer=issuer,
        oidc_client_id="monitor",
        oidc_client_secret=SECRET,
        oidc_groups=f"安监科=oversight@{code}",
    )
    requests.post(f"{issuer}/knobs", json={"groups": ["安监科"]}, timeout=10).raise_for_status()
    app = create_app(settings, database, StoppedClock(datetime.now(UTC), TODAY))
    server = make_server("127.0.0.1", port, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{port}/contracts")
            page.get_by_role("link", name="统一身份认证登录").click()
            expect(page).to_have_url(f"http://127.0.0.1:{port}/contracts")
            expect(page.get_by_role("link", name="张三")).to_be_visible()
            browser.close()
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
        database.dispose()
