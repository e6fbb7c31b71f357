"""Feeds of publications, and the map of the site."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.letters.kinds import Kind
from portal.models import ArchiveEntry, ArchiveVersion, Matter, Organisation
from portal.services.archive.matters import place_entries
from portal.services.core.unit import writing
from portal.web.public.archive.feeds import FEED_LENGTH
from tests.archive import bring_up_to_date, published, withdraw
from tests.builders import World
from tests.pages import get

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
BASE = "http://127.0.0.1:8000"


def read(client: FlaskClient, address: str = "/archive/feed.atom") -> ElementTree.Element:
    """Return the feed at ``address``."""
    answer = client.get(address.removeprefix(BASE))
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return ElementTree.fromstring(answer.data)


def entries(client: FlaskClient, address: str = "/archive/feed.atom") -> list[int]:
    """Return the numbers of the entries in a feed."""
    ids = [entry.findtext(f"{ATOM}id", "") for entry in read(client, address).iter(f"{ATOM}entry")]
    return [int(each.rpartition("archive/")[2]) for each in ids]


def links(feed: ElementTree.Element) -> dict[str, str]:
    """Return the addresses of a feed by their relation."""
    return {link.get("rel", ""): link.get("href", "") for link in feed.findall(f"{ATOM}link")}


def addresses(client: FlaskClient, address: str) -> list[str]:
    """Return the addresses in a map."""
    answer = client.get(address)
    assert answer.mimetype == "application/xml"
    return [loc.text or "" for loc in ElementTree.fromstring(answer.data).iter(f"{MAP}loc")]


def answer_earlier(entry: ArchiveEntry, days: int) -> int:
    """Move the answer of ``entry`` into the past, its publication a minute on; return its id."""
    with writing() as unit:
        row = unit.get_one(ArchiveEntry, entry.id)
        row.answered_on -= timedelta(days=days)
        row.published_at += timedelta(minutes=days)
        return row.id


def test_the_feed_has_what_a_reader_needs(
    client: FlaskClient, session: Session, world: World
) -> None:
    """An entry of the feed has title, whole address, dates, organisation and the answer's start."""
    entry = published(session, world)
    feed = read(client)
    item = feed.find(f"{ATOM}entry")
    assert item is not None
    assert item.findtext(f"{ATOM}title") == entry.title
    assert item.findtext(f"{ATOM}id") == f"tag:127.0.0.1,2026:archive/{entry.id}"
    link = item.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"{BASE}/archive/{entry.id}"
    assert item.findtext(f"{ATOM}author/{ATOM}name") == "山城市城市管理局"
    assert "三日内恢复照明" in (item.findtext(f"{ATOM}summary") or "")
    assert feed.findtext(f"{ATOM}updated") == entry.updated_at.isoformat()


def test_the_feed_narrows(client: FlaskClient, session: Session, world: World) -> None:
    """A feed of an organisation has its subtree's answers; kind, year and words narrow too."""
    school = published(session, world, place="bureau", kind=Kind.HELP).id
    other = published(session, world).id
    assert entries(client, f"/archive/feed.atom?organisation={world['district']}") == [school]
    assert entries(client, "/archive/feed.atom?kind=help") == [school]
    assert entries(client, "/archive/feed.atom?year=2016") == [other, school]
    assert entries(client, "/archive/feed.atom?year=2015") == []
    assert entries(client, "/archive/feed.atom?q=路灯") == [other, school]
    assert entries(client, "/archive/feed.atom?q=火星") == []
    assert entries(client, "/archive/feed.atom?q=?!") == []


def test_words_are_found_with_and_without_the_index(
    client: FlaskClient,
    session: Session,
    world: World,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rare words come from the index and frequent ones from the table, both by publication."""
    made = [published(session, world) for _ in range(3)]
    ids = [answer_earlier(entry, days) for days, entry in zip((3, 1, 2), made, strict=True)]
    expected = [ids[0], ids[2], ids[1]]
    assert entries(client, "/archive/feed.atom?q=路灯") == expected
    bring_up_to_date(settings)
    assert entries(client, "/archive/feed.atom?q=路灯") == expected
    assert entries(client, "/archive/feed.atom?q=路灯&kind=help") == []
    monkeypatch.setattr("portal.queries.archive.newest.FEW", 2)
    assert entries(client, "/archive/feed.atom?q=路灯") == expected
    assert entries(client, "/archive/feed.atom?q=火星") == []


def test_a_feed_of_a_topic(client: FlaskClient, session: Session, world: World) -> None:
    """A topic narrows to the letters of that subject."""
    entry = published(session, world)
    with writing() as unit:
        unit.get_one(ArchiveEntry, entry.id).category = "环境保护"
    assert entries(client, "/archive/feed.atom?topic=环境保护") == [entry.id]
    assert entries(client, "/archive/feed.atom?topic=交通运输") == []
    with writing() as unit:
        unit.get_one(ArchiveEntry, entry.id).category = "城乡建设"
    assert entries(client, "/archive/feed.atom?topic=城乡建设/路灯照明") == [entry.id]
    assert entries(client, "/archive/feed.atom?topic=城乡建设/停车") == []


def test_a_feed_of_a_place_and_of_a_rating(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A district narrows to what it answered, a rating to what readers think so of."""
    entry, other = published(session, world, place="township"), published(session, world)
    place = f"/archive/feed.atom?place={world['district']}"
    assert entries(client, place) == [entry.id]
    assert "临江区" in client.get(place).text
    with writing() as unit:
        unit.get_one(ArchiveEntry, other.id).helpful = 5
    assert entries(client, "/archive/feed.atom?rating=helpful") == [other.id]
    assert entries(client, "/archive/feed.atom?rating=mixed") == []


@pytest.mark.parametrize(
    "query",
    [
        *("place=999999", "place=1", "place=x", "rating=best"),
        *(
            "organisation=999999",
            "organisation=x",
            "kind=x",
            "topic=没有",
            "topic=城乡建设/没有",
            "year=20160",
        ),
        *("page=2", "page=0", "page=x", "colour=red", "kind=help&kind=thanks", "organisation="),
    ],
)
def test_a_filter_that_is_not_understood_is_not_found(
    client: FlaskClient, session: Session, world: World, query: str
) -> None:
    """A feed with a filter that does not exist is 404, never the feed of everybody."""
    published(session, world)
    assert client.get(f"/archive/feed.atom?{query}").status_code == 404


def test_the_feed_of_an_empty_archive(client: FlaskClient, world: World) -> None:
    """Before anything is published the feed is a feed without entries."""
    assert entries(client) == []


def test_what_is_published_last_stands_first(
    client: FlaskClient, session: Session, world: World
) -> None:
    """An old answer published today stands before a newer answer published yesterday."""
    made = [published(session, world) for _ in range(3)]
    ids = [answer_earlier(entry, days) for days, entry in zip((3, 1, 2), made, strict=True)]
    assert entries(client) == [ids[0], ids[2], ids[1]]


def test_the_pages_of_a_feed_lead_to_everything(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Following ``next`` from the first page gives every entry once, and ``last`` is the end."""
    ids = sorted((published(session, world).id for _ in range(FEED_LENGTH + 2)), reverse=True)
    first = read(client, "/archive/feed.atom?year=2016")
    assert "previous" not in links(first)
    following = links(first)["next"]
    second = read(client, following)
    assert links(second)["last"] == following
    assert links(second)["previous"] == links(first)["first"]
    assert "next" not in links(second)
    assert first.findtext(f"{ATOM}id") == second.findtext(f"{ATOM}id")
    got = entries(client, "/archive/feed.atom?year=2016") + entries(
        client, following.removeprefix(BASE)
    )
    assert got == ids


def test_a_withdrawn_entry_leaves_a_tombstone(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Feeds name what was withdrawn, under the id it had, and when; its own feed is gone."""
    entry, kept = published(session, world), published(session, world)
    entry_id, kept_id = entry.id, kept.id
    withdraw(session, world, entry)
    moment = session.get_one(ArchiveEntry, entry_id).unpublished_at
    for query in ("", f"?organisation={world['city']}", "?q=路灯"):
        (stone,) = read(client, f"/archive/feed.atom{query}").findall(TOMBSTONE)
        assert stone.get("ref") == f"tag:127.0.0.1,2026:archive/{entry_id}"
        assert stone.get("when") == moment.isoformat()
        assert entries(client, f"/archive/feed.atom{query}") == [kept_id]
    assert read(client, "/archive/feed.atom?kind=help").findall(TOMBSTONE) == []
    assert client.get(f"/archive/{entry_id}/feed.atom").status_code == 410


def test_an_entry_has_a_feed_of_its_versions(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The feed of an entry has what it says now and what it said before, each under its own id."""
    entry = published(session, world)
    with writing() as unit:
        row = unit.get_one(ArchiveEntry, entry.id)
        earlier = ArchiveVersion(
            revision=1, title="早先的标题", text="早", reply="先", published_at=row.published_at
        )
        row.versions.append(earlier)
        row.revision = 2
    feed = read(client, f"/archive/{entry.id}/feed.atom")
    assert [each.findtext(f"{ATOM}title") for each in feed.iter(f"{ATOM}entry")] == [
        entry.title,
        "早先的标题",
    ]
    ids = [each.findtext(f"{ATOM}id") for each in feed.iter(f"{ATOM}entry")]
    assert ids == [f"tag:127.0.0.1,2026:archive/{entry.id}/{n}" for n in (2, 1)]
    assert client.get("/archive/999/feed.atom").status_code == 404


def test_pages_name_their_feeds(client: FlaskClient, session: Session, world: World) -> None:
    """Home, a search, an organisation and an entry name the feed of what they show."""
    entry = published(session, world)
    for page, feed in (
        ("/", "/archive/feed.atom"),
        ("/archive?kind=help&q=路灯", "/archive/feed.atom?q=%E8%B7%AF%E7%81%AF&amp;kind=help"),
        (f"/organisations/{world['city']}", f"/archive/feed.atom?organisation={world['city']}"),
        (f"/archive/{entry.id}", f"/archive/{entry.id}/feed.atom"),
    ):
        html = get(client, page).html
        links = [line for line in html.splitlines() if 'type="application/atom+xml"' in line]
        assert [f'href="{feed}"' in line for line in links] == [True]


def test_the_map_names_pages_and_entries(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The map leads to the standing pages and to each public entry."""
    entry, gone = published(session, world), published(session, world)
    withdraw(session, world, gone)
    parts = addresses(client, "/sitemap.xml")
    assert parts == [f"{BASE}/sitemap/0.xml", f"{BASE}/sitemap/1.xml"]
    assert f"{BASE}/archive" in addresses(client, "/sitemap/0.xml")
    assert addresses(client, "/sitemap/1.xml") == [f"{BASE}/archive/{entry.id}"]
    named = ElementTree.fromstring(client.get("/sitemap/1.xml").text)
    assert {
        (link.get("hreflang"), link.get("href"))
        for link in named.iter("{http://www.w3.org/1999/xhtml}link")
    } == {("zh-CN", f"{BASE}/archive/{entry.id}"), ("en", f"{BASE}/en/archive/{entry.id}")}


def test_the_map_names_offices_reports_and_matters(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """The first part has every open office, the report of each year, each matter, and their lists."""
    entry, _ = published(session, world), published(session, world)
    day = entry.answered_on.isoformat()
    index = bring_up_to_date(settings)
    while place_entries(index):
        pass
    (matter,) = session.scalars(sa.select(Matter.id))
    with writing() as unit:
        unit.get_one(Organisation, world["water"]).closed_on = date(2016, 6, 1)
    found = addresses(client, "/sitemap/0.xml")
    assert len(found) == len(set(found))
    lists = ("/hot", "/statistics/reports", "/statistics/refusals", "/organisations")
    assert {BASE + path for path in lists} <= set(found)
    offices = {f"{BASE}/organisations/{world[place]}" for place in ("city", "bureau", "township")}
    assert offices <= set(found)
    assert f"{BASE}/organisations/{world['water']}" not in found
    assert f"{BASE}/organisations/{world['office']}" not in found
    assert f"{BASE}/statistics/reports/2016" in found
    assert f"{BASE}/hot/{matter}" in found
    assert f"<lastmod>{day}</lastmod>" in client.get("/sitemap/0.xml").text
    for address in found:
        assert client.get(address.removeprefix(BASE)).status_code == 200
    withdraw(session, world, session.get_one(ArchiveEntry, entry.id))
    assert f"{BASE}/hot/{matter}" not in addresses(client, "/sitemap/0.xml")


def test_a_part_that_does_not_exist_is_empty(client: FlaskClient, world: World) -> None:
    """A part beyond the archive is an empty map, one beyond any number no address at all."""
    assert addresses(client, "/sitemap/7.xml") == []
    assert client.get(f"/sitemap/{10**30}.xml").status_code == 404


def test_the_feed_is_the_same_in_every_language(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The feed that an English page names is that of the Chinese page."""
    published(session, world)
    assert "consultation" in client.get("/archive/feed.atom").get_data(as_text=True)
    english = client.get("/en/archive/feed.atom", follow_redirects=True)
    assert english.headers["ETag"] == client.get("/archive/feed.atom").headers["ETag"]


def test_what_programs_read_sets_no_cookie(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Feed and map are the same for all and start no session."""
    published(session, world)
    for address in ("/archive/feed.atom", "/sitemap.xml", "/sitemap/1.xml"):
        answer = client.get(address)
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("address", ["/archive/feed.atom", "/archive/similar?text=路灯"])
def test_a_limit_is_told_and_asks_to_wait_only_beyond_it(
    client: FlaskClient, world: World, address: str
) -> None:
    """An answer names what is left of its limit; only a refused one says when to come back."""
    answers = [client.get(address) for _ in range(121)]
    first, last = answers[0], answers[-1]
    assert (first.status_code, last.status_code) == (200, 429)
    assert "Retry-After" not in first.headers
    assert 0 < int(last.headers["Retry-After"]) <= 61
    for answer, left in ((first, 119), (last, 0)):
        assert answer.headers["RateLimit-Policy"] == '"default";q=120;w=60'
        assert answer.headers["RateLimit"].startswith(f'"default";r={left};t=')
        assert not [name for name, _ in answer.headers if name.startswith("X-RateLimit")]
