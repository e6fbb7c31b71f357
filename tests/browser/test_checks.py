"""The checks on pages see what they are there for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.checks import Watch, check
from tests.browser.conftest import NARROW, WIDE, Person
from tests.browser.instance import Instance


def test_check_sees_a_field_without_a_label(person: Person) -> None:
    """A field that a screen reader could not name fails the check."""
    page = person()
    page.goto("/track")
    page.evaluate("document.querySelectorAll('main label').forEach((each) => each.remove())")
    with pytest.raises(AssertionError, match="label"):
        check(page, WIDE)


def test_check_sees_what_sticks_out(person: Person) -> None:
    """A line that is wider than a narrow screen fails the check there."""
    page = person()
    page.goto("/track")
    page.evaluate("document.querySelector('h1').style.width = '600px'")
    check(page, WIDE)
    with pytest.raises(AssertionError, match="sideways"):
        check(page, NARROW)


@pytest.fixture
def watched(browser: Browser, instance: Instance) -> Iterator[tuple[Page, Watch]]:
    """A page under a watch of its own."""
    with browser.new_context(base_url=instance.address) as context:
        page, watch = context.new_page(), Watch()
        watch.over(page)
        page.goto("/track")
        assert watch.seen == []
        yield page, watch


def test_watch_sees_what_the_policy_stops(watched: tuple[Page, Watch]) -> None:
    """A script inside the page is stopped by the content security policy, and that is seen."""
    page, watch = watched
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'taken'";
            document.head.append(script);
        }"""
    )
    page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    assert page.title() != "taken"
    assert any("Content Security Policy" in said for said in watch.seen)


def test_watch_sees_a_missing_file(watched: tuple[Page, Watch]) -> None:
    """A picture that is not there is seen."""
    page, watch = watched
    with page.expect_response("**/missing.svg"):
        page.evaluate("document.querySelector('img').src = '/static/img/missing.svg'")
    page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    assert any("404" in said for said in watch.seen)
