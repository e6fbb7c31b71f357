"""A word of a public text is corrected by two people, and readers see what was changed."""

from playwright.sync_api import expect

from tests.archive import entry_of
from tests.browser.checks import check, unfold
from tests.browser.conftest import Person
from tests.browser.instance import Instance, days_ago
from tests.browser.people import press, told
from tests.builders import a_published


def test_a_public_text_is_corrected(person: Person, instance: Instance) -> None:
    """The reply alone is reworded; the page marks what was removed and added, at any width."""
    with instance.inside() as world:
        letter = a_published(world.session, world, title="路灯的灯杆歪了", now=days_ago(9))
        number, entry_id = letter.number, entry_of(world.session, letter).id
    writer, approver, reader = person("city_handler"), person("city_reviewer"), person()
    writer.goto(f"/console/letters/{number}/publication")
    writer.get_by_role("link", name="直接更正公开的文字").click()
    form = writer.locator("#step-correct")
    reply = form.get_by_label("答复")
    before = reply.input_value()
    reply.fill(f"{before}\n以上内容已经核对。")
    form.get_by_label("更正的理由").fill("补一句")
    press(form, "提交更正稿")
    told(writer, "已提交更正稿")
    approver.goto(f"/console/letters/{number}/publication")
    expect(approver.locator("ins")).to_contain_text("以上内容已经核对。")
    check(approver, 1280, 390)
    if approver.get_by_role("button", name="其余全部脱敏").count():
        press(approver, "其余全部脱敏")
    press(approver, "更正公示件")
    told(approver, "已公示")
    reader.goto(f"/archive/{entry_id}")
    reader.get_by_text("看改了哪里").click()
    expect(reader.locator("#corrections ins")).to_contain_text("以上内容已经核对。")
    check(reader, 1280, 390)
    reader.goto(f"/en/archive/{entry_id}")
    unfold(reader)
    expect(reader.locator("#corrections ins")).to_contain_text("以上内容已经核对。")
    check(reader, 1280, 390)
