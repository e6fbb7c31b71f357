"""The feed and the map of the site."""

from xml.etree import ElementTree

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.web.public.archive.feeds import FEED_LENGTH
from tests.archive import published, withdraw
from tests.builders import World

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def entries(client: FlaskClient, address: str = "/archive/feed.atom") -> list[str]:
    """Return the ids of the entries in a feed."""
    answer = client.get(address)
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    return [entry.findtext(f"{ATOM}id", "") for entry in feed.iter(f"{ATOM}entry")]


def addresses(client: FlaskClient, address: str) -> list[str]:
    """Return the addresses in a map."""
    answer = client.get(address)
    assert answer.mimetype == "application/xml"
    return [loc.text or "" for loc in ElementTree.fromstring(answer.data).iter(f"{MAP}loc")]


def test_the_feed_has_what_a_reader_needs(
    client: FlaskClient, session: Session, world: World
) -> None:
    """An entry of the feed has title, whole address, dates, organisation and the answer's start."""
    entry = published(session, world)
    feed = ElementTree.fromstring(client.get("/archive/feed.atom").data)
    item = feed.find(f"{ATOM}entry")
    assert item is not None
    assert item.findtext(f"{ATOM}title") == entry.title
    assert item.findtext(f"{ATOM}id") == f"http://127.0.0.1:8000/archive/{entry.id}"
    assert item.findtext(f"{ATOM}author/{ATOM}name") == "山城市城市管理局"
    assert "三日内恢复照明" in (item.findtext(f"{ATOM}summary") or "")
    assert feed.findtext(f"{ATOM}updated") == entry.updated_at.isoformat()


def test_the_feed_narrows(client: FlaskClient, session: Session, world: World) -> None:
    """A feed of an organisation has its subtree's answers, one of a kind that kind's."""
    school = published(session, world, place="bureau", kind=Kind.HELP).id
    published(session, world)
    wanted = [f"http://127.0.0.1:8000/archive/{school}"]
    assert entries(client, f"/archive/feed.atom?organisation={world['district']}") == wanted
    assert entries(client, "/archive/feed.atom?kind=help") == wanted


def test_the_feed_of_an_empty_archive(client: FlaskClient, world: World) -> None:
    """Before anything is published the feed is a feed without entries."""
    assert entries(client) == []


def test_the_feed_holds_the_latest(client: FlaskClient, session: Session, world: World) -> None:
    """A feed of more answers than it is long holds the latest ones."""
    ids = [published(session, world).id for _ in range(FEED_LENGTH + 1)]
    base = "http://127.0.0.1:8000/archive/"
    assert entries(client) == [f"{base}{i}" for i in sorted(ids, reverse=True)[:FEED_LENGTH]]


def test_the_map_names_pages_and_entries(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The map leads to the standing pages and to each public entry."""
    entry, gone = published(session, world), published(session, world)
    withdraw(session, world, gone)
    base = "http://127.0.0.1:8000"
    parts = addresses(client, "/sitemap.xml")
    assert parts == [f"{base}/sitemap/0.xml", f"{base}/sitemap/1.xml"]
    assert f"{base}/archive" in addresses(client, "/sitemap/0.xml")
    assert addresses(client, "/sitemap/1.xml") == [f"{base}/archive/{entry.id}"]


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
