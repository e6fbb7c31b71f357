"""The switch between Chinese and English."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.config import SOURCE_ROOT
from tests.browser.checks import check
from tests.browser.conftest import WIDE, Person

CATALOGUE = SOURCE_ROOT / "portal/translations/en/LC_MESSAGES/messages.mo"
HAN = re.compile(r"[\u4e00-\u9fff]")
OWN_NAME = {"中文"}
"""The switch back says the other language's name in that language."""


def switch(page: Page, name: str) -> None:
    """Press the button that names the language."""
    page.get_by_role("button", name=name, exact=True).click()


def test_language_switches_and_stays(person: Person) -> None:
    """English is chosen with a button, says so to screen readers, stays on the next page and
    leads back to the page in view."""
    page = person()
    page.goto("/track")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    switch(page, "English")
    expect(page).to_have_url(re.compile(r"/track\??$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/write")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    switch(page, "中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the English catalogue is not compiled")
@pytest.mark.parametrize("path", ["/", "/write", "/track", "/archive", "/account/login", "/about"])
def test_english_page_speaks_english(path: str, person: Person) -> None:
    """On an English page navigation, headings, labels and buttons are English."""
    page = person()
    page.goto("/account/login")
    switch(page, "English")
    page.goto(path)
    words = page.locator("nav a, footer a, h1, h2, label, legend, button").all_inner_texts()
    chinese = [said for said in words if HAN.search(said) and said.strip() not in OWN_NAME]
    assert chinese == []
    check(page, WIDE)


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the English catalogue is not compiled")
def test_english_console_speaks_english(person: Person) -> None:
    """A clerk who chooses English has English navigation, queues and buttons."""
    page = person("office_dispatcher")
    page.goto("/console/")
    page.locator(".menu summary").click()
    switch(page, "English")
    words = page.locator(".bar__nav a, .queues a, button").all_inner_texts()
    chinese = [said for said in words if HAN.search(said) and said.strip() not in OWN_NAME]
    assert chinese == []
