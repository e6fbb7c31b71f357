"""Fetching pages and sending forms as a browser would, checking every page on the way.

``get`` holds each HTML page to what all pages promise: the status asked for, a title, the
language, ids that occur once, and forms that post with a token to routes that exist.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, has_app_context, url_for
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from portal.domain.languages import LANGUAGES
from portal.models import db

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of every form that a page of the site sends to the site."""
PASSWORD = "correct horse 8"
"""The password of every person in the test world."""


class Client(FlaskClient):
    """A client whose requests do not share anything with the test's own context.

    The test's session ends its transaction before and after, so that both see what the other has
    committed.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Make a request in an application context of its own."""
        outside = has_app_context()
        if outside:
            db.session.rollback()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if outside:
            db.session.rollback()
        return response


@dataclass
class Form:
    """A form: where it goes and what its fields hold as the page comes."""

    method: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)


@dataclass
class Page:
    """What a test looks at in an answer."""

    response: TestResponse
    status: int
    html: str
    title: str = ""
    lang: str = ""
    ids: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words of the page without its markup, spaces folded."""
        return " ".join(" ".join(self.words).split())

    def form(self, path: str) -> Form:
        """Return the form that posts to ``path``."""
        posting = [form for form in self.forms if form.method == "post"]
        found = [form for form in posting if urlsplit(form.action).path == urlsplit(path).path]
        assert found, f"no form posts to {path}; there are {[form.action for form in posting]}"
        return found[0]


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.open: list[str] = []
        self.form: Form | None = None
        self.select = ""
        self.area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.open.append(tag)
        if tag == "html":
            self.page.lang = given.get("lang", "")
        if "id" in given:
            self.page.ids.append(given["id"])
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
        if tag == "form":
            self.form = Form(given.get("method", "get").lower(), given.get("action", ""))
            self.page.forms.append(self.form)
        elif tag == "input":
            self._input(given)
        elif tag == "select":
            self.select = given.get("name", "")
        elif tag == "option" and self.form and self.select and "selected" in given:
            self.form.fields.setdefault(self.select, []).append(given.get("value", ""))
        elif tag == "textarea":
            self.area = (given.get("name", ""), [])
        elif tag == "button" and self.form and given.get("name"):
            self.form.fields.setdefault(given["name"], [])

    def _input(self, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if self.form is None or not name:
            return
        values = self.form.fields.setdefault(name, [])
        if kind not in ("checkbox", "radio") or "checked" in given:
            values.append(given.get("value", ""))
        if kind == "hidden":
            self.form.hidden[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.area:
            name, words = self.area
            if self.form and name:
                # The first line end after the tag is not part of the value.
                self.form.fields.setdefault(name, []).append(
                    "".join(words).removeprefix("\r").removeprefix("\n")
                )
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area:
            self.area[1].append(data)
        elif "title" in self.open and "svg" not in self.open:
            self.page.title += data
        elif "script" not in self.open and "style" not in self.open:
            self.page.words.append(data)


def read(response: TestResponse) -> Page:
    """Return the answer as a page; an answer that is not HTML has its text only."""
    html = response.get_data(as_text=True) if response.mimetype.startswith("text/") else ""
    page = Page(response, response.status_code, html)
    if response.mimetype == "text/html":
        _Reader(page).feed(html)
    return page


def without_language(path: str) -> str:
    """Return ``path`` as the routes know it."""
    first = path[1:].partition("/")[0]
    named = first in {row.tag for row in LANGUAGES.values()}
    return (path.removeprefix(f"/{first}") or "/") if named else path


def check(app: Flask, page: Page) -> None:
    """Hold a page to what every page promises."""
    title = " ".join(page.title.split())
    assert title, "the page has no title"
    assert "·" not in title or title.rpartition("·")[0].endswith(" "), f"no space in {title!r}"
    assert page.lang in {row.tag for row in LANGUAGES.values()}, f"the page says lang={page.lang!r}"
    twice = {name for name in page.ids if page.ids.count(name) > 1}
    assert not twice, f"ids occur more than once: {sorted(twice)}"
    routes = app.url_map.bind("localhost")
    for form in page.forms:
        if form.method not in ("get", "post"):
            continue
        assert form.action, "a form has no action"
        path = without_language(urlsplit(form.action).path)
        try:
            endpoint, _ = routes.match(path, method=form.method.upper())
        except HTTPException as error:
            raise AssertionError(f"a form goes to {form.method} {path}: {error}") from error
        if form.method == "post" and not hasattr(app.view_functions[endpoint], "without_token"):
            assert form.hidden.get("csrf_token"), f"the form to {path} has no token"
            assert len(form.fields["csrf_token"]) == 1, f"the form to {path} has its token twice"


def get(client: FlaskClient, url: str, status: int = 200, **options: Any) -> Page:
    """Fetch ``url`` and check the page; say ``status`` where it is not 200."""
    page = read(client.get(url, **options))
    assert page.status == status, f"GET {url}: {page.status}, not {status}\n{page.text[:2000]}"
    if page.response.mimetype == "text/html" and not 300 <= page.status < 400:
        check(client.application, page)
    return page


def post(
    client: FlaskClient,
    url: str,
    data: Mapping[str, Any] | None = None,
    *,
    page: str | None = None,
    status: int | None = 302,
    follow: bool = False,
) -> Page:
    """Open ``page`` (``url`` itself if not given), fill its form for ``url`` and send it.

    Hidden fields, the token among them, go along as the page has them. ``status`` is what must
    come back (302 for a redirect, which ``follow`` follows to a 200); ``None`` takes any.
    """
    # A page may lead to a form with an address of its own.
    form = get(client, page or url, follow_redirects=True).form(url)
    sent = {**form.hidden, **(data or {})}
    answer = read(client.post(url, data=sent, headers=FROM_HERE, follow_redirects=follow))
    wanted = 200 if follow and status == 302 else status
    if wanted is not None:
        said = f"POST {url}: {answer.status}, not {wanted}\n{answer.text[:2000]}"
        assert answer.status == wanted, said
    if answer.response.mimetype == "text/html" and not 300 <= answer.status < 400:
        check(client.application, answer)
    return answer


def address(app: Flask, endpoint: str, **values: Any) -> str:
    """Return the path of ``endpoint``."""
    inside = nullcontext() if has_app_context() else app.app_context()
    with inside, app.test_request_context():
        return url_for(endpoint, **values)


def login(client: FlaskClient, username: str, password: str = PASSWORD) -> FlaskClient:
    """Log ``username`` in through the login page; return the client."""
    url = address(client.application, "account.login")
    answer = post(client, url, {"username": username, "password": password})
    assert answer.response.location, "the login was refused"
    return client
