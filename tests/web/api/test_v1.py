"""The open data: stable names, links that lead on, errors that name the parameter."""

import shutil
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.letters.kinds import Kind
from portal.models import ArchiveEntry
from portal.services.archive.indexing import rebuild
from portal.services.core.unit import writing
from portal.web.archive.documents import FIELDS
from portal.web.archive.parameters import PARAMETERS
from portal.web.statistics.register import REGISTER
from tests.archive import bring_up_to_date, published, withdraw
from tests.builders import World
from tests.pages import get

BASE = "http://127.0.0.1:8000"


def read(client: FlaskClient, address: str, status: int = 200) -> dict[str, Any]:
    """Return the JSON at ``address``."""
    answer = client.get(address.removeprefix(BASE))
    kind = "application/json" if status == 200 else "application/problem+json"
    assert (answer.status_code, answer.mimetype) == (status, kind)
    data = answer.get_json()
    assert isinstance(data, dict)
    return data


def ids(answer: dict[str, Any]) -> list[int]:
    """Return the ids of the entries in a list."""
    return [entry["id"] for entry in answer["data"]]


def test_an_entry_has_the_documented_fields(
    client: FlaskClient, session: Session, world: World
) -> None:
    """An entry has exactly the fields of the documentation, dates as ISO 8601."""
    entry = published(session, world)
    data = read(client, f"/api/v1/entries/{entry.id}")["data"]
    assert list(data) == sorted(FIELDS)
    assert (data["title"], data["kind"], data["revision"]) == (entry.title, "consultation", 1)
    assert data["organisation"] == {"id": world["city"], "name": "山城市城市管理局"}
    assert (data["asked_on"], data["answered_on"]) == ("2016-06-01", "2016-06-01")
    assert data["links"] == {
        "self": f"{BASE}/api/v1/entries/{entry.id}",
        "page": f"{BASE}/archive/{entry.id}",
    }


def test_lists_lead_on(client: FlaskClient, session: Session, world: World) -> None:
    """Following the links from the first page gives every entry once, the newest first."""
    expected = sorted((published(session, world).id for _ in range(5)), reverse=True)
    first = read(client, "/api/v1/entries?per_page=2")
    assert (first["total"], first["pages"], first["per_page"]) == (5, 3, 2)
    assert "prev" not in first["links"]
    got, page = ids(first), first
    while "next" in page["links"]:
        page = read(client, page["links"]["next"])
        got += ids(page)
    assert got == expected
    assert ids(read(client, page["links"]["first"])) == ids(first)
    assert ids(read(client, first["links"]["last"])) == got[4:]


def test_pages_come_to_an_end(client: FlaskClient, session: Session, world: World) -> None:
    """Counting pages on gives every entry once, and then 404."""
    expected = sorted((published(session, world).id for _ in range(3)), reverse=True)
    pages = [read(client, f"/api/v1/entries?per_page=2&page={n}") for n in (1, 2)]
    assert [i for page in pages for i in ids(page)] == expected
    assert pages[0]["links"]["next"] == f"{BASE}/api/v1/entries?per_page=2&page=2"
    assert "next" not in pages[1]["links"]
    for address in ("entries?per_page=2&page=3", "entries?page=50", "search?q=路灯&page=50"):
        assert read(client, f"/api/v1/{address}", 404)["parameter"] == "page"


def test_a_cursor_keeps_its_place(client: FlaskClient, session: Session, world: World) -> None:
    """What is published while somebody reads neither repeats nor hides an entry."""
    expected = sorted((published(session, world).id for _ in range(4)), reverse=True)
    first = read(client, "/api/v1/entries?per_page=2")
    published(session, world)
    assert ids(first) + ids(read(client, first["links"]["next"])) == expected


@pytest.mark.parametrize("cursor", ["x", "1", "%00", "WyJhbnN3ZXJlZCIsIjIwMTYtMDYtMDEiLDFd", "灯"])
def test_a_forged_cursor_is_refused(client: FlaskClient, world: World, cursor: str) -> None:
    """A cursor that no answer has given is refused and named."""
    assert read(client, f"/api/v1/entries?cursor={cursor}", 400)["parameter"] == "cursor"


def test_a_cursor_belongs_to_its_list(client: FlaskClient, session: Session, world: World) -> None:
    """The cursor of the plain list does not fit the list of changes."""
    for _ in range(2):
        published(session, world)
    following = read(client, "/api/v1/entries?per_page=1")["links"]["next"]
    address = f"{following}&updated_since=2016-01-01"
    assert read(client, address, 400)["parameter"] == "cursor"


def test_changes_name_what_was_withdrawn(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The list of changes has each entry once in the order of changes, withdrawn ones by id."""
    kept, gone = published(session, world), published(session, world)
    kept_id, gone_id = kept.id, gone.id
    withdraw(session, world, gone)
    page = read(client, "/api/v1/entries?updated_since=2016-01-01&per_page=1")
    assert (ids(page), page["deleted"]) == ([kept_id], [])
    rest = read(client, page["links"]["next"])
    assert (ids(rest), [each["id"] for each in rest["deleted"]]) == ([], [gone_id])
    assert "next" not in rest["links"]
    later = read(client, "/api/v1/entries?updated_since=2030-01-01T08:00:00Z")
    assert (ids(later), len(later["deleted"])) == ([], 1)


def test_lists_narrow(client: FlaskClient, session: Session, world: World) -> None:
    """Organisation (with its subtree), kind and year narrow the list."""
    school = published(session, world, place="bureau", kind=Kind.HELP).id
    published(session, world)
    assert ids(read(client, f"/api/v1/entries?organisation={world['district']}")) == [school]
    assert ids(read(client, "/api/v1/entries?kind=help")) == [school]
    assert read(client, "/api/v1/entries?year=2015")["total"] == 0


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/api/v1/entries?page=0", "page"),
        ("/api/v1/entries?page=-1", "page"),
        ("/api/v1/entries?page=" + "9" * 40, "page"),
        ("/api/v1/entries?per_page=1000", "per_page"),
        ("/api/v1/entries?year=abc", "year"),
        ("/api/v1/entries?kind=gossip", "kind"),
        ("/api/v1/entries?q=路灯", "q"),
        ("/api/v1/entries?colour=red", "colour"),
        ("/api/v1/search", "q"),
        ("/api/v1/search?q=%20", "q"),
        ("/api/v1/search?q=" + "灯" * 201, "q"),
        ("/api/v1/search?q=灯&sort=best", "sort"),
        ("/api/v1/entries?year=2016&year=2017", "year"),
        ("/api/v1/entries?updated_since=yesterday", "updated_since"),
        ("/api/v1/entries?updated_since=0001-01-01T00:00:00%2B23:00", "updated_since"),
        ("/api/v1/entries/1?q=灯", "q"),
    ],
)
def test_a_wrong_parameter_is_named(
    client: FlaskClient, world: World, address: str, parameter: str
) -> None:
    """A parameter that cannot be used is answered with 400 and its name."""
    error = read(client, address, 400)
    assert (error["status"], error["parameter"]) == (400, parameter)
    assert error["detail"]


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/api/v1/entries?organisation=999", "organisation"),
        ("/api/v1/entries?topic=没有的主题", "topic"),
        ("/api/v1/entries?place=999", "place"),
        ("/api/v1/entries?updated_since=2016-01-01&page=2", "page"),
    ],
)
def test_a_filter_that_names_nothing_is_not_found(
    client: FlaskClient, world: World, address: str, parameter: str
) -> None:
    """An organisation or topic that does not exist is answered with 404 and the parameter."""
    assert read(client, address, 404)["parameter"] == parameter


def test_search_says_what_it_understood(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A search gives hits with passages, and says what was searched and how."""
    entry = published(session, world)
    bring_up_to_date(settings)
    found = read(client, "/api/v1/search?q=路灯")
    assert ids(found) == [entry.id]
    assert (found["understood"], found["matched"], found["degraded"]) == (["路灯"], "all", False)
    assert "<mark>路灯</mark>" in found["data"][0]["passages"]["letter"]
    assert read(client, "/api/v1/search?q=路灯 火星")["matched"] == "any"
    assert ids(read(client, "/api/v1/search?q=路灯&topic=交通运输")) == []
    assert found["data"][0]["subtopic"] is None
    with writing() as unit:
        unit.get_one(ArchiveEntry, entry.id).category = "城乡建设"
    rebuild(bring_up_to_date(settings))
    for path in ("search?q=路灯&", "entries?"):
        found = read(client, f"/api/v1/{path}topic=城乡建设/路灯照明")
        assert [(d["topic"], d["subtopic"]) for d in found["data"]] == [("城乡建设", "路灯照明")]
        assert ids(read(client, f"/api/v1/{path}topic=城乡建设/停车")) == []
    assert ids(read(client, "/api/v1/search?q=路灯&rating=helpful")) == []
    assert ids(read(client, f"/api/v1/search?q=路灯&place={world['district']}")) == []


def test_a_search_offers_what_may_be_meant(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Pinyin gives no hit and the word as a suggestion, on the first page; null without one."""
    published(session, world)
    bring_up_to_date(settings)
    found = read(client, "/api/v1/search?q=ludeng")
    assert (ids(found), found["suggestion"]) == ([], "路灯")
    assert read(client, "/api/v1/search?q=路灯")["suggestion"] is None


def test_search_goes_on_without_an_index(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """While the index is away the search answers from the table and says so."""
    entry = published(session, world)
    bring_up_to_date(settings)
    shutil.rmtree(settings.index_folder)
    found = read(client, "/api/v1/search?q=路灯")
    assert (ids(found), found["degraded"]) == ([entry.id], True)


def test_a_withdrawn_entry_is_gone(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A withdrawn entry answers 410 and is in no list and no search."""
    entry = published(session, world)
    bring_up_to_date(settings)
    withdraw(session, world, entry)
    assert read(client, f"/api/v1/entries/{entry.id}", 410)["status"] == 410
    assert ids(read(client, "/api/v1/entries")) == []
    assert ids(read(client, "/api/v1/search?q=路灯")) == []


@pytest.mark.parametrize(
    "address", ["/api/v1/entries/99", f"/api/v1/entries/{10**30}", "/api/v1/nothing/here"]
)
def test_what_is_not_there_is_json_too(client: FlaskClient, world: World, address: str) -> None:
    """An unknown entry or address answers 404 as JSON."""
    assert read(client, address, 404)["title"] == "没有找到"


def test_the_data_are_open(client: FlaskClient, session: Session, world: World) -> None:
    """Pages of other sites may read, errors too; nothing sets a cookie."""
    published(session, world)
    for address in ("/api/v1/entries", "/api/v1/entries/99", "/api/v1/entries?page=0"):
        answer = client.get(address)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in answer.headers


def test_the_data_can_only_be_read(client: FlaskClient, world: World) -> None:
    """Another method is refused as a problem that names those there are."""
    answer = client.post("/api/v1/entries")
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert answer.allow == {"GET", "HEAD", "OPTIONS"}
    assert client.delete("/api/v1/nothing").status_code == 404


def test_too_many_requests_wait(client: FlaskClient, world: World) -> None:
    """An address that asks without end is told how long to wait."""
    answers = [client.get("/api/v1/entries/1") for _ in range(301)]
    assert answers[-2].status_code == 404
    assert answers[-1].status_code == 429
    assert answers[-1].get_json()["status"] == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=300;w=60'
    assert answers[0].headers["RateLimit"].startswith('"default";r=299;t=')
    assert "Retry-After" not in answers[0].headers
    assert "X-RateLimit-Limit" not in answers[0].headers


@pytest.mark.parametrize(
    ("asked", "language", "title"),
    [
        ("en", "en", "Not found"),
        ("de, en-GB;q=0.5", "en", "Not found"),
        ("zh-CN, en;q=0.9", "zh-CN", "没有找到"),
        ("x;;q=,,", "zh-CN", "没有找到"),
        ("", "zh-CN", "没有找到"),
    ],
)
def test_problems_speak_the_readers_language(
    client: FlaskClient, world: World, asked: str, language: str, title: str
) -> None:
    """A problem is in the language that the reader asks for, else in Chinese."""
    for address in ("/api/v1/entries/99", "/api/nothing", "/api/v1/entries?organisation=999"):
        answer = client.get(address, headers={"Accept-Language": asked})
        data = answer.get_json()
        assert (answer.headers["Content-Language"], data["title"]) == (language, title)
        assert "Accept-Language" in answer.headers["Vary"]
        assert data["instance"] == address.partition("?")[0]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/*", 200),
        ("*/*", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("garbage", 406),
    ],
)
def test_only_json_is_given(
    client: FlaskClient, session: Session, world: World, accept: str, status: int
) -> None:
    """Whoever does not take JSON is told so."""
    published(session, world)
    answer = client.get("/api/v1/entries", headers={"Accept": accept})
    assert answer.status_code == status


@pytest.mark.parametrize("tag", ["garbage", '"', 'W/"x"', '"a", "b', "\u00e9"])
def test_a_senseless_tag_changes_nothing(
    client: FlaskClient, session: Session, world: World, tag: str
) -> None:
    """An ETag that was never given brings the whole answer; the one given saves it."""
    published(session, world)
    answer = client.get("/api/v1/entries", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    again = client.get("/api/v1/entries", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_scripts_of_other_sites_may_ask_before(client: FlaskClient, world: World) -> None:
    """A preflight names methods and headers; it starts no session."""
    headers = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    answer = client.options("/api/v1/entries", headers=headers)
    assert answer.status_code == 200
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert "Set-Cookie" not in answer.headers


def test_the_documentation_is_complete(client: FlaskClient, world: World) -> None:
    """The page for people and the JSON for programs name every field, parameter and public kind."""
    page = get(client, "/api/v1/", headers={"Accept": "text/html"})
    data = read(client, "/api/v1/")
    kinds = {kind.value: kind.label for kind in Kind if kind is not Kind.WRONGDOING}
    for name in (*FIELDS, *PARAMETERS, *REGISTER, *kinds):
        assert f"<code>{name}</code>" in page.html
    assert data["kinds"] == kinds
    assert (set(data["fields"]), set(data["parameters"])) == (set(FIELDS), set(PARAMETERS))
    assert set(data["register"]) == set(REGISTER)
    assert data["addresses"]["entries"] == f"{BASE}/api/v1/entries"
