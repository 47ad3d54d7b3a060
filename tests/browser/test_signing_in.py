"""A person with a phone signs in for the first time, in a real browser."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from kernel.access.actor import LOCAL_OPERATOR
from kernel.access.roles import Role
from kernel.database import Database
from kernel.settings import Settings
from monitor.app import create_app
from people.sign_in.security_policy import PolicyTerms, change_policy
from people.sign_in.set_up import offer_set_up
from tests.browser.test_screens import DESKTOP, PHONE, TOO_WIDE
from tests.clocks import StoppedClock
from tests.signing_in import OTHER_PASSWORD, PASSWORD, code_at, member
from tests.web import NOW, TODAY

pytestmark = pytest.mark.browser


@pytest.fixture
def base(database: Database, tmp_path: Path) -> Iterator[str]:
    """The service, served."""
    app = create_app(Settings(data_dir=tmp_path), database, StoppedClock(NOW, TODAY))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_signing_in_with_a_phone(
    browser: Browser, base: str, database: Database, size: dict[str, int]
) -> None:
    member(database, "an.quan", (Role.SECURITY_ADMIN, None))
    with database.writing(LOCAL_OPERATOR) as session:
        change_policy(session, PolicyTerms(second_factor_roles=(Role.SECURITY_ADMIN,)), 1)
    context = browser.new_context(base_url=base, locale="zh-CN", viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/security-policy")
    _enter(page, "an.quan", "wrong")
    expect(page.get_by_role("alert")).to_have_text("登录名或密码不正确")
    expect(page.get_by_label("登录名")).to_have_value("an.quan")
    _enter(page, "an.quan", PASSWORD)
    expect(page.get_by_role("heading", name="请先启用动态口令")).to_be_visible()
    assert page.locator(".qr").evaluate("image => image.naturalWidth") > 100
    secret = page.locator(".totp-key").inner_text().replace(" ", "")
    page.get_by_label("应用显示的 6 位动态口令").fill(code_at(secret))
    page.get_by_role("button", name="启用").click()
    expect(page.locator(".codes li")).to_have_count(10)
    recovery = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="已保存，继续").click()
    expect(page.get_by_role("heading", name="安全策略")).to_be_visible()
    assert page.evaluate(TOO_WIDE) == 0
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_text("已退出登录")).to_be_visible()
    _enter(page, "an.quan", PASSWORD)
    page.get_by_label("手机上显示的 6 位动态口令").fill(recovery)
    page.get_by_role("button", name="继续").click()
    page.goto("/account")
    expect(page.get_by_text("还有 9 个备用码")).to_be_visible()
    assert page.evaluate(TOO_WIDE) == 0
    context.close()


def test_the_first_administrators_by_a_printed_link(
    browser: Browser, base: str, database: Database
) -> None:
    context = browser.new_context(base_url=base, locale="zh-CN", viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"/set-up/{offer_set_up(database, NOW)}")
    for role, login in (("system", "xi.tong"), ("security", "an.quan"), ("audit", "shen.ji")):
        page.locator(f"#{role}_admin_login").fill(login)
        page.locator(f"#{role}_admin_name").fill("某人")
    page.get_by_label("三名管理员登录时必须使用动态口令").uncheck()
    page.locator("#password").fill(PASSWORD)
    page.locator("#repeated").fill(PASSWORD)
    page.get_by_role("button", name="建立三名管理员").click()
    links = page.locator("dd code").all_inner_texts()
    assert len(links) == 2
    assert page.evaluate(TOO_WIDE) == 0
    page.goto(links[0])
    page.locator("#password").fill(OTHER_PASSWORD)
    page.locator("#repeated").fill(OTHER_PASSWORD)
    page.get_by_role("button", name="设置密码").click()
    _enter(page, "an.quan", OTHER_PASSWORD)
    expect(page.locator(".who")).to_contain_text("安全管理员")
    context.close()


def _enter(page: Page, login: str, password: str) -> None:
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
