"""Large type and writing in steps: what older people and small telephones get."""

from playwright.sync_api import Page, expect

from tests.browser.checks import check, settled
from tests.browser.conftest import NARROW, WIDE, Person
from tests.browser.people import choose, press

TITLES = ("什么事", "写给谁", "写什么", "怎么联系您")


def shown(page: Page) -> list[str]:
    """Return the titles of the steps in view."""
    titles = page.locator(".step__title")
    return [each.inner_text() for each in titles.all() if each.is_visible()]


def size(page: Page) -> float:
    """Return the size of the page's text in px."""
    return float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))


def test_a_letter_in_steps_on_a_telephone(person: Person) -> None:
    """One step at a time, the button in reach; going back leads to the step before and keeps all."""
    page = settled(_opened(person(width=NARROW)))
    assert shown(page) == [TITLES[0]]
    expect(page.get_by_role("button", name="下一步")).to_be_in_viewport()
    choose(page, "咨询")
    press(page, "下一步")
    assert shown(page) == [TITLES[1]]
    press(page, "下一步")
    page.get_by_label("标题").fill("路灯坏了")
    page.get_by_label("正文").fill("楼下的路灯坏了一周。")
    page.go_back()
    assert shown(page) == [TITLES[1]]
    page.go_forward()
    expect(page.get_by_label("标题")).to_have_value("路灯坏了")
    press(page, "下一步")
    assert shown(page) == [TITLES[3]]
    expect(page.get_by_role("button", name="预览")).to_be_visible()
    check(page, NARROW)
    page.set_viewport_size({"width": WIDE, "height": 900})
    expect(page.get_by_label("标题")).to_be_visible()
    assert shown(page) == list(TITLES)


def test_a_step_says_what_it_lacks(person: Person) -> None:
    """The message of a field that must be filled comes at its step, and goes once it is filled."""
    page = settled(_opened(person(width=NARROW)))
    press(page, "下一步")
    assert shown(page) == [TITLES[0]]
    expect(page.locator("#kind .field__error")).to_have_count(1)
    expect(page.locator("#kind input").first).to_be_focused()
    choose(page, "咨询")
    press(page, "下一步")
    assert shown(page) == [TITLES[1]]
    page.go_back()
    expect(page.locator("#kind .field__error")).to_have_count(0)


def test_an_error_of_the_server_opens_its_step(person: Person) -> None:
    """The form comes back at the first step with an error; a link of the summary opens another."""
    page = settled(_opened(person(width=NARROW)))
    choose(page, "咨询")
    press(page, "下一步")
    press(page, "下一步")
    page.get_by_label("标题").fill("长" * 101)
    page.get_by_label("正文").fill("楼下的路灯坏了一周。")
    press(page, "下一步")
    page.get_by_label("姓名").fill("周晓兰")
    press(page, "预览")
    settled(page)
    assert shown(page) == [TITLES[2]]
    page.locator('.error-summary a[href="#phone"]').click()
    expect(page.get_by_label("电话")).to_be_visible()
    assert shown(page) == [TITLES[3]]


def test_large_type_is_one_tap_away_and_remembered(person: Person) -> None:
    """24 px and more on every page until one goes back; less to read, in steps on a desk as well."""
    page = person()
    page.goto("/")
    expect(page.get_by_role("heading", name="按单位查找")).to_be_visible()
    assert size(page) < 18
    press(page, "大字版")
    expect(page.get_by_role("heading", name="按单位查找")).to_be_hidden()
    check(page, WIDE, NARROW)
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto("/write")
    assert size(settled(page)) >= 24
    assert shown(page) == [TITLES[0]]
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('main *, header *')]"
        ".filter((each) => each.checkVisibility() && each.innerText?.trim())"
        ".map((each) => parseFloat(getComputedStyle(each).fontSize)))"
    )
    assert smallest >= 24
    press(page, "回到标准版")
    assert shown(page) == list(TITLES)
    page.reload()
    assert size(settled(page)) < 18


def test_the_page_is_read_aloud(person: Person) -> None:
    """The page is read sentence by sentence in its language, and the button stops it."""
    page = person()
    page.add_init_script(
        "window.said = []; speechSynthesis.speak = (each) => said.push([each.lang, each.text]);"
        "speechSynthesis.cancel = () => said.push('stopped');"
    )
    page.goto("/about")
    press(page, "大字版")
    said_before = page.evaluate("said.length")
    page.get_by_role("button", name="朗读本页").click()
    expect(page.get_by_role("button", name="停止朗读")).to_have_attribute("aria-pressed", "true")
    said = page.evaluate("said")[said_before:]
    assert said[0] == "stopped" and len(said) > 20
    assert {lang for lang, _text in said[1:]} == {"zh-CN"}
    assert said[1][1].strip() == "关于本站"


def _opened(page: Page) -> Page:
    page.goto("/write")
    return page
