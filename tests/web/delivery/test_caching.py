"""What proxies and browsers may keep, and how little of it travels."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

import brotli
import pytest
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.models import Organisation
from portal.services.core.unit import writing
from portal.web.core.clock import now
from portal.web.core.settings import keep_settings
from portal.web.delivery.caching import _PLACE, FRESH, MOST_KEPT
from portal.web.delivery.kept_pages import KeptPages
from tests.archive import bring_up_to_date, published, withdraw
from tests.builders import World, a_letter
from tests.pages import FROM_HERE, get, login

KEPT = (
    *("/", "/archive", "/archive?q=路灯", "/archive/{entry}", "/organisations", "/about"),
    *("/organisations/{city}", "/statistics", "/statistics/years", "/privacy", "/en/archive"),
)
PERSONAL = "/write", "/track", "/disclosure/new", "/account/login", "/archive/{entry}?from=write"


@pytest.fixture
def values(session: Session, world: World, settings: Settings) -> dict[str, int]:
    """The entry and the organisation that stand in the addresses."""
    entry = published(session, world)
    bring_up_to_date(settings)
    return {"entry": entry.id, "city": world["city"]}


@pytest.mark.parametrize("path", KEPT)
def test_a_reader_without_a_session_gets_no_cookie(
    client: FlaskClient, values: dict[str, int], path: str
) -> None:
    """A public page sets no cookie and may be kept for five seconds, by its ETag for longer."""
    path = path.format(**values)
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert (answer.cache_control.public, answer.cache_control.max_age) == (True, FRESH)
    assert "Cookie" in answer.headers["Vary"]
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", PERSONAL)
def test_a_page_with_a_form_is_kept_by_nobody(
    client: FlaskClient, values: dict[str, int], path: str
) -> None:
    """A page that begins a session, or is made for one reader, is private."""
    answer = client.get(path.format(**values))
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", KEPT)
def test_nothing_is_kept_for_somebody_with_a_session(
    client: FlaskClient, values: dict[str, int], path: str
) -> None:
    """Pages of a reader who has a session are private, and are not compressed."""
    login(client, "city_handler")
    answer = client.get(path.format(**values), headers={"Accept-Encoding": "br"})
    assert "public" not in answer.headers.get("Cache-Control", "")
    assert "Content-Encoding" not in answer.headers


def test_an_error_is_not_kept(client: FlaskClient, values: dict[str, int]) -> None:
    """A page that is missing today may be there in a moment."""
    assert not client.get("/archive/999").cache_control.public


@pytest.mark.parametrize(
    ("asked", "unpack"), [("br, gzip", brotli.decompress), ("gzip", gzip.decompress)]
)
def test_pages_travel_compressed(
    client: FlaskClient, values: dict[str, int], asked: str, unpack: object
) -> None:
    """A browser gets brotli where it can, else gzip, and asks again by the ETag of that form."""
    plain = client.get("/archive")
    small = client.get("/archive", headers={"Accept-Encoding": asked})
    assert unpack(small.data) == plain.data  # type: ignore[operator]
    assert "Accept-Encoding" in small.headers["Vary"]
    assert small.headers["ETag"] != plain.headers["ETag"]
    again = {"Accept-Encoding": asked, "If-None-Match": small.headers["ETag"]}
    assert client.get("/archive", headers=again).status_code == 304


@pytest.mark.parametrize("path", ["/archive/{entry}", "/archive", "/archive?q=路灯", "/"])
def test_a_withdrawn_entry_is_gone_with_the_next_request(
    client: FlaskClient, session: Session, world: World, settings: Settings, path: str
) -> None:
    """The ETag of a page that showed an entry does not bring it back after it is withdrawn."""
    entry = published(session, world)
    bring_up_to_date(settings)
    path = path.format(entry=entry.id)
    tag = client.get(path).headers["ETag"]
    withdraw(session, world, entry)
    bring_up_to_date(settings)
    answer = client.get(path, headers={"If-None-Match": tag})
    assert answer.status_code in (200, 410)
    assert entry.title.encode() not in answer.data


@pytest.fixture
def keeping(app: Flask, settings: Settings) -> Flask:
    """The application with its default of keeping pages for two seconds, none of them kept yet."""
    keep_settings(app, settings.model_copy(update={"page_cache_seconds": 2}))
    app.extensions[_PLACE] = KeptPages(MOST_KEPT)
    return app


def test_a_process_keeps_a_page_for_a_moment(
    keeping: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    """Within its seconds the page is sent again as it was, then it is made again."""
    with patch("portal.web.delivery.caching.monotonic") as clock:
        clock.return_value = 100.0
        before = client.get("/archive")
        entry = published(session, world)
        clock.return_value = 101.9
        again = client.get("/archive")
        assert (again.data, again.headers["ETag"]) == (before.data, before.headers["ETag"])
        clock.return_value = 102.0
        assert entry.title in client.get("/archive").get_data(as_text=True)
    assert before.cache_control.max_age == FRESH - 2


@pytest.mark.parametrize("path", ["/statistics", "/statistics/city", "/en/statistics/years"])
def test_figures_are_set_into_tables_once_for_each_state(
    keeping: Flask, client: FlaskClient, session: Session, world: World, path: str
) -> None:
    """A page of figures is made again when a figure or the tree has changed, or after a minute."""
    a_letter(session, world, now=now())
    with patch("portal.web.delivery.caching.monotonic") as clock, made() as pages:
        for clock.return_value in (100.0, 101.9, 103.0, 120.0):
            first = client.get(path)
        assert len(pages) == 1
        a_letter(session, world, now=now())
        assert client.get(path).data == first.data
        clock.return_value = 122.0
        assert client.get(path).data != first.data
        assert len(pages) == 2
        with writing() as unit:
            unit.get_one(Organisation, world["water"]).closed_on = date(2016, 1, 1)
        clock.return_value = 124.0
        client.get(path)
        assert len(pages) == 3
        for clock.return_value in (125.0, 183.9):
            client.get(path)
        assert len(pages) == 3
        clock.return_value = 184.0
        client.get(path)
        assert len(pages) == 4


@contextmanager
def made() -> Iterator[list[str]]:
    """Collect the names of the templates that are filled in."""
    names: list[str] = []

    def note(sender: Flask, template: Template, **_: object) -> None:
        names.append(str(template.name))

    with template_rendered.connected_to(note):
        yield names


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/en/archive", {}),
        ("/archive?year=2016", {}),
        ("/archive", {"Accept-Encoding": "br"}),
        ("/archive", {"Host": "127.0.0.1"}),
    ],
)
def test_another_request_gets_a_page_of_its_own(
    keeping: Flask, client: FlaskClient, values: dict[str, int], path: str, headers: dict[str, str]
) -> None:
    """Language, query, encoding and host are part of what a page is kept under."""
    kept = client.get("/archive")
    other = client.get(path, headers=headers)
    assert other.status_code == 200
    assert other.data != kept.data or "Host" in headers


def test_somebody_with_a_session_never_gets_a_kept_page(
    keeping: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    """Staff see at once what they published."""
    client.get("/archive")
    login(client, "city_handler")
    entry = published(session, world)
    assert entry.title in client.get("/archive").get_data(as_text=True)


def test_kept_pages_are_bounded() -> None:
    """Beyond the bytes allowed the page goes that was not asked for longest."""
    pages = KeptPages(10)
    for key in "ab":
        pages.put(key, b"1234", [], 1.0)
    assert pages.get("a", 0.0)
    pages.put("c", b"1234", [], 1.0)
    assert [key for key in "abc" if pages.get(key, 0.0)] == ["a", "c"]
    pages.put("d", b"12345678901", [], 1.0)
    assert [key for key in "abcd" if pages.get(key, 0.0)] == []


def test_a_page_is_renewed_in_its_own_state_until_it_is_old() -> None:
    """A page of a state is good again for a while in that state, not in another, not beyond its last."""
    pages = KeptPages(10)
    pages.put("a", b"1", [], 2.0, "x", 5.0)
    pages.put("b", b"2", [], 2.0)
    assert pages.get("a", 2.0) is None
    assert pages.renew("a", 2.0, 4.0, "y") is None
    assert pages.renew("c", 2.0, 4.0, "x") is None
    renewed = pages.renew("a", 2.0, 4.0, "x")
    assert renewed is not None
    assert renewed.body == b"1"
    assert pages.get("a", 3.9)
    assert pages.get("a", 4.0) is None
    assert pages.renew("a", 4.0, 6.0, "x")
    assert pages.get("a", 4.9)
    assert pages.get("a", 5.0) is None
    assert pages.renew("a", 5.0, 7.0, "x") is None
    assert pages.renew("b", 3.0, 5.0, None) is None


def test_a_vote_needs_no_cookie_before(client: FlaskClient, values: dict[str, int]) -> None:
    """A page that proxies keep has no token; the browser says where its form comes from."""
    path = f"/archive/{values['entry']}/helpful"
    assert client.post(path, data={"helpful": "yes"}, headers=FROM_HERE).status_code == 303
    assert "您已经说过了" in get(client, f"/archive/{values['entry']}").text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
def test_a_vote_from_another_site_needs_a_token(
    client: FlaskClient, values: dict[str, int], headers: dict[str, str]
) -> None:
    """Where the browser does not vouch for the page, the form comes back with a token."""
    path = f"/archive/{values['entry']}/helpful"
    answer = client.post(path, data={"helpful": "yes"}, headers=headers)
    assert answer.status_code == 400
    token = answer.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    sent = {"helpful": "yes", "csrf_token": token}
    assert client.post(path, data=sent, headers=headers).status_code == 303


def test_an_old_browser_says_its_origin(client: FlaskClient, values: dict[str, int]) -> None:
    """Without Sec-Fetch-Site the origin of the site itself will do."""
    path = f"/archive/{values['entry']}/helpful"
    headers = {"Origin": "http://localhost"}
    assert client.post(path, data={"helpful": "no"}, headers=headers).status_code == 303


def test_only_named_forms_go_without_a_token(app: Flask) -> None:
    """The forms of pages that proxies keep are the two of an entry."""
    marked = {name for name, view in app.view_functions.items() if hasattr(view, "without_token")}
    assert marked == {"archive.helpful", "archive.send_report"}


def test_static_files_are_kept_for_a_year(client: FlaskClient, values: dict[str, int]) -> None:
    """The address of a style sheet changes with its content, so that it never needs asking."""
    page = get(client, "/en/").html
    sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = client.get(sheet)
    assert answer.mimetype == "text/css"
    assert (answer.cache_control.max_age, answer.cache_control.immutable) == (31536000, True)
    assert client.get(sheet, headers={"Accept-Encoding": "br"}).content_encoding == "br"


def test_a_page_of_another_release_gets_its_style(client: FlaskClient) -> None:
    """The address of an earlier release answers with the present file, not to be kept."""
    answer = client.get("/static/0123456789ab/css/base.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["css/missing.css", "../config.py", "css/../../app.py", ""])
def test_only_static_files_are_served(client: FlaskClient, name: str) -> None:
    """A name that is none of the files is not found."""
    assert client.get(f"/static/x/{name}").status_code == 404
