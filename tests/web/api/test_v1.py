"""The open data: stable names, links that lead on, errors that name the parameter."""

import shutil
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.letters.kinds import Kind
from portal.web.api.documents import FIELDS
from portal.web.api.parameters import PARAMETERS
from tests.archive import bring_up_to_date, published, withdraw
from tests.builders import World
from tests.pages import get

BASE = "http://127.0.0.1:8000"


def read(client: FlaskClient, address: str, status: int = 200) -> dict[str, Any]:
    """Return the JSON at ``address``."""
    answer = client.get(address.removeprefix(BASE))
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
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
    assert page["links"]["self"] == first["links"]["last"]
    assert ids(read(client, page["links"]["first"])) == ids(first)


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
        ("/api/v1/entries?organisation=999", "organisation"),
        ("/api/v1/entries?q=路灯", "q"),
        ("/api/v1/entries?colour=red", "colour"),
        ("/api/v1/search", "q"),
        ("/api/v1/search?q=%20", "q"),
        ("/api/v1/search?q=" + "灯" * 201, "q"),
        ("/api/v1/search?q=灯&sort=best", "sort"),
    ],
)
def test_a_wrong_parameter_is_named(
    client: FlaskClient, world: World, address: str, parameter: str
) -> None:
    """A parameter that cannot be used is answered with 400 and its name."""
    error = read(client, address, 400)["error"]
    assert (error["status"], error["parameter"]) == (400, parameter)
    assert error["detail"]


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
    assert read(client, f"/api/v1/entries/{entry.id}", 410)["error"]["status"] == 410
    assert ids(read(client, "/api/v1/entries")) == []
    assert ids(read(client, "/api/v1/search?q=路灯")) == []


@pytest.mark.parametrize(
    "address", ["/api/v1/entries/99", f"/api/v1/entries/{10**30}", "/api/v1/nothing/here"]
)
def test_what_is_not_there_is_json_too(client: FlaskClient, world: World, address: str) -> None:
    """An unknown entry or address answers 404 as JSON."""
    assert read(client, address, 404)["error"]["title"] == "Not Found"


def test_the_data_are_open(client: FlaskClient, session: Session, world: World) -> None:
    """Pages of other sites may read, errors too; nothing sets a cookie."""
    published(session, world)
    for address in ("/api/v1/entries", "/api/v1/entries/99", "/api/v1/entries?page=0"):
        answer = client.get(address)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in answer.headers


def test_the_data_can_only_be_read(client: FlaskClient, world: World) -> None:
    """There is no way to write."""
    assert client.post("/api/v1/entries").status_code in (400, 405)


def test_too_many_requests_wait(client: FlaskClient, world: World) -> None:
    """An address that asks without end is told how long to wait."""
    answers = [client.get("/api/v1/entries/1") for _ in range(301)]
    assert answers[-2].status_code == 404
    assert answers[-1].status_code == 429
    assert answers[-1].get_json()["error"]["status"] == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_the_documentation_is_complete(client: FlaskClient, world: World) -> None:
    """The page for people and the JSON for programs name every field, parameter and public kind."""
    page = get(client, "/api/v1/", headers={"Accept": "text/html"})
    data = read(client, "/api/v1/")
    kinds = {kind.value: kind.label for kind in Kind if kind is not Kind.WRONGDOING}
    for name in (*FIELDS, *PARAMETERS, *kinds):
        assert f"<code>{name}</code>" in page.html
    assert data["kinds"] == kinds
    assert (set(data["fields"]), set(data["parameters"])) == (set(FIELDS), set(PARAMETERS))
    assert data["addresses"]["entries"] == f"{BASE}/api/v1/entries"
