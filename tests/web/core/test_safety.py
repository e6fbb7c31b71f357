"""Requests that no page of the site sends are answered in bounded time, and never by a crash."""

import json
from io import BytesIO
from urllib.parse import urlencode

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest
from werkzeug.test import EnvironBuilder

from portal.config import Settings
from portal.domain.letters.states import TEXT_MAX
from portal.web.core.safety import (
    LARGEST_OF_PROGRAMS,
    LARGEST_REQUEST,
    LARGEST_TEXTS,
    MOST_FIELDS,
    LetterboxRequest,
)
from tests.builders import World
from tests.pages import get
from tests.web.api.tokens import LETTER, a_token

FORM = "application/x-www-form-urlencoded"
FORMS = "/write", "/track", "/account/login", "/disclosure/new"


@pytest.mark.parametrize("path", FORMS)
def test_a_file_in_a_form_without_files_is_left_out(
    client: FlaskClient, world: World, path: str
) -> None:
    """A form with a file, a part without a name and one with NUL is a form without the file."""
    sent = {
        "text": "内容\0",
        "": "no name",
        "upload": (BytesIO(b"MZ\x90\0"), "letter.exe"),
        "title": (BytesIO("标题".encode()), "title.txt"),
    }
    answer = client.post(path, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 400
    sent["csrf_token"] = get(client, path, follow_redirects=True).form(path).hidden["csrf_token"]
    sent["upload"], sent["title"] = (BytesIO(b"MZ"), "a.exe"), (BytesIO(b"x"), "b.txt")
    answer = client.post(path, data=sent, content_type="multipart/form-data")
    assert answer.status_code < 500


@pytest.mark.parametrize("path", [*FORMS, "/archive/1/helpful", "/console/"])
def test_a_form_has_a_bounded_number_of_fields(
    client: FlaskClient, world: World, path: str
) -> None:
    """Too many fields are refused as too large, in either encoding, before any is looked at."""
    fields = "&".join(f"f{number}=x" for number in range(MOST_FIELDS + 1))
    answer = client.post(path, data=fields, content_type=FORM)
    assert answer.status_code in (405, 413)
    parts = {f"f{number}": "x" for number in range(MOST_FIELDS + 1)}
    answer = client.post(path, data=parts, content_type="multipart/form-data")
    assert answer.status_code in (405, 413)


@pytest.mark.parametrize(
    "body",
    [b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--"],
)
def test_a_damaged_form_is_a_wrong_request(client: FlaskClient, world: World, body: bytes) -> None:
    """A multipart body that ends too early or names no field is refused like an empty form."""
    answer = client.post("/track", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "X" * 200, "PUT", "DELETE"])
def test_an_unknown_method_is_not_allowed(client: FlaskClient, world: World, method: str) -> None:
    """A method that no route has is answered with 405."""
    assert client.open("/track", method=method).status_code == 405


@pytest.mark.parametrize(
    "body",
    [b"[" * 200_000, b'{"a":' * 100_000, b'{"organisation": ' + b"9" * 100_000 + b"}"],
)
def test_deep_and_huge_bodies_are_wrong_requests(
    client: FlaskClient, world: World, body: bytes
) -> None:
    """Deep nesting and huge numbers in JSON are answered with 4xx, whoever sends them."""
    for path in ("/api/v1/letters", "/write", "/track"):
        answer = client.post(path, data=body, content_type="application/json")
        assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 99_000,
        b"[" * 900 + b"]" * 900,
        b'{"a":' * 19_000,
        b"9" * 99_000,
        b'{"organisation": ' + b"9" * 99_000 + b"}",
        b'{"text": "' + "字".encode() * 30_000 + b'"}',
    ],
    ids=["unclosed lists", "lists", "objects", "number", "organisation", "text"],
)
def test_a_token_does_not_make_a_hostile_body_a_letter(
    client: FlaskClient, settings: Settings, world: World, body: bytes
) -> None:
    """Deep and huge JSON with a valid token is answered with 4xx."""
    headers = {"Authorization": f"Bearer {a_token(world, settings.key('code'))}"}
    answer = client.post(
        "/api/v1/letters", data=body, content_type="application/json", headers=headers
    )
    assert answer.status_code in (400, 422)


def test_programs_send_no_more_than_their_routes_take(
    client: FlaskClient, settings: Settings, world: World
) -> None:
    """A letter of 5,000 characters is taken in the longest encoding of JSON; more bytes are not."""
    headers = {"Authorization": f"Bearer {a_token(world, settings.key('code'))}"}

    def sent(body: str) -> int:
        given = {"data": body, "content_type": "application/json", "headers": headers}
        return client.post("/api/v1/letters", **given).status_code

    longest = json.dumps({**LETTER, "text": "𠮷" * TEXT_MAX})
    assert sent(longest) == 201
    assert sent(longest.ljust(LARGEST_OF_PROGRAMS)) == 201
    assert sent(longest.ljust(LARGEST_OF_PROGRAMS + 1)) == 413


@pytest.mark.parametrize(
    "sent", ["text=%", "text=%5", "text=%zz", "text=%E5", "text=%80", b"text=\xe5"]
)
def test_a_form_that_encodes_no_text_is_a_wrong_request(app: Flask, sent: str | bytes) -> None:
    """A percent sign without two digits and bytes of no character are refused."""
    with (
        app.test_request_context("/track", method="POST", data=sent, content_type=FORM),
        pytest.raises(BadRequest),
    ):
        request.form.get("text")


@given(st.dictionaries(st.text(min_size=1).filter(lambda name: "\0" not in name), st.text()))
def test_fields_are_read_as_they_were_typed(typed: dict[str, str]) -> None:
    """Every text comes back from the encoding of forms, without NUL."""
    sent = EnvironBuilder(method="POST", data=urlencode(typed), content_type=FORM)
    read = LetterboxRequest(sent.get_environ()).form
    assert read.to_dict() == {name: text.replace("\0", "") for name, text in typed.items()}


def test_a_route_can_take_more_or_less_than_others(client: FlaskClient, world: World) -> None:
    """Texts of a correction are longer than a letter, a delivery receipt is shorter."""
    for path, most in (
        ("/track", LARGEST_REQUEST),
        ("/console/letters/1/publication/correct", LARGEST_TEXTS),
        ("/open311/v2/requests.json", LARGEST_OF_PROGRAMS),
    ):
        for size, refused in ((most, False), (most + 1, True)):
            answer = client.post(path, data=b"a=".ljust(size, b"x"), content_type=FORM)
            assert (answer.status_code == 413) is refused


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5_000, "-1", "1e400", "0x10"])
def test_huge_numbers_in_addresses_are_no_crash(
    client: FlaskClient, world: World, number: str
) -> None:
    """A number beyond every id and page is answered with a page or 4xx, never with 500."""
    for path in (
        f"/archive/{number}",
        f"/archive?page={number}",
        f"/api/v1/entries?limit={number}",
    ):
        assert client.get(path).status_code < 500
