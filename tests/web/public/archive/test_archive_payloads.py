"""What people write is text on every surface, whatever it looks like."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.models import ArchiveEntry
from portal.services.core.unit import writing
from tests.archive import bring_up_to_date, published
from tests.builders import World

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</textarea><script>x</script>",
    "</title><script>alert(1)</script>",
    "<iframe src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)",
    "<style>*{x:y}</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<object data=x>",
    "<embed src=x>",
    "<form action=//evil.example>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<video><source onerror=x>",
    "<math><mi xlink:href=javascript:x>",
    "<mark onclick=alert(1)>",
    "</mark><script>x</script>",
    "\ue000<script>alert(1)</script>\ue001",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "<scr<script>ipt>alert(1)",
    "<<script>alert(1)//<</script>",
    "<script\x0c>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "{{ 7*7 }}{% debug %}",
    "${7*7}#{7*7}",
    "]]><script>alert(1)</script>",
    "<!--<script>x</script>-->",
    "<?xml version='1.0'?><x/>",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "&x;&lol;",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)",
    "` onerror=`alert(1)",
    "\u2028alert(1)",
    "\u202e<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞",
    "<noscript><p title='</noscript>'>",
    "<template><script>x</script>",
    "<link rel=stylesheet href=//evil.example>",
    "<table background=x>",
    "<isindex action=x>",
    "<button formaction=javascript:alert(1)>",
    "data:text/html,<script>x</script>",
)


ATOM = "{http://www.w3.org/2005/Atom}"
_FOREIGN = {"iframe", "object", "embed", "base", "style", "video", "math", "template", "body "}
_SCHEMES = ("javascript:", "data:", "//", "vbscript:")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        ours = given.get("src", "").startswith("/static/")
        data = given == {"type": "application/ld+json"}
        if tag in _FOREIGN or (tag == "script" and not (ours or data)):
            self.dangers.append(tag)
        if tag == "img" and not given.get("src", "").startswith("/static/"):
            self.dangers.append(f"img {given}")
        if tag == "mark" and given:
            self.dangers.append(f"mark {given}")
        for name, value in given.items():
            address = name in ("href", "src", "action", "formaction", "xlink:href")
            if name.startswith("on") or name == "style":
                self.dangers.append(f"{tag} {name}")
            if address and value.strip().lower().startswith(_SCHEMES):
                self.dangers.append(f"{tag} {name}={value}")


def dangers(html: str) -> list[str]:
    """Return what a page holds that acts or leads where no page of ours does."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.dangers


def test_the_reader_sees_dangers() -> None:
    """The check itself notices script, handlers and foreign addresses."""
    for html in (PAYLOADS[0], PAYLOADS[1], PAYLOADS[2], PAYLOADS[7], PAYLOADS[9], PAYLOADS[22]):
        assert dangers(html), html


@pytest.fixture
def loaded(session: Session, world: World, settings: Settings) -> int:
    """An entry whose title, letter and reply hold every payload, with a similar one beside it."""
    entry_id = published(session, world).id
    published(session, world)
    everything = "梧桐小区的路灯。\n" + "\n".join(PAYLOADS)
    with writing() as unit:
        entry = unit.get_one(ArchiveEntry, entry_id)
        entry.title, entry.text, entry.reply = PAYLOADS[3] + "路灯", everything, everything
        entry.organisation_name = PAYLOADS[4]
    bring_up_to_date(settings)
    return entry_id


@pytest.mark.parametrize(
    "address",
    [
        "/archive",
        "/archive?q=路灯",
        "/archive?q=alert",
        "/archive?q=script onerror",
        "/archive/{}",
        f"/archive/similar?title={PAYLOADS[3]}路灯&text=梧桐小区的路灯坏了两个星期",
        "/",
    ],
)
def test_texts_do_not_act_on_pages(client: FlaskClient, loaded: int, address: str) -> None:
    """Title, letter, reply and organisation full of markup stay text on every page."""
    html = client.get(address.format(loaded)).get_data(as_text=True)
    assert f"/archive/{loaded}" in html
    assert dangers(html) == []


def test_queries_do_not_act(client: FlaskClient, loaded: int) -> None:
    """A query full of markup comes back as text, in the box, the title and the notices."""
    for payload in PAYLOADS:
        for address, status in (("/archive", 200), ("/archive/feed.atom", 404)):
            answer = client.get(address, query_string={"q": payload, "kind": payload})
            assert answer.status_code == status
            assert dangers(answer.get_data(as_text=True)) == [], payload
            answer = client.get(address, query_string={"q": payload})
            assert answer.status_code == 200
            assert dangers(answer.get_data(as_text=True)) == [], payload


def test_the_feed_stays_xml(client: FlaskClient, loaded: int) -> None:
    """The feed can be read by any reader, and the title is the text that was written."""
    feed = ElementTree.fromstring(client.get("/archive/feed.atom").data)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert PAYLOADS[3] + "路灯" in titles


@pytest.mark.parametrize("address", ["/api/v1/entries", "/api/v1/search?q=alert"])
def test_open_data_are_data(client: FlaskClient, loaded: int, address: str) -> None:
    """The open data are JSON that no browser takes for a page; passages hold marks alone."""
    answer = client.get(address)
    assert answer.mimetype == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    entry = next(e for e in json.loads(answer.data)["data"] if e["id"] == loaded)
    assert PAYLOADS[0] in entry["letter"]
    for passage in entry.get("passages", {}).values():
        assert dangers(passage) == []
        assert "<script" not in passage


def test_characters_that_no_feed_may_hold_are_left_out(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A control character in an old text does not break feed or page."""
    entry_id = published(session, world).id
    with writing() as unit:
        entry = unit.get_one(ArchiveEntry, entry_id)
        entry.title, entry.reply = (
            "路灯\x0b坏\x1f了",
            "已经\ufffe修好\x08了，三日内恢复照明，请放心出行。",
        )
    feed = ElementTree.fromstring(client.get("/archive/feed.atom").data)
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == "路灯坏了"
