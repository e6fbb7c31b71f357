"""Somebody who writes is shown an answer, finds it enough, and need not write any more."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from portal.models import DeflectedLetter
from tests.archive import entry_of
from tests.browser.checks import check
from tests.browser.conftest import NARROW, WIDE, Person
from tests.browser.instance import Instance, days_ago, eventually
from tests.browser.people import Writing, fill_letter, press, preview
from tests.builders import a_published

TITLE, TEXT = (
    "滨江步道的护栏松动",
    "滨江步道亲水平台的护栏松动了，孩子常在那里玩，请问什么时候加固？",
)
WRITING = Writing(TITLE, TEXT)
ASK = "这条答复解决您的问题了吗？"
SOLVED = "解决了，不用写信了"
THANKS = "谢谢，您少写了一封信"


@pytest.fixture
def entry_id(instance: Instance, person: Person) -> int:
    """A public entry about the same thing, known to the index."""
    with instance.inside() as world:
        letter = a_published(world.session, world, now=days_ago(30), title=TITLE, text=TEXT)
        entry_id = entry_of(world.session, letter).id
    page = person()
    eventually(lambda: _suggested(page, entry_id), "the entry is suggested")
    return entry_id


def _suggested(page: Page, entry_id: int) -> bool:
    page.goto(f"/archive/similar?title={TITLE}&text={TEXT}")
    return page.locator(f'a[href="/archive/{entry_id}?from=write"]').count() == 1


def counted(instance: Instance, entry_id: int) -> int:
    """Return how many letters the entry has spared so far."""
    query = sa.select(sa.func.count(DeflectedLetter.id)).filter_by(entry_id=entry_id)
    with instance.inside() as world:
        return world.session.scalar(query) or 0


def opened(page: Page, entry_id: int) -> Page:
    """Open the suggested entry beside the letter in view, as a click does."""
    with page.expect_popup() as window:
        page.locator(f'a[href="/archive/{entry_id}?from=write"]').click()
    expect(window.value.get_by_text(ASK)).to_be_in_viewport()
    return window.value


def test_an_answer_spares_a_letter(instance: Instance, person: Person, entry_id: int) -> None:
    """From the form to a similar answer: it is enough, counts once, and the draft can go."""
    page = person()
    page.goto("/write")
    fill_letter(page, WRITING)
    expect(page.locator("[data-draft-status]")).to_be_visible()
    answer = opened(page, entry_id)
    check(answer, WIDE, NARROW)
    answer.get_by_role("button", name=SOLVED).dblclick()
    expect(answer.get_by_role("heading", name=THANKS)).to_be_in_viewport()
    expect(answer.get_by_text(ASK)).to_have_count(0)
    assert counted(instance, entry_id) == 1
    check(answer, WIDE, NARROW)
    press(answer, "删除这份草稿")
    expect(answer.get_by_text("草稿已删除。")).to_be_focused()
    page.goto("/write")
    expect(page.locator("[data-draft-offer]")).to_be_hidden()
    answer.reload()
    expect(answer.locator("[data-draft-left]")).to_be_hidden()


def test_an_answer_that_does_not_help_leads_back(
    instance: Instance, person: Person, entry_id: int
) -> None:
    """The window of the answer closes, and the letter stands as it was left."""
    page = person(width=NARROW)
    page.goto("/write")
    fill_letter(page, WRITING)
    expect(page.locator("[data-draft-status]")).to_be_visible()
    press(page, "上一步")
    answer = opened(page, entry_id)
    with answer.expect_event("close"):
        answer.get_by_role("link", name="没有，回去接着写").click()
    expect(page.get_by_label("正文")).to_have_value(TEXT)
    assert counted(instance, entry_id) == 0


def test_the_way_back_from_the_same_window(person: Person, entry_id: int) -> None:
    """Where the answer was opened in the same window, the form offers what was written."""
    page = person()
    page.goto("/write")
    fill_letter(page, WRITING)
    expect(page.locator("[data-draft-status]")).to_be_visible()
    page.goto(f"/archive/{entry_id}?from=write")
    page.get_by_role("link", name="没有，回去接着写").click()
    press(page, "接着写")
    expect(page.get_by_label("正文")).to_have_value(TEXT)


def test_the_preview_asks_without_script(instance: Instance, person: Person, entry_id: int) -> None:
    """Without script the preview shows the answer, and saying that it helped counts."""
    page = person(script=False, width=NARROW)
    preview(page, WRITING)
    answer = opened(page, entry_id)
    answer.get_by_role("button", name=SOLVED).click()
    expect(answer.get_by_role("heading", name=THANKS)).to_be_in_viewport()
    expect(answer.locator("[data-draft-left]")).to_be_hidden()
    assert counted(instance, entry_id) == 1
    expect(page.get_by_role("button", name="寄出信件")).to_be_visible()


def test_a_reader_who_came_by_searching_says_so_too(
    instance: Instance, person: Person, entry_id: int
) -> None:
    """Beside the votes stands a link to the question for whoever would have written."""
    page = person()
    page.goto(f"/archive/{entry_id}")
    check(page, WIDE, NARROW)
    page.get_by_role("link", name="我本来要写信，现在不用了").click()
    press(page, "解决了，不用写信了")
    expect(page.get_by_role("heading", name=THANKS)).to_be_in_viewport()
    assert counted(instance, entry_id) == 1
