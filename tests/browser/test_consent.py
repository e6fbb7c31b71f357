"""A citizen takes back consent to publication, without script and on a phone."""

from playwright.sync_api import expect

from portal.models import ArchiveEntry, Letter
from tests.browser.conftest import NARROW, Person
from tests.browser.house import House, days_ago
from tests.browser.people import Writing, press, send, told, track
from tests.builders import Walk

LETTER = Writing(
    "晾衣杆占了人行道", "人民路人行道上有人长期晾衣服，行人过不去，请处理。", consent=True
)


def publish(house: House, number: str) -> int:
    """Bring the letter into the archive and return the id of its entry."""
    with house.inside() as world:
        letter = world.session.query(Letter).filter_by(number=number).one()
        walk = Walk(world.session, world, letter.id, days_ago(0))
        walk.accept()
        walk.ask_signoff()
        walk.sign()
        walk.propose()
        walk.publish()
        return world.session.query(ArchiveEntry).filter_by(letter_id=walk.letter_id).one().id


def test_consent_is_taken_back_without_script(house: House, person: Person) -> None:
    """Two clicks without script take the entry from the web, and the letter's page says so."""
    page = person(script=False, width=NARROW)
    receipt = send(page, LETTER)
    entry = publish(house, receipt.number)
    track(page, receipt)
    page.get_by_role("link", name="收回公示同意").click()
    expect(page.locator("main")).to_contain_text("立即撤下")
    press(page, "确认收回")
    told(page, "已收回公示同意")
    expect(page.locator(".timeline")).to_contain_text("您收回了公示同意，公示内容已撤下")
    page.goto(f"/archive/{entry}")
    expect(page.locator("h1")).to_have_text("这份公示件已撤下")
