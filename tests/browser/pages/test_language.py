"""The switch between Chinese and English."""

import re

import pytest
from playwright.sync_api import Page, expect

from portal.instance_folder import SOURCE_ROOT
from tests.browser.checks import check, unfold
from tests.browser.conftest import NARROW, WIDE, Person
from tests.browser.letters import Letters, matter_in, results_in

CATALOGUE = SOURCE_ROOT / "portal/translations/en/LC_MESSAGES/messages.mo"
HAN = re.compile(r"[\u4e00-\u9fff]")


def switch(page: Page, name: str) -> None:
    """Follow the link that names the language."""
    page.get_by_role("link", name=name, exact=True).click()


def test_language_switches_and_stays(person: Person) -> None:
    """English is a link to the page in view, says so to screen readers and stays on the next
    page."""
    page = person()
    page.goto("/track")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    switch(page, "English")
    expect(page).to_have_url(re.compile(r"/en/track$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".masthead__mark").click()
    expect(page).to_have_url(re.compile(r"/en/$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    switch(page, "中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


compiled = pytest.mark.skipif(not CATALOGUE.exists(), reason="the English catalogue is missing")
PUBLIC = (
    "/",
    "/write",
    "/track",
    "/archive",
    "/archive?q=火星移民签证",
    "/organisations",
    "/statistics",
    "/statistics/refusals",
    "/statistics/reports",
    "/statistics/record",
    "/hot",
    "/api/v1/",
    "/about",
    "/privacy",
    "/accessibility",
    "/account/login",
    "/nowhere",
)
OFFICE = "/console/", "/console/letters/{in_progress}", "/console/statistics", "/account/"


@compiled
@pytest.mark.parametrize("path", PUBLIC)
def test_english_page_speaks_english(path: str, person: Person) -> None:
    """On an English page navigation, headings, labels and buttons are English."""
    page = person()
    page.goto(f"/en{path}")
    assert chinese(page, "nav a, footer, h1, h2, label, legend, main button, summary") == []
    unfold(page)
    check(page, WIDE, NARROW)


@compiled
@pytest.mark.parametrize("name", ["results", "entry", "organisation", "district", "unit", "matter"])
def test_english_page_of_letters_is_accessible(name: str, person: Person, letters: Letters) -> None:
    """English pages with Chinese letters in them keep WCAG 2.1 AA and fit, with all folds open."""
    page = person()
    if name == "results":
        results_in(page, "/en")
    elif name == "matter":
        matter_in(page, "/en")
    else:
        path = {
            "entry": f"/archive/{letters.entry}",
            "organisation": "/organisations?q=临江",
            "district": f"/organisations/{letters.organisation}",
            "unit": "/statistics/city?compare=last_year",
        }[name]
        page.goto(f"/en{path}")
    unfold(page)
    check(page, WIDE, NARROW)


@compiled
def test_english_console_speaks_english(person: Person, letters: Letters) -> None:
    """A handler who chooses English has English navigation, queues, headings and buttons."""
    page = person("city_handler")
    page.goto("/console/")
    page.locator(".menu summary").click()
    switch(page, "English")
    for path in OFFICE:
        page.goto(f"/en{path}".format(**vars(letters)))
        assert chinese(page, "nav a, h2, label, legend, main button, main summary, th") == []


def chinese(page: Page, selector: str) -> list[str]:
    """Return the words in Chinese among those of ``selector``."""
    expect(page.locator("html")).to_have_attribute("lang", "en")
    words = page.locator(selector).all_inner_texts()
    return [said for said in words if HAN.search(said)]


@compiled
def test_english_lists_wrap(person: Person, letters: Letters) -> None:
    """English is longer: on a telephone no queue is out of sight, and marks may take two lines."""
    page = person("city_handler", width=NARROW)
    page.goto("/en/console/?queue=all")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".rows .chip").first).to_have_css("white-space", "normal")
    hidden = "all => all.filter(e => e.scrollWidth > e.clientWidth).length"
    assert page.locator(".queues__list").evaluate_all(hidden) == 0
    check(page, NARROW)
