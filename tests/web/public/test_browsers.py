"""What browsers and search engines learn about the site."""

import json
from typing import Any
from urllib import robotparser
from xml.etree import ElementTree

import extruct
import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings, SettingsError, load_settings
from portal.models import ArchiveEntry
from portal.services.core.unit import writing
from portal.web.core.settings import keep_settings
from tests.archive import published, withdraw
from tests.builders import World
from tests.pages import get

BASE = "http://127.0.0.1:8000"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def structured(client: FlaskClient, path: str) -> dict[str, Any]:
    """Return the structured data of a page, as a search engine reads them."""
    syntaxes = ["json-ld", "opengraph"]
    found = extruct.extract(get(client, path).html, base_url=BASE, syntaxes=syntaxes)
    assert isinstance(found, dict)
    return found


def test_an_entry_is_a_question_with_its_answer(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Search engines read question, answer, organisation and dates of an entry."""
    entry = published(session, world)
    (page,) = structured(client, f"/archive/{entry.id}")["json-ld"]
    assert (page["@type"], page["inLanguage"]) == ("QAPage", "zh-CN")
    question = page["mainEntity"]
    assert (question["name"], question["text"]) == (entry.title, entry.text)
    answer = question["acceptedAnswer"]
    assert (answer["text"], answer["dateCreated"]) == (entry.reply, "2016-06-01")
    assert answer["author"]["name"] == "山城市城市管理局"
    assert answer["url"].startswith(f"{BASE}/archive/{entry.id}")


def test_structured_data_cannot_end_their_element(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Markup in a letter stays text within the data."""
    entry = published(session, world)
    with writing() as unit:
        unit.get_one(ArchiveEntry, entry.id).text = "</script><script>alert(1)</script><!--"
    html = get(client, f"/archive/{entry.id}").html
    assert "<script>alert" not in html
    (page,) = structured(client, f"/archive/{entry.id}")["json-ld"]
    assert page["mainEntity"]["text"].startswith("</script><script>alert(1)")


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_page_names_its_own_address(
    client: FlaskClient, session: Session, world: World, language: str
) -> None:
    """Each public page has one canonical address in its language, and says what it is."""
    entry = published(session, world)
    for path, canonical in (
        ("/", "/"),
        ("/about", "/about"),
        (f"/archive/{entry.id}?from=feed", f"/archive/{entry.id}"),
        ("/archive?kind=help&utm_source=x", "/archive?kind=help"),
        (f"/organisations/{world['city']}", f"/organisations/{world['city']}"),
        ("/statistics?period=2016", "/statistics"),
    ):
        html = get(client, language + path).html
        assert html.count('rel="canonical"') == 1
        assert f'<link rel="canonical" href="{BASE}{language}{canonical}">' in html
        properties = dict(structured(client, language + path)["opengraph"][0]["properties"])
        assert properties["og:url"] == f"{BASE}{language}{canonical}"
        assert properties["og:title"]
        assert properties["og:description"]


def test_robots_find_the_map(client: FlaskClient) -> None:
    """The rules for robots name the map by its whole address."""
    assert f"Sitemap: {BASE}/sitemap.xml" in client.get("/robots.txt").text.splitlines()


def test_robots_keep_out_of_forms_in_every_language(client: FlaskClient) -> None:
    """A rule for an address holds for the page in each language, and the archive stays open."""
    rules = robotparser.RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    for language in ("", "/en"):
        for path in ("/write", "/track", "/letters/1", "/disclosure/new", "/console/", "/receipt"):
            assert not rules.can_fetch("*", f"{BASE}{language}{path}")
        assert rules.can_fetch("*", f"{BASE}{language}/archive/1")
        assert f"Disallow: {language}/statistics?" in client.get("/robots.txt").text


@pytest.mark.parametrize("language", ["", "/en"])
def test_browsers_can_search(client: FlaskClient, world: World, language: str) -> None:
    """The description of the search leads to the search in the language of the page."""
    html = get(client, f"{language}/").html
    assert f'href="{language}/opensearch.xml"' in html
    answer = client.get(f"{language}/opensearch.xml")
    assert answer.mimetype == "application/opensearchdescription+xml"
    described = ElementTree.fromstring(answer.data)
    places = [url.get("template", "") for url in described.iter(f"{SEARCH}Url")]
    assert places[0] == f"{BASE}{language}/archive?q={{searchTerms}}"
    assert len(described.findtext(f"{SEARCH}ShortName", "")) <= 16
    assert client.get(places[1].format(searchTerms="路灯").removeprefix(BASE)).status_code == 200


def test_phones_can_keep_the_site(client: FlaskClient, world: World) -> None:
    """The manifest has name, address and an icon that exists."""
    answer = client.get("/en/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    words = json.loads(answer.data)
    assert (words["start_url"], words["lang"]) == ("/en/", "en")
    assert client.get(words["icons"][0]["src"]).mimetype == "image/svg+xml"


def test_weaknesses_have_an_address(app: Flask, client: FlaskClient, settings: Settings) -> None:
    """Where the operator names a contact, researchers find it with a date until which it holds."""
    assert client.get("/.well-known/security.txt").status_code == 404
    contact = "mailto:security@example.gov"
    keep_settings(app, settings.model_copy(update={"security_contact": contact}))
    answer = client.get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain"
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert lines["Contact"] == contact
    assert lines["Expires"] == "2020-12-14T00:00:00Z"
    assert lines["Canonical"] == f"{BASE}/.well-known/security.txt"


@pytest.mark.parametrize("contact", ["security@example.gov", "http://x", "mailto:", "https://a b"])
def test_a_contact_is_an_address(contact: str) -> None:
    """A contact that no program can use stops the start."""
    with pytest.raises(SettingsError, match="security_contact"):
        load_settings(security_contact=contact)


def test_a_feed_reader_reads_the_feeds(client: FlaskClient, session: Session, world: World) -> None:
    """feedparser finds entries, pages and ids without a complaint, also beside a tombstone."""
    entry, gone = published(session, world), published(session, world)
    kept = (entry.id, entry.title)
    withdraw(session, world, gone)
    for path in (
        "/archive/feed.atom",
        "/archive/feed.atom?q=路灯",
        f"/archive/{kept[0]}/feed.atom",
    ):
        feed = feedparser.parse(client.get(path).data)
        assert not feed.bozo, feed.get("bozo_exception")
        assert (feed.version, [each.title for each in feed.entries]) == ("atom10", [kept[1]])
        assert feed.entries[0].id.startswith("tag:127.0.0.1,2026:archive/")
        assert feed.entries[0].link == f"{BASE}/archive/{kept[0]}"


def test_ids_stay_when_the_site_moves(settings: Settings) -> None:
    """Ids begin with the first public host, or with what the operator sets."""
    place = settings.instance
    first = load_settings(instance=place, base_url="https://letters.example.gov")
    assert first.tagging_entity == "letters.example.gov,2026"
    moved = load_settings(instance=place, base_url="https://mail.example.org")
    assert moved.tagging_entity == "letters.example.gov,2026"
    named = load_settings(instance=place, feed_ids="old.example.gov,2011-05")
    assert named.tagging_entity == "old.example.gov,2011-05"
    with pytest.raises(SettingsError, match="feed_ids"):
        load_settings(feed_ids="https://old.example.gov")
