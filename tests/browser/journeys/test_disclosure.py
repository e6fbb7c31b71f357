"""A request for disclosure travels from its applicant to the office and back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import check
from tests.browser.conftest import NARROW, WIDE, Person
from tests.browser.instance import Instance
from tests.browser.people import Receipt, press, told

TITLE = "2025年路灯维修经费支出情况"
NOTICE = "请写明需要哪几条路、哪一年的支出。"
COMPLETION = "人民路和建设路，2025年全年。"
ANSWER = "您申请的支出情况随本答复提供，共两条路、三个项目。"


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_request_travels_there_and_back(instance: Instance, person: Person, width: int) -> None:
    """An applicant files, a handler asks for completion, the applicant completes, the handler answers
    and the applicant reads it; every page on the way keeps the rules of accessibility."""
    citizen = person(width=width)
    receipt = file(citizen)
    handler = person("city_handler", width=width)
    ask(handler, receipt)
    complete(citizen, receipt)
    answer(handler, receipt)
    read(citizen, receipt)


def choose(page: Page, name: str) -> None:
    """Choose the radio card with exactly this name."""
    page.get_by_role("radio", name=name, exact=True).check(force=True)


def file(page: Page) -> Receipt:
    """Go from the home page to the form, fill it, check it and send it."""
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="申请政府信息公开").click()
    check(page)
    page.get_by_role("main").get_by_role("link", name="填写申请").first.click()
    press(page, "核对申请")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page)
    picker = page.get_by_role("combobox", name="向哪个行政机关申请")
    picker.click()
    picker.press_sequentially("城市管理")
    page.get_by_role("option", name="山城市城市管理局").click()
    page.get_by_label("信息名称").fill(TITLE)
    page.get_by_label("内容描述").fill("路灯维修的项目和金额。")
    for name in ("电子文本", "在本站查看", "公民"):
        choose(page, name)
    page.get_by_label("姓名或单位名称").fill("周晓兰")
    page.get_by_label("证件号码").fill("11010519491231002X")
    page.get_by_label("电话").fill("13900000001")
    press(page, "核对申请")
    expect(page.locator("h1")).to_have_text("核对公开申请")
    check(page)
    press(page, "提交申请")
    expect(page.locator("h1")).to_have_text("申请已提交")
    check(page)
    number, code = page.locator("#receipt-number"), page.locator("#receipt-code")
    return Receipt(number.inner_text(), code.inner_text())


def ask(page: Page, receipt: Receipt) -> None:
    """Find the request in the queue and say what is missing."""
    page.goto("/console/disclosure")
    check(page)
    page.locator("tr").filter(has_text=receipt.number).get_by_role("link").click()
    expect(page.locator("body")).not_to_contain_text("周晓兰")
    check(page)
    page.locator("summary").get_by_text("通知补正", exact=True).click()
    form = page.locator("details.action").filter(has=page.get_by_label("需要补正的事项"))
    form.get_by_label("需要补正的事项").fill(NOTICE)
    press(form, "通知补正")
    told(page, "已通知申请人补正")


def open_request(page: Page, receipt: Receipt) -> None:
    """Open the request with number and code, as on another device."""
    page.context.clear_cookies()
    page.goto("/track")
    page.get_by_label("申请编号").fill(receipt.number)
    page.get_by_label("查询码").fill(receipt.code)
    press(page, "查询")
    expect(page.locator("h1")).to_have_text(TITLE)


def complete(page: Page, receipt: Receipt) -> None:
    """Read the notice and complete the request."""
    open_request(page, receipt)
    expect(page.locator("body")).to_contain_text(NOTICE)
    check(page)
    page.get_by_label("补正的内容").fill(COMPLETION)
    press(page, "提交补正")
    told(page, "补正的内容已经送到")


def answer(page: Page, receipt: Receipt) -> None:
    """Read the completion, look up the applicant and answer."""
    page.goto(f"/console/disclosure/{receipt.number}")
    expect(page.locator("body")).to_contain_text(COMPLETION)
    press(page, "查看申请人")
    expect(page.locator("#applicant")).to_contain_text("13900000001")
    page.locator("label.card-choice").filter(has_text="全部或部分提供").click()
    page.get_by_label("答复内容").fill(ANSWER)
    press(page, "核对答复")
    expect(page.locator(".letter--reply")).to_contain_text("行政复议")
    check(page)
    press(page, "返回修改")
    expect(page.get_by_label("答复内容")).to_have_value(ANSWER)
    press(page, "核对答复")
    press(page, "送出")
    told(page, "答复已送出")
    check(page)


def read(page: Page, receipt: Receipt) -> None:
    """Read the answer with its remedies; nothing is left to do."""
    open_request(page, receipt)
    expect(page.locator(".letter--reply")).to_contain_text(ANSWER)
    expect(page.locator(".letter--reply")).to_contain_text("行政复议")
    expect(page.get_by_role("button", name="撤回申请")).to_have_count(0)
    check(page)
