"""The preview is loaded again and gone back from, and an organisation not found is not lost."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.people import Writing, fill_letter, open_letter, press, preview, read_receipt

LETTER = Writing(
    "街道门口的路灯",
    "石桥街道门口的路灯坏了两个星期，请问什么时候能修好？",
    "咨询",
    "石桥",
    "临江区石桥街道办事处",
)
PICKER = "写给哪个单位"


def as_it_was(page: Page, place: str) -> None:
    """See the form with everything typed, and no offer of a draft."""
    expect(page.get_by_label("标题")).to_have_value(LETTER.title)
    expect(page.get_by_label("正文")).to_have_value(LETTER.text)
    expect(page.get_by_label("姓名")).to_have_value(LETTER.name)
    expect(page.get_by_role("combobox", name=PICKER)).to_have_value(place)
    expect(page.locator("[data-draft-offer]")).to_be_hidden()


def test_back_and_reload_keep_text_and_organisation(person: Person) -> None:
    """A preview loaded again is the same; the form behind it has the township that was chosen."""
    page = person()
    preview(page, LETTER)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("预览信件")
    expect(page.locator("main")).to_contain_text(LETTER.place)
    page.go_back()
    as_it_was(page, page.locator("select[name=organisation]").evaluate(CHOSEN))
    assert LETTER.place.removeprefix("临江区") in page.locator(
        "select[name=organisation]"
    ).evaluate(CHOSEN)
    page.reload()
    expect(page.get_by_label("正文")).to_have_value(LETTER.text)
    press(page, "预览")
    expect(page.locator("main")).to_contain_text(LETTER.place)
    press(page, "寄出信件")
    receipt = read_receipt(page)
    page.go_back()
    expect(page.locator("#receipt-number")).to_have_text(receipt.number)


CHOSEN = "list => list.selectedOptions[0].textContent.trim()"


@pytest.mark.parametrize("script", [True, False])
def test_an_organisation_not_found_reaches_the_dispatcher(person: Person, script: bool) -> None:
    """Words that name no organisation are in the preview, and on the letter in the console."""
    # By its letters the first is near to an organisation, which whoever searched need not be asked.
    words = "星星管理局" if script else "天文台"
    page = person(script=script)
    page.goto("/write")
    fill_letter(page, Writing(f"请问{words}的电话", LETTER.text))
    if script:
        page.get_by_role("combobox", name=PICKER).press_sequentially(words)
        expect(page.get_by_text("没有找到。")).to_be_visible()
        page.get_by_label("标题").click()
        expect(page.get_by_role("combobox", name=PICKER)).to_have_value(words)
    else:
        page.get_by_label("或写出单位名称").fill(words)
    press(page, "预览")
    expect(page.locator("main")).to_contain_text(f"您写的“{words}”在名录里没有找到")
    page.go_back()
    press(page, "预览")
    press(page, "寄出信件")
    number = read_receipt(page).number
    dispatcher = person("office_dispatcher")
    open_letter(dispatcher, number)
    expect(dispatcher.locator("main")).to_contain_text(words)
