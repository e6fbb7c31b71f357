"""Without JavaScript everything can still be done: script only improves."""

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.instance import Instance
from tests.browser.people import Writing, action, choose, open_letter, press, send, told, track

LETTER = Writing("公交站台没有雨棚", "人民路公交站台没有雨棚，下雨天等车很不方便，能否加装？")


def test_citizen_writes_chooses_a_unit_and_tracks_without_script(person: Person) -> None:
    """Without script the unit is chosen from a plain list, and preview, receipt and track work."""
    page = person(script=False)
    page.goto("/write")
    choose(page, "建议")
    page.locator("select[name=organisation]").select_option(label="山城市城市管理局")
    page.get_by_label("标题").fill(LETTER.title)
    page.get_by_label("正文").fill(LETTER.text)
    page.get_by_label("姓名").fill(LETTER.name)
    page.get_by_label("电话").fill(LETTER.phone)
    press(page, "预览")
    expect(page.locator("body")).to_contain_text("山城市城市管理局")
    press(page, "返回修改")
    expect(page.get_by_label("正文")).to_have_value(LETTER.text)
    press(page, "预览")
    press(page, "寄出信件")
    expect(page.locator("#receipt-code")).to_be_visible()
    number = page.locator("#receipt-number").inner_text()
    code = page.locator("#receipt-code").inner_text()
    page.goto("/track")
    page.get_by_label("信件编号").fill(number.replace("-", " "))
    page.get_by_label("查询码").fill(code.lower())
    press(page, "查询")
    expect(page.locator("h1")).to_have_text(LETTER.title)


def test_citizen_types_a_unit_nearly_right_without_script(person: Person) -> None:
    """Without script a name nearly right is asked about, and the choice goes into the preview."""
    page = person(script=False)
    page.goto("/write")
    choose(page, "建议")
    page.get_by_label("或写出单位名称").fill("临江区教委")
    page.get_by_label("标题").fill(LETTER.title)
    page.get_by_label("正文").fill(LETTER.text)
    page.get_by_label("姓名").fill(LETTER.name)
    page.get_by_label("电话").fill(LETTER.phone)
    press(page, "预览")
    expect(page.locator(".error-summary")).to_contain_text("没有叫“临江区教委”的单位")
    choose(page, "临江区教育委员会")
    press(page, "预览")
    expect(page.locator("h1")).to_have_text("预览信件")
    expect(page.locator("main")).to_contain_text("临江区教育委员会")


def test_errors_are_told_and_nothing_is_lost_without_script(person: Person) -> None:
    """Without script a letter that lacks something comes back with its text and what is missing."""
    page = person(script=False)
    page.goto("/write")
    page.get_by_label("正文").fill(LETTER.text)
    press(page, "预览")
    expect(page.locator(".error-summary")).to_contain_text("标题")
    expect(page.get_by_label("正文")).to_have_value(LETTER.text)


def test_dispatcher_dispatches_to_a_unit_typed_without_script(
    instance: Instance, person: Person
) -> None:
    """Without script a dispatcher types the unit's name and the server finds it."""
    citizen = person(script=False)
    receipt = send(citizen, LETTER)
    dispatcher = person("office_dispatcher", script=False)
    open_letter(dispatcher, receipt.number)
    form = action(dispatcher, "交办")
    form.get_by_label("或输入单位名称").fill("城市管理局")
    press(form, "交办")
    told(dispatcher, "已交办")
    track(citizen, receipt)
    expect(citizen.locator(".timeline")).to_contain_text("山城市城市管理局")
