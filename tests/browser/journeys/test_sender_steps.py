"""A sender on a telephone, without script: adds, corrects the contacts, urges, appeals."""

from datetime import timedelta

from playwright.sync_api import expect

from portal.domain.letters.states import DeclineReason
from portal.services.letters import handling
from portal.services.letters.submission import submit
from tests.browser.conftest import NARROW, Person
from tests.browser.instance import Instance, days_ago
from tests.browser.people import press, told, track
from tests.builders import Walk, new_letter

LONG_AGO = 40
"""Days after which an answer is overdue whatever the holidays."""


def test_a_sender_goes_on_with_a_letter(instance: Instance, person: Person) -> None:
    """The page says what to do first; each step is taken and told, and the superior decides."""
    with instance.inside() as world:
        new = new_letter(world["township"], title="楼下的井盖响")
        sent = submit(
            new, "a letter gone on with", instance.settings.key("code"), days_ago(LONG_AGO)
        )
    page = person(script=False, width=NARROW)
    track(page, sent)
    standing = page.locator(".standing")
    expect(standing).to_contain_text("139****0001")
    press(page, "催办")
    told(page, "已经催办")
    expect(standing).to_contain_text("下一个工作日可以再催")
    page.locator("summary", has_text="还有情况要补充").click()
    page.get_by_label("补充的内容").fill("夜里车一过就响。")
    press(page, "提交补充")
    expect(page.locator(".letters")).to_contain_text("夜里车一过就响。")
    page.locator("summary", has_text="更正联系方式").click()
    page.get_by_label("新的电话").fill("13900000002")
    press(page, "更正")
    expect(standing).to_contain_text("139****0002")
    with instance.inside() as world:
        walk = Walk(world.session, world, sent.id, days_ago(0) - timedelta(hours=2))
        walk.step(handling.decline, "township_dispatcher", DeclineReason.OTHER_AUTHORITY, "")
    page.reload()
    standing.get_by_role("link", name="提出异议").click()
    page.get_by_label("为什么不同意").fill("井盖正是街道管的。")
    press(page, "提出异议")
    expect(standing).to_contain_text("复核")
