"""One letter travels the whole way, and both rates move by exactly as much as they should."""

import re
from decimal import ROUND_HALF_UP, Decimal

from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Person
from tests.browser.instance import Instance, eventually
from tests.browser.people import (
    Receipt,
    Writing,
    action,
    choose,
    open_letter,
    press,
    send,
    told,
    track,
)

PRIVATE = ("周晓兰", "13912345678", "11010519491231002X", "zhou.canary@example.com", "渝A6K852")
LETTER = Writing(
    title="石桥小学门口的斑马线什么时候重新画",
    text="我叫周晓兰，身份证 11010519491231002X，电话 13912345678，车牌渝A6K852。\n"
    "石桥小学门口的斑马线磨得看不见了，孩子过马路很危险。请问什么时候能重新画线？",
    kind="求助",
    typed="临江",
    place="临江区人民政府",
    email="zhou.canary@example.com",
    consent=True,
)
OFFICE = "023-63151234"
REPLY = (
    "周晓兰您好！来信收悉。石桥小学门口的斑马线已列入本月的画线计划，"
    "我委会同交通部门将于本月二十日前重新画线，并增设减速提示标志。"
    f"施工期间由学校安排护学岗。如有疑问，请拨打 {OFFICE}。感谢您的来信！"
)


def test_letter_travels_from_citizen_to_archive(instance: Instance, person: Person) -> None:
    """A letter is written, dispatched, supplemented, answered, signed, redacted by a second
    reviewer, found by a stranger without its personal data, and counted once in each figure."""
    stranger = person()
    before = figures(stranger)
    citizen = person()
    receipt = send(citizen, LETTER)
    dispatch(person("district_dispatcher"), receipt)
    handler = person("bureau_handler")
    ask(handler, receipt)
    supplement(citizen, receipt)
    answer(handler, receipt)
    sign(person("district_reviewer"), receipt)
    propose(handler, receipt)
    publish(person("district_reviewer2"), receipt)
    read_in_archive(stranger)
    rate(citizen, receipt)
    after = figures(stranger)
    moved = {name: after[name] - before[name] for name in after}
    assert moved == {"received": 1, "closed": 1, "published": 1}


def dispatch(page: Page, receipt: Receipt) -> None:
    """The dispatcher finds the letter in the inbox and gives it to a department below."""
    page.goto("/console/")
    page.get_by_role("link", name=re.compile("^待受理")).click()
    page.get_by_role("link", name=LETTER.title).first.click()
    expect(page.locator("body")).to_contain_text(receipt.number)
    form = action(page, "交办")
    picker = form.get_by_role("combobox", name="单位")
    picker.click()
    picker.press_sequentially("教育")
    page.get_by_role("option", name="临江区教育委员会").click()
    press(form, "交办")
    told(page, "已交办")


def ask(page: Page, receipt: Receipt) -> None:
    """The handler signs for the letter and asks its sender for more."""
    open_letter(page, receipt.number)
    press(action(page, "签收"), "签收")
    told(page, "已签收")
    form = action(page, "请来信人补充")
    form.get_by_label("请来信人补充什么").fill("请问是学校南门还是北门的斑马线？")
    press(form, "请来信人补充")
    told(page, "已请来信人补充")


def supplement(page: Page, receipt: Receipt) -> None:
    """The citizen opens the letter with its code and answers the question."""
    track(page, receipt)
    expect(page.locator("body")).to_contain_text("请问是学校南门还是北门的斑马线？")
    page.get_by_label("补充的内容").fill("是南门，靠公交站的那一条。")
    press(page, "提交补充")
    told(page, "补充的内容已经送到承办单位")


def answer(page: Page, receipt: Receipt) -> None:
    """The handler reads the supplement, writes the reply and sends it for sign-off."""
    open_letter(page, receipt.number)
    expect(page.locator("body")).to_contain_text("是南门，靠公交站的那一条。")
    page.get_by_role("link", name="写答复").first.click()
    page.locator(".editor textarea").fill(REPLY)
    press(page.locator(".editor"), "送审签")
    told(page, "已送审签")


def sign(page: Page, receipt: Receipt) -> None:
    """The first reviewer reads the reply and signs it."""
    open_letter(page, receipt.number)
    expect(page.locator("#review")).to_contain_text(OFFICE)
    press(action(page, "签发答复"), "签发答复")
    told(page, "已签发")


def propose(page: Page, receipt: Receipt) -> None:
    """The handler proposes publication and cannot decide on it."""
    open_letter(page, receipt.number)
    page.get_by_role("link", name="提请公示").first.click()
    press(page, "提请公示")
    told(page, "已提请公示")
    expect(page.get_by_role("button", name="同意公示", exact=True)).to_have_count(0)


def publish(page: Page, receipt: Receipt) -> None:
    """The second reviewer masks one finding by key, keeps the office's number with a reason,
    masks the rest at once and publishes."""
    open_letter(page, receipt.number)
    page.get_by_role("link", name="打开公示审核页").first.click()
    expect(page.get_by_role("button", name="同意公示", exact=True)).to_be_disabled()
    left = int(re.sub(r"\D", "", page.locator(".remaining").inner_text()))
    assert left > 1, "the detectors found nothing to settle"
    page.locator("[data-open] [data-row-link]").first.focus()
    page.keyboard.press("m")
    expect(page.locator(".remaining")).to_have_text(re.compile(rf"^{left - 1} "))
    office = page.locator("#findings li").filter(has_text=OFFICE)
    office.locator("summary").click()
    office.get_by_label("保留的理由").fill("承办单位公开的办公电话")
    press(office, "确定保留")
    expect(page.locator(".remaining")).to_have_text(re.compile(rf"^{left - 2} "))
    press(page, "其余全部脱敏")
    expect(page.locator(".remaining")).to_have_text(re.compile(r"^0 "))
    copy = page.locator("article.pane").filter(has_text="公众将看到")
    for secret in PRIVATE:
        expect(copy).not_to_contain_text(secret)
    press(page, "同意公示")
    told(page, "已公示")


def read_in_archive(page: Page) -> None:
    """A stranger finds the entry with a few words and reads it; nobody can be recognised."""

    def found() -> bool:
        page.goto("/archive?q=斑马线 画线")
        return page.get_by_role("link", name=LETTER.title).count() > 0

    eventually(found, "the worker indexes the entry")
    assert page.locator(".hit__lines mark, .hits mark").count(), "the words found are not marked"
    nobody_in(page)
    page.get_by_role("link", name=LETTER.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LETTER.title)
    expect(page.locator(".letter--reply")).to_contain_text("列入本月的画线计划")
    expect(page.locator(".letter--reply")).to_contain_text(OFFICE)
    nobody_in(page)


def nobody_in(page: Page) -> None:
    """Nothing that identifies the sender is in the source of the page."""
    source = page.content()
    assert [secret for secret in PRIVATE if secret in source] == []


def rate(page: Page, receipt: Receipt) -> None:
    """The citizen reads the reply and rates it."""
    track(page, receipt)
    expect(page.locator(".letter--reply")).to_contain_text("列入本月的画线计划")
    form = page.locator("form").filter(has=page.get_by_role("button", name="提交评价"))
    choose(form.locator("fieldset").nth(0), "5 分")
    choose(form.locator("fieldset").nth(1), "4 分")
    press(form, "提交评价")
    told(page, "感谢您的评价")
    expect(page.locator("body")).to_contain_text("服务态度 5 分，办事效率 4 分")


def figures(page: Page) -> dict[str, int]:
    """Read this year's figures; statistics, home page and open data must say the same."""
    page.goto("/statistics")
    read = rates(page)
    page.goto("/")
    assert rates(page) == read
    total = page.request.get("/statistics/data.json").json()["total"]
    assert {name: total[name] for name in read} == read
    return read


def rates(page: Page) -> dict[str, int]:
    """Read numerators and denominators of both rates on the page, and recompute the rates."""
    read = {"received": 0, "closed": 0, "published": 0}
    if not page.locator(".figure").count():
        return read
    for label, names in (("办结率", ("closed", "received")), ("挂网率", ("published", "closed"))):
        figure = page.locator(".figure").filter(has=page.get_by_text(label, exact=True))
        parts = figure.locator(".figure__parts").first.inner_text().replace(",", "")
        top, below = (int(n) for n in re.findall(r"\d+", parts))
        shown = figure.locator(".figure__value").first.inner_text()
        assert re.sub(r"[\s%％]", "", shown) == percent(top, below)
        read |= zip(names, (top, below), strict=True)
    return read


def percent(top: int, below: int) -> str:
    """Return the share in hundredths, rounded half up; a dash where there is nothing to divide."""
    if not below:
        return "—"
    share = Decimal(100 * top) / Decimal(below)
    return str(share.quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_citizen_writes_and_tracks_on_a_phone(instance: Instance, person: Person) -> None:
    """A citizen on a narrow screen writes to nobody in particular and finds the letter again."""
    page = person(width=NARROW)
    page.goto("/")
    page.get_by_role("link", name="写信").first.click()
    receipt = send(page, Writing("楼下路灯坏了", "梧桐小区三号楼下的路灯坏了一周，请派人来修。"))
    page.context.clear_cookies()
    track(page, receipt)
    expect(page.locator("h1")).to_have_text("楼下路灯坏了")
    expect(page.locator(".timeline")).to_contain_text("待受理")
    page.get_by_text("不想办了，撤回这封信").click()
    press(page, "撤回信件")
    press(page, "确定撤回")
    told(page, "信件已经撤回")
