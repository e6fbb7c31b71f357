"""Script that comes late, as on a slow line: what was done before it came is kept."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from portal.domain.letters.states import State
from tests.browser.checks import UNSETTLED, settled
from tests.browser.conftest import Person
from tests.browser.instance import Instance, days_ago
from tests.builders import a_letter


@contextmanager
def _late(page: Page, name: str) -> Iterator[None]:
    """Hold the script ``name`` back until the block ends, and let people act before it comes."""
    held: list[Route] = []
    script = f"**/js/{name}.js*"
    page.remove_locator_handler(page.locator(UNSETTLED))
    page.route(script, lambda route: held.append(route))
    yield
    assert held, f"the page did not ask for {name}.js"
    for route in held:
        route.continue_()
    page.unroute(script)
    settled(page)


def test_reply_typed_before_the_script_came_is_saved(instance: Instance, person: Person) -> None:
    """A handler who types at once and then only reads finds the draft saved."""
    with instance.inside() as world:
        number = a_letter(world.session, world, State.IN_PROGRESS, now=days_ago(2)).number
    page = person("city_handler")
    with _late(page, "autosave"):
        page.goto(f"/console/letters/{number}/reply")
        page.locator(".editor textarea").fill("您好！路灯已修好。")
    expect(page.locator("[data-autosave-status]")).to_contain_text("已保存")


def test_letter_begun_before_the_script_came_is_kept(person: Person) -> None:
    """A citizen's first words count as a draft even when typed before the script came."""
    page = person()
    with _late(page, "draft"):
        page.goto("/write")
        page.get_by_label("标题").fill("线路很慢时写下的标题")
    expect(page.locator("[data-draft-status]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-draft-offer]")).to_be_visible()


def test_place_in_the_list_is_kept_when_it_becomes_a_picker(person: Person) -> None:
    """Whoever had gone to the list of organisations goes on typing in the field it becomes."""
    page = person()
    with _late(page, "tree-picker"):
        page.goto("/write")
        page.get_by_role("combobox", name="写给哪个单位").focus()
    expect(page.locator("input[role=combobox]")).to_be_focused()
    expect(page.get_by_role("option", name="不清楚，由信箱办分办")).to_be_visible()
