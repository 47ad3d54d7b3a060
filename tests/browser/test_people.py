"""A reform in a browser: a bureau is renamed and moved; two administrators edit one role."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import select
from werkzeug.serving import make_server

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from monitor.wiring import event_bus
from people.models import Membership
from tests.browser.test_screens import NOTE_VIOLATIONS
from tests.clocks import StoppedClock
from tests.counts import and_in_proof
from tests.ledger import ContractSpec, city, contract
from tests.pages import BEGINS
from tests.people import person, session_token
from tests.web import COOKIE, NOW, TODAY

pytestmark = pytest.mark.browser
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Hall:
    """A served service, and who can sit down at a browser there."""

    base: str
    database: Database
    users: dict[str, UUID]
    bureau: UUID
    membership: UUID

    @contextmanager
    def seat(self, browser: Browser, login: str, width: int = 1366) -> Iterator[Page]:
        with self.database.writing(LOCAL_OPERATOR) as session:
            token = session_token(session, self.users[login], NOW)
        size: ViewportSize = {"width": width, "height": 768}
        context = browser.new_context(base_url=self.base, locale="zh-CN", viewport=size)
        context.add_cookies([{"name": COOKIE, "value": token, "url": self.base}])
        yield context.new_page()
        context.close()


@pytest.fixture
def hall(sqlite_template: Path, tmp_path: Path) -> Iterator[Hall]:
    shutil.copy(sqlite_template, tmp_path / "monitor.db")
    database = Database(f"sqlite:///{tmp_path / 'monitor.db'}", event_bus())
    with database.writing(LOCAL_OPERATOR) as session:
        here = city(session, "甲市")
        city(session, "乙市")
        contract(session, here, "HT-1", ContractSpec(BEGINS))
        users = {
            "system": person(session, "system", (Role.SYSTEM_ADMIN, None)).id,
            "first": person(session, "first", (Role.SECURITY_ADMIN, None)).id,
            "second": person(session, "second", (Role.SECURITY_ADMIN, None)).id,
            "clerk": person(session, "clerk", (Role.CLERK, here.bureau.id)).id,
        }
        held = session.scalars(
            select(Membership.id).where(Membership.user_id == users["clerk"])
        ).one()
        bureau = here.bureau.id
    settings = Settings(data_dir=tmp_path, business_date=TODAY)
    app = create_app(settings, database, StoppedClock(NOW, TODAY))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Hall(f"http://127.0.0.1:{server.server_port}", database, users, bureau, held)
    server.shutdown()
    thread.join()
    server.server_close()
    database.dispose()


def test_a_bureau_is_found_previewed_and_moved(browser: Browser, hall: Hall) -> None:
    with hall.seat(browser, "system") as page:
        page.goto("/organisations")
        page.get_by_text("甲市人民政府").click()
        page.get_by_role("link", name="查看 甲市应急管理局").click()
        page.get_by_role("link", name="移到另一上级").click()
        expect(page.get_by_role("button", name="确认移动")).to_have_count(0)
        page.get_by_label("新的上级机构").fill("乙市人")
        expect(page.locator("#parent-options option")).to_have_count(1)
        page.get_by_label("新的上级机构").fill("乙市人民政府")
        page.get_by_role("button", name="先看影响").click()
        expect(page.get_by_text("涉及 1 份合同")).to_be_visible()
        expect(page.get_by_role("row", name="乙市人民政府")).to_contain_text("多看到 1 份")
        page.get_by_role("button", name="确认移动").click()
        expect(page.get_by_text("已移动")).to_be_visible()
        expect(page.get_by_label("所在位置")).to_contain_text("乙市人民政府")


def test_the_second_of_two_editors_sees_both_values_and_decides(
    browser: Browser, hall: Hall
) -> None:
    address = f"/memberships/{hall.membership}"
    with hall.seat(browser, "first") as one, hall.seat(browser, "second", 420) as two:
        one.goto(address)
        two.goto(address)
        one.get_by_label("至（含）").fill("2024-03-31")
        one.get_by_role("button", name="保存").click()
        expect(one.get_by_text("任职期限已修改")).to_be_visible()
        two.get_by_label("至（含）").fill("2024-06-30")
        two.get_by_role("button", name="保存").click()
        expect(two.get_by_role("heading", name="记录已被他人修改")).to_be_visible()
        row = two.get_by_role("row", name="任职至")
        expect(row).to_contain_text("2024-03-31")
        expect(row).to_contain_text("2024-06-30")
        assert two.evaluate(TOO_WIDE) <= 0
        two.get_by_role("button", name="仍按我填写的保存").click()
        expect(two.get_by_text("任职期限已修改")).to_be_visible()
        expect(two.get_by_role("row", name="经办")).to_contain_text("2024-06-30")


@pytest.mark.parametrize("widths", and_in_proof([(1366, 390)], [(390,), (683,)]))
def test_pages_of_tree_and_people_load_clean_and_fit(
    browser: Browser, hall: Hall, widths: tuple[int, ...]
) -> None:
    bureau, clerk = f"/organisations/{hall.bureau}", f"/users/{hall.users['clerk']}"
    seen = {
        "system": (
            "/organisations",
            "/organisations?q=局",
            bureau,
            f"{bureau}/edit",
            f"{bureau}/move",
            "/organisations/new",
            "/users",
            clerk,
            f"{clerk}/edit",
            "/users/new",
            "/roles",
        ),
        "first": (clerk, f"{clerk}/memberships/new", f"/memberships/{hall.membership}"),
    }
    wrong: list[str] = []
    for login, addresses in seen.items():
        with hall.seat(browser, login) as page:
            page.add_init_script(NOTE_VIOLATIONS)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: wrong.append(said.text))
            for address in addresses:
                page.set_viewport_size({"width": widths[0], "height": 768})
                answer = page.goto(address, wait_until="networkidle")
                assert answer is not None
                assert answer.status == 200, address
                wrong.extend(page.evaluate("window.violations"))
                assert (address, wrong) == (address, [])
                for width in widths:
                    page.set_viewport_size({"width": width, "height": 768})
                    assert page.evaluate(TOO_WIDE) <= 0, (address, width)
