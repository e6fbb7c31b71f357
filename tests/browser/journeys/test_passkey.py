"""A member of staff adds a passkey and logs in with it, on a device that Chromium plays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import TIMEOUT
from tests.browser.instance import Instance, a_served_instance
from tests.pages import PASSWORD

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def own_instance(tmp_path: Path, keys: Path, password_hash: str) -> Iterator[Instance]:
    """A letterbox of the test's own, whose limits concern nobody else."""
    with a_served_instance(tmp_path, keys, password_hash) as instance:
        yield instance


def show_password(page: Page, home: str) -> None:
    """Send the login form with name and password."""
    page.goto(f"{home}/account/login")
    page.locator("#username").fill("City_Handler")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def test_a_passkey_completes_a_login(browser: Browser, own_instance: Instance) -> None:
    """With a passkey the password alone opens nothing; the device signs, and the inbox is there."""
    # Browsers bind passkeys to names of hosts, not to addresses.
    home = own_instance.address.replace("127.0.0.1", "localhost")
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    show_password(page, home)
    # A page opened while the login is on its way would lose its challenge with the cookie.
    expect(page).to_have_url(f"{home}/console/")
    page.goto(f"{home}/account/passkeys")
    page.locator("#name").fill("办公室电脑")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    page.goto(f"{home}/account/passkeys")
    expect(page.locator("tbody")).to_contain_text("办公室电脑")
    context.clear_cookies()
    show_password(page, home)
    expect(page.locator("h1")).to_have_text("两步验证")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page).to_have_url(f"{home}/console/")
    page.goto(f"{home}/account/passkeys")
    page.locator("summary", has_text="删除").click()
    page.locator("tbody [name=password]").fill(PASSWORD)
    page.get_by_role("button", name="删除通行密钥").click()
    expect(page.locator("tbody")).to_have_count(0)
    devices.send(
        "WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device["authenticatorId"]}
    )
    context.close()
