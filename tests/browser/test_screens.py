"""What a reader meets in a browser: nothing refused, nothing from outside, usable by keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import Site
from tests.counts import and_in_proof
from tests.web import COOKIE

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 683, "height": 384}
"""1366 × 768 at 200 %."""

NOTE_VIOLATIONS = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def reader(browser: Browser, site: Site, **how: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page and the list of everything that went wrong on it."""
    context = browser.new_context(
        base_url=site.base, locale="zh-CN", **{"viewport": DESKTOP, **how}
    )
    context.add_cookies([{"name": COOKIE, "value": site.token, "url": site.base}])
    page = context.new_page()
    wrong: list[str] = []

    def note_foreign(request: Request) -> None:
        if not request.url.startswith((site.base, "data:", "blob:")):
            wrong.append(f"asked {request.url}")

    page.add_init_script(NOTE_VIOLATIONS)
    page.on("request", note_foreign)
    page.on("pageerror", lambda error: wrong.append(f"script failed: {error}"))
    page.on(
        "console",
        lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None,
    )
    yield page, wrong
    context.close()


@pytest.mark.parametrize("sizes", and_in_proof([(DESKTOP, PHONE)], [(PHONE,), (ZOOMED,)]))
def test_every_page_loads_clean_and_fits(browser: Browser, site: Site, sizes: Any) -> None:
    with reader(browser, site) as (page, wrong):
        for address in site.addresses:
            page.set_viewport_size(sizes[0])
            answer = page.goto(address, wait_until="networkidle")
            assert answer is not None
            assert answer.status == 200, address
            wrong.extend(page.evaluate("window.violations"))
            assert (address, wrong) == (address, [])
            for size in sizes if address != "/api/docs" else ():
                page.set_viewport_size(size)
                assert (address, size, page.evaluate(TOO_WIDE)) == (address, size, 0)


def test_the_chart_is_drawn_beside_its_table(browser: Browser, site: Site) -> None:
    with reader(browser, site) as (page, wrong):
        page.goto("/", wait_until="networkidle")
        assert page.locator("#months-chart canvas").evaluate("canvas => canvas.width") > 300
        expect(page.locator("#months-table tbody tr")).to_have_count(12)
        page.locator("#months-chart").hover()
        assert page.evaluate("window.violations") == []
        assert wrong == []


def test_search_narrows_without_a_reload(browser: Browser, site: Site) -> None:
    with reader(browser, site) as (page, wrong):
        page.goto("/contracts")
        page.evaluate("window.stayed = true")
        page.get_by_label("查找", exact=True).press_sequentially("煤科")
        expect(page.locator("#results tbody tr")).to_have_count(1)
        expect(page.locator("#results")).to_contain_text("HAMI-2023-03")
        assert page.evaluate("window.stayed") is True
        assert "q=" in page.url
        assert wrong == []


def test_search_works_without_script(browser: Browser, site: Site) -> None:
    with reader(browser, site, java_script_enabled=False) as (page, _wrong):
        page.goto("/contracts")
        page.get_by_label("查找", exact=True).fill("特种设备")
        page.get_by_label("查找", exact=True).press("Enter")
        expect(page.locator("#results tbody tr")).to_have_count(1)
        page.goto("/alerts")
        page.get_by_label("状态").select_option("all")
        page.get_by_role("button", name="筛选").click()
        expect(page.locator("#results")).to_contain_text("已办结")
        page.goto("/")
        expect(page.locator("#months-table")).to_contain_text("合计")


def test_alerts_filter_and_page_without_a_reload(browser: Browser, site: Site) -> None:
    with reader(browser, site) as (page, wrong):
        page.goto("/alerts")
        page.evaluate("window.stayed = true")
        expect(page.locator("#results tbody tr")).to_have_count(8)
        page.get_by_label("种类").select_option("late_payment")
        expect(page.locator("#results")).to_contain_text("没有符合条件的预警")
        page.get_by_label("状态").select_option("all")
        expect(page.locator("#results")).to_contain_text("逾期付款")
        assert page.evaluate("window.stayed") is True
        page.go_back()
        expect(page.locator("#results")).to_contain_text("没有符合条件的预警")
        assert wrong == []


def test_a_keyboard_reaches_the_search(browser: Browser, site: Site) -> None:
    with reader(browser, site) as (page, wrong):
        page.goto("/contracts")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
        expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
        page.keyboard.press("Enter")
        for _ in range(8):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "q":
                break
        expect(page.get_by_label("查找", exact=True)).to_be_focused()
        page.keyboard.type("煤科")
        page.keyboard.press("Enter")
        expect(page.locator("#results tbody tr")).to_have_count(1)
        assert wrong == []


def test_another_day_is_chosen_and_left(browser: Browser, site: Site) -> None:
    with reader(browser, site) as (page, wrong):
        page.goto(site.contracts["ZIBO-2023-01"])
        page.get_by_label("查看日期").fill("2023-10-20")
        page.get_by_role("button", name="查看").click()
        expect(page.locator(".at-a-glance")).to_contain_text("逾期未付 2.00 万元")
        page.get_by_role("link", name="回到业务日期 2023-12-31").click()
        expect(page.locator(".at-a-glance")).not_to_contain_text("逾期未付")
        assert wrong == []


def test_a_parked_message_is_sent_again(browser: Browser, site: Site) -> None:
    with reader(browser, site) as (page, wrong):
        page.goto(site.parked)
        page.get_by_role("button", name="重新发送").click()
        expect(page.locator(".said")).to_contain_text("已列入待发送")
        expect(page.get_by_role("button", name="重新发送")).to_have_count(0)
        assert wrong == []


def test_paper_has_the_figures_and_not_the_controls(browser: Browser, site: Site) -> None:
    with reader(browser, site) as (page, _wrong):
        page.goto("/", wait_until="networkidle")
        page.emulate_media(media="print")
        expect(page.locator(".menu")).to_be_hidden()
        expect(page.locator(".day-form")).to_be_hidden()
        expect(page.locator("#months-chart")).to_be_hidden()
        expect(page.locator("#months-table")).to_be_visible()
        expect(page.locator(".today")).to_contain_text("2023-12-31（演示固定）")
