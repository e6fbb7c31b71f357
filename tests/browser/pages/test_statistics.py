"""The statistics on a phone and on a desk: figures first, the form where there is room."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Person

pytestmark = pytest.mark.usefixtures("letters")


@pytest.mark.parametrize("script", [True, False])
def test_both_rates_stand_on_the_first_screen_of_a_phone(person: Person, script: bool) -> None:
    """With or without script the form is a line, and both rates come before any scrolling."""
    page = person(width=NARROW, script=script)
    page.set_viewport_size({"width": NARROW, "height": 700})
    page.goto("/statistics")
    expect(page.locator("#ask-year")).to_be_hidden()
    for name in ("办结率", "挂网率"):
        expect(page.locator(".figure").filter(has_text=name).first).to_be_in_viewport(ratio=1)
    page.locator(".asking__now").click()
    expect(page.locator("#ask-year")).to_be_visible()


def test_where_there_is_room_nothing_needs_unfolding(person: Person) -> None:
    """On a wide screen the form is open, and the distributions as soon as their part is."""
    page = person(width=WIDE)
    page.goto("/statistics")
    expect(page.locator("#ask-year")).to_be_visible()
    expect(page.locator(".asking__now")).to_be_hidden()
    page.locator("#quality-title").click()
    expect(page.get_by_text("办结用了多少个工作日")).to_be_visible()


def test_a_table_stays_a_table_on_a_phone(person: Person) -> None:
    """The headings of columns stand above their figures, within the width of the screen."""
    page = person(width=NARROW)
    page.goto("/statistics")
    page.locator("#kinds-title").click()
    table = page.locator(".part[open] .table--rates").first
    head, cell = (table.locator(f"{part} .at-closure").first for part in ("thead", "tbody"))
    expect(head).to_be_visible()
    above, below = head.bounding_box(), cell.bounding_box()
    assert above and below
    assert abs(above["x"] + above["width"] - below["x"] - below["width"]) < 1
    assert below["x"] + below["width"] <= NARROW


def test_parts_open_with_the_keyboard_without_script(person: Person) -> None:
    """A part of the figures is folded behind its heading until it is opened."""
    page = person(script=False)
    page.goto("/statistics")
    expect(page.locator(".part[open]")).to_have_count(0)
    page.locator(".part:has(#kinds-title) > summary").press("Enter")
    expect(page.locator(".part[open] .table--rates").first).to_be_visible()


@pytest.mark.parametrize("language", ["", "/en"])
def test_no_figure_of_a_comparison_is_cut_on_a_phone(person: Person, language: str) -> None:
    """The table of two sides fits the screen, and every text of it its cell."""
    page = person(width=NARROW)
    page.goto(f"{language}/statistics?with=city")
    expect(page.locator(".table__change").first).to_be_visible()
    cut = page.locator(".table-wrap:has(.table--compare), .table--compare :is(th, td)")
    wide = "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.textContent)"
    assert cut.evaluate_all(wide) == []
