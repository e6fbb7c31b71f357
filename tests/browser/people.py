"""What people do on the pages, in their own words: write, track, log in, take a step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.pages import PASSWORD


@dataclass(frozen=True)
class Writing:
    """What a citizen types; ``place`` is typed into the picker and then chosen by its name."""

    title: str
    text: str
    kind: str = "咨询"
    typed: str = ""
    place: str = ""
    name: str = "周晓兰"
    phone: str = "13912345678"
    email: str = ""
    consent: bool = False


class NumberAndCode(Protocol):
    """What the receipt of a letter shows, read from a page or returned by the service."""

    @property
    def number(self) -> str: ...

    @property
    def code(self) -> str: ...


@dataclass(frozen=True)
class Receipt:
    """Number and query code as the receipt shows them."""

    number: str
    code: str


def press(page: Page | Locator, name: str) -> None:
    """Press the button ``name``."""
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page | Locator, name: str) -> None:
    """Choose the radio button whose label begins with ``name``, by its label."""
    page.locator("label.card-choice").filter(has_text=name).first.click()


def fill_letter(
    page: Page, writing: Writing, also: Callable[[Page], None] = lambda page: None
) -> None:
    """Fill the form of a letter on the page in view; ``also`` goes on beside its text."""
    choose(page, writing.kind)
    next_step(page)
    if writing.typed:
        picker = page.get_by_role("combobox", name="写给哪个单位")
        picker.click()
        picker.press_sequentially(writing.typed)
        page.get_by_role("option", name=writing.place).first.click()
        expect(picker).to_have_value(writing.place)
    next_step(page)
    page.get_by_label("标题").fill(writing.title)
    page.get_by_label("正文").fill(writing.text)
    also(page)
    next_step(page)
    page.get_by_label("姓名").fill(writing.name)
    page.get_by_label("电话").fill(writing.phone)
    page.get_by_label("电子邮箱").fill(writing.email)
    if writing.consent:
        page.get_by_label("同意把隐去个人信息的信件").check()


def next_step(page: Page) -> None:
    """Go to the next step of a form that is shown in steps; a form on one page has none."""
    # An expectation waits for the script of the page; looking whether a button is there does not.
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    button = page.get_by_role("button", name="下一步", exact=True)
    if button.is_visible():
        button.click()


def preview(page: Page, writing: Writing) -> None:
    """Write a letter as far as its preview."""
    page.goto("/write")
    fill_letter(page, writing)
    press(page, "预览")
    expect(page.get_by_role("heading", level=1)).to_have_text("预览信件")


def send(page: Page, writing: Writing) -> Receipt:
    """Write a letter, look at the preview and send it."""
    preview(page, writing)
    press(page, "寄出信件")
    return read_receipt(page)


def read_receipt(page: Page) -> Receipt:
    """Return what the receipt in view shows."""
    expect(page.get_by_role("heading", level=1)).to_have_text("信件已寄出")
    number, code = page.locator("#receipt-number"), page.locator("#receipt-code")
    return Receipt(number.inner_text(), code.inner_text())


def track(page: Page, receipt: NumberAndCode) -> None:
    """Open the letter with its number and code."""
    page.goto("/track")
    page.get_by_label("信件编号").fill(receipt.number)
    page.get_by_label("查询码").fill(receipt.code)
    press(page, "查询")
    expect(page.locator("body")).to_contain_text(receipt.number)


def log_in(page: Page, username: str) -> None:
    """Log in."""
    page.goto("/account/login")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    press(page, "登录")
    expect(page.locator(".bar")).to_be_visible()


def open_letter(page: Page, number: str) -> None:
    """Find a letter by its number and open it, as handlers do."""
    page.goto(f"/console/letters/{number}")
    expect(page.locator(".letter-head")).to_be_visible()


def action(page: Page, name: str) -> Locator:
    """Return the form of the action ``name`` on the letter page, unfolded where it is folded."""
    first = page.locator("section.action").filter(
        has=page.get_by_role("heading", name=f"下一步：{name}", exact=True)
    )
    if first.count():
        return first
    other = page.locator("details.action").filter(
        has=page.locator("summary").get_by_text(name, exact=True)
    )
    if other.get_attribute("open") is None:
        other.locator("summary").click()
    return other


def told(page: Page, words: str) -> None:
    """See the message that the step is done."""
    expect(page.locator(".flashes").first).to_contain_text(words)
