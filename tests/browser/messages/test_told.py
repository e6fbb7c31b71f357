"""A citizen with mail, one with a telephone only and one with neither, from the receipt to publication."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.adapters.message_words import message_words
from portal.domain.languages import LANGUAGES
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import Channel
from portal.domain.messages.wording import Words
from portal.domain.periods import civil_date
from portal.models import Letter
from portal.services.archive import publication, redacting
from portal.services.core.unit import writing
from portal.services.letters import handling, replying
from portal.services.messages.announcing import Outlets
from portal.services.messages.reminders import remind
from tests.browser.checks import check
from tests.browser.conftest import TIMEOUT
from tests.browser.instance import Instance, a_served_instance, eventually, now
from tests.peers import MailServer, WebPeer, mail_server, web_peer

SETTINGS = """
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
mail_from = "box@letters.example"

[[sms]]
url = "{url}"
body = '{{"to": "{{number}}", "text": "{{text}}"}}'
"""
MAIL, PHONE = "zhou@mail.example", "13900000001"
TOLD = (
    Occasion.RECEIPT,
    Occasion.ASKED,
    Occasion.REMINDED,
    Occasion.ANSWERED,
    Occasion.PUBLISHED,
)


@dataclass
class Site:
    """A served instance with its peers."""

    instance: Instance
    mails: MailServer
    gateway: WebPeer

    def got(self, contact: str) -> list[str]:
        """Return the texts that came to ``contact``, oldest first."""
        if "@" in contact:
            parts = [
                mail.get_body(("plain",)) for mail in self.mails.mails if mail["To"] == contact
            ]
            return [part.get_content() for part in parts if part is not None]
        texts = [json.loads(each.body) for each in self.gateway.asked]
        return [each["text"] for each in texts if each["to"] == contact]

    def act(self, number: str, step: Callable[..., object], who: str, *values: object) -> None:
        """Let the office take a step on the letter, at this moment."""
        with self.instance.inside() as world:
            letter = world.session.query(Letter).filter_by(number=number).one()
            step(letter.id, letter.version, *values, world.actor(who), now())


@pytest.fixture(scope="module")
def site(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, keys: Path, password_hash: str
) -> Iterator[Site]:
    """An instance that sends mail and text messages to servers on this machine."""
    with mail_server(MailServer()) as mails, web_peer(WebPeer()) as gateway:
        own = SETTINGS.format(port=mails.port, url=gateway.url)
        folder = tmp_path_factory.mktemp("told")
        with a_served_instance(folder, keys, password_hash, own) as instance:
            yield Site(instance, mails, gateway)


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The browser of a citizen."""
    context = browser.new_context(
        base_url=site.instance.address,
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",
    )
    context.set_default_timeout(TIMEOUT)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("locale", "contact"),
    [
        ("zh_CN", MAIL),
        ("zh_CN", PHONE),
        ("zh_CN", ""),
        ("en", "li@mail.example"),
        ("en", "13900000002"),
    ],
)
def test_a_citizen_is_told_of_every_step(site: Site, page: Page, locale: str, contact: str) -> None:
    """Each message arrives once, in order and in the language of the page, and leads to the letter.

    Whoever has chosen none gets none, and sees the same on the page of the letter.
    """
    prefix = "" if locale == "zh_CN" else f"/{LANGUAGES[locale].tag}"
    number = written(page, prefix, site.instance.places["city"], contact)
    led(site, page, prefix, number, contact, 1)
    site.act(number, handling.accept, "city_dispatcher")
    site.act(number, handling.ask_citizen, "city_handler", "请问是几号楼门口的路灯？")
    led(site, page, prefix, number, contact, 2)
    reminded(site, number)
    led(site, page, prefix, number, contact, 3)
    page.fill("form[action$='/supplement'] textarea", "三号楼门口的那一盏。")
    page.click("form[action$='/supplement'] .form-actions button[type=submit]")
    expect(page.locator("form[action$='/supplement']")).to_have_count(0)
    site.act(
        number, replying.request_signoff, "city_handler", "您好，路灯已经修好，请放心出行。", 0
    )
    site.act(number, replying.sign, "city_reviewer")
    led(site, page, prefix, number, contact, 4)
    for name in ("attitude", "efficiency"):
        page.locator(f"form[action$='/rating'] label:has(input[name={name}][value='5'])").click()
    page.click("form[action$='/rating'] button[type=submit]")
    expect(page.locator("form[action$='/rating']")).to_have_count(0)
    published(site, number)
    led(site, page, prefix, number, contact, 5)
    check(page, 1280)
    if contact:
        with site.instance.inside() as world:
            letter = world.session.query(Letter).filter_by(number=number).one()
            due = letter.due_on
        found, words = site.got(contact), message_words(Path("/nowhere"))[0][locale]
        assert len(found) == len(TOLD)
        for text, occasion in zip(found, TOLD, strict=True):
            assert number in text
            assert telling(words, occasion, contact) in text
        assert due is not None and words.day(due) in found[0]
        assert not any("路灯" in text or "三号楼" in text for text in found)


def telling(words: Words, occasion: Occasion, contact: str) -> str:
    """Return the longest piece of the words of ``occasion`` that has no gap in it."""
    part = words.tables[occasion]["text" if "@" in contact else "sms"]
    return max(re.split(r"\{\w+\}|\n", part), key=len).strip()


def written(page: Page, prefix: str, organisation: int, contact: str) -> str:
    """Write a letter with ``contact`` (without one: with a telephone that is not to be used)."""
    channel = "none" if not contact else "mail" if "@" in contact else "sms"
    page.goto(f"{prefix}/write?organisation={organisation}")
    page.locator("label:has(input[name=kind][value=consultation])").click()
    page.fill("[name=title]", "小区门口的路灯什么时候能修好")
    page.fill(
        "[name=text]", "石桥街道梧桐小区门口的路灯坏了两个星期，晚上看不清路，请问什么时候能修好？"
    )
    page.fill("[name=name]", "周晓兰")
    page.fill("[name=email]" if "@" in contact else "[name=phone]", contact or "13900000003")
    page.locator(f"label:has(input[name=messages][value={channel}])").click()
    page.check("[name=consent]")
    page.click("main button[name=step][value=preview]")
    page.click("main button[name=step][value=send]")
    number = page.locator("#receipt-number").inner_text()
    expect(page.locator("#receipt-code")).to_be_visible()
    return number


def reminded(site: Site, number: str) -> None:
    """Let the last days come in which the sender may answer."""
    with site.instance.inside():
        with writing() as unit:
            letter = unit.query(Letter).filter_by(number=number).one()
            letter.answer_by = civil_date(now()) + timedelta(days=3)
        remind(Outlets(frozenset({Channel.MAIL, Channel.SMS})), now())


def published(site: Site, number: str) -> None:
    """Let the office publish the letter."""
    site.act(number, publication.propose, "city_handler", "")
    with site.instance.inside() as world:
        letter = world.session.query(Letter).filter_by(number=number).one()
        reviewer = world.actor("city_reviewer")
        redacting.mask_rest(letter.id, reviewer, now())
        world.session.expire_all()
        proposal = letter.open_proposal
        assert proposal is not None
        publication.publish(letter.id, letter.version, proposal.version, reviewer, now())


def led(site: Site, page: Page, prefix: str, number: str, contact: str, count: int) -> None:
    """Wait for the message of this place and follow its link; without messages open the letter."""
    path = f"{prefix}/letters/{number}"
    if contact:
        text = eventually(lambda: (site.got(contact)[count - 1 :] or [""])[0], f"message {count}")
        links = [urlsplit(each).path for each in re.findall(r"https?://[^\s。]+", text)]
        assert path in links
    page.goto(path)
    expect(page.locator("main")).to_contain_text(number)
