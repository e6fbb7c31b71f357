"""A citizen takes back consent to publication, without script and on a phone."""

from playwright.sync_api import expect

from portal.models import ArchiveEntry
from portal.services.core.handing_in import Receipt
from portal.services.letters.submission import submit
from tests.browser.conftest import NARROW, Person
from tests.browser.instance import Instance, days_ago
from tests.browser.people import press, told, track
from tests.builders import Walk, new_letter

TITLE, TEXT = "晾衣杆占了人行道", "人民路人行道上有人长期晾衣服，行人过不去，请处理。"


def a_published_letter(instance: Instance) -> tuple[Receipt, int]:
    """Bring a letter of five days ago into the archive; return its receipt and entry."""
    with instance.inside() as world:
        new = new_letter(world["city"], title=TITLE, text=TEXT)
        sent = submit(new, "a letter taken back", instance.settings.key("code"), days_ago(5))
        walk = Walk(world.session, world, sent.id, days_ago(5))
        walk.accept()
        walk.ask_signoff()
        walk.sign()
        walk.propose()
        walk.publish()
        found = world.session.query(ArchiveEntry).filter_by(letter_id=walk.letter_id).one()
        return sent, found.id


def test_consent_is_taken_back_without_script(instance: Instance, person: Person) -> None:
    """Two clicks without script take the entry from the web, and the letter's page says so."""
    receipt, entry = a_published_letter(instance)
    page = person(script=False, width=NARROW)
    track(page, receipt)
    page.get_by_role("link", name="收回公示同意").click()
    expect(page.locator("main")).to_contain_text("立即撤下")
    press(page, "确认收回")
    told(page, "已收回公示同意")
    expect(page.locator(".timeline")).to_contain_text("您收回了公示同意，公示内容已撤下")
    page.goto(f"/archive/{entry}")
    expect(page.locator("h1")).to_have_text("这份公示件已撤下")
