"""Nothing that was typed is lost: drafts, sessions that end, impatient clicks."""

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from portal.domain.letters.states import State
from portal.models import Letter
from portal.services.core.sessions import end_sessions_of
from tests.browser.conftest import Person
from tests.browser.instance import Instance, days_ago, now
from tests.browser.people import (
    Writing,
    fill_letter,
    log_in,
    open_letter,
    press,
    preview,
    read_receipt,
)
from tests.builders import a_letter

REPLY = "您好！来信收悉。路灯已安排维修，三日内恢复照明。如有疑问请拨打 023-63150000。"


def test_draft_of_a_letter_survives_a_reload(person: Person) -> None:
    """A letter half written is offered again after a reload, its unit and kind included."""
    page = person()
    page.goto("/write")
    fill_letter(
        page,
        Writing("草稿里的标题", "草稿里的正文，还没有写完。", "投诉", "公安", "山城市公安局"),
    )
    expect(page.locator("[data-draft-status]")).to_be_visible()
    page.reload()
    expect(page.get_by_label("正文")).to_have_value("")
    press(page, "接着写")
    expect(page.get_by_label("标题")).to_have_value("草稿里的标题")
    expect(page.get_by_label("正文")).to_have_value("草稿里的正文，还没有写完。")
    expect(page.get_by_role("combobox", name="写给哪个单位")).to_have_value("山城市公安局")
    expect(page.get_by_role("radio", name="投诉")).to_be_checked()


def test_draft_is_gone_when_deleted_and_after_sending(person: Person) -> None:
    """A draft is forgotten when its writer deletes it and when the letter has been sent."""
    page = person()
    writing = Writing("寄出以后不留草稿", "寄出以后，这台设备上不应再留下草稿。")
    page.goto("/write")
    fill_letter(page, writing)
    expect(page.locator("[data-draft-status]")).to_be_visible()
    press(page, "删除草稿")
    page.reload()
    expect(page.locator("[data-draft-offer]")).to_be_hidden()
    fill_letter(page, writing)
    expect(page.locator("[data-draft-status]")).to_be_visible()
    press(page, "预览")
    press(page, "寄出信件")
    read_receipt(page)
    page.goto("/write")
    expect(page.locator("[data-draft-offer]")).to_be_hidden()
    kept = page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('letterbox:draft'))")
    assert kept == []


def test_double_click_sends_one_letter(instance: Instance, person: Person) -> None:
    """Two quick clicks on the button make one letter, and the receipt shows its code."""
    page = person()
    preview(page, Writing("双击只寄一封信", "有人性子急，会连点两下按钮。"))
    page.get_by_role("button", name="寄出信件", exact=True).dblclick()
    receipt = read_receipt(page)
    with instance.inside() as world:
        sent = world.session.scalars(
            sa.select(Letter.number).filter_by(title="双击只寄一封信")
        ).all()
    assert sent == [receipt.number]


def test_code_is_shown_once(person: Person) -> None:
    """The receipt opened again shows the number, not the code."""
    page = person()
    preview(page, Writing("查询码只显示一次", "回执再打开时不应再显示查询码。"))
    press(page, "寄出信件")
    receipt = read_receipt(page)
    page.reload()
    expect(page.locator("#receipt-number")).to_have_text(receipt.number)
    assert receipt.code not in page.content()


def _writes_reply(instance: Instance, page: Page) -> str:
    """Bring a handler to the editor of a reply, half written; return the letter's number."""
    with instance.inside() as world:
        letter = a_letter(world.session, world, State.IN_PROGRESS, now=days_ago(2))
        number = letter.number
    open_letter(page, number)
    page.get_by_role("link", name="写答复").first.click()
    page.locator(".editor textarea").fill(REPLY)
    return number


def test_reply_is_saved_while_it_is_written(instance: Instance, person: Person) -> None:
    """What a handler types is saved by itself and there again when the editor is opened again."""
    page = person("city_handler")
    number = _writes_reply(instance, page)
    expect(page.locator("[data-autosave-status]")).to_contain_text("已保存", timeout=15_000)
    page.goto(f"/console/letters/{number}/reply")
    expect(page.locator(".editor textarea")).to_have_value(REPLY)


def test_reply_survives_a_session_that_ended(instance: Instance, person: Person) -> None:
    """A handler whose session ended while writing logs in again and the reply is saved as typed."""
    page = person("police_handler")
    with instance.inside() as world:
        letter = a_letter(world.session, world, State.IN_PROGRESS, place="police", now=days_ago(2))
        number = letter.number
    page.goto(f"/console/letters/{number}/reply")
    with instance.inside() as world:
        # A password changed elsewhere ends every session of the person in the same way.
        end_sessions_of(world.session, instance.people["police_handler"], now())
        world.session.commit()
    instance.states.pop("police_handler")
    page.locator(".editor textarea").fill(REPLY)
    press(page, "保存草稿")
    expect(page.locator("h1")).to_contain_text("请再提交一次")
    expect(page.get_by_label("正文")).to_have_value(REPLY)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="去登录").click()
    log_in(opened.value, "police_handler")
    press(page, "重新提交")
    expect(page.locator(".editor textarea")).to_have_value(REPLY)
    expect(page.locator("body")).to_contain_text("草稿已保存")


def test_letter_survives_lost_cookies(person: Person) -> None:
    """A citizen whose browser forgot its cookies sends the preview again and loses nothing."""
    page = person()
    writing = Writing("很久以后才点寄出", "预览开着放了一夜，第二天才点寄出。")
    preview(page, writing)
    page.context.clear_cookies()
    press(page, "寄出信件")
    expect(page.locator(".carried")).to_contain_text(writing.text)
    press(page, "重新提交")
    read_receipt(page)
