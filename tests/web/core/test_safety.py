"""Requests that no page of the site sends are answered in bounded time, and never by a crash."""

from io import BytesIO
from time import process_time

import pytest
from flask.testing import FlaskClient

from portal.config import Settings
from portal.web.core.safety import MOST_FIELDS
from tests.builders import World
from tests.pages import get
from tests.web.api.tokens import a_token

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
    answer = client.post(path, data=fields, content_type="application/x-www-form-urlencoded")
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
        b"[" * 1_900_000,
        b"[" * 900 + b"]" * 900,
        b'{"a":' * 300_000,
        b"9" * 1_900_000,
        b'{"organisation": ' + b"9" * 1_900_000 + b"}",
        b'{"text": "' + "字".encode() * 600_000 + b'"}',
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
    assert answer.status_code in (400, 413, 422)


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


def test_refusing_costs_little(client: FlaskClient, world: World) -> None:
    """A hundred thousand fields are refused in the time of a page, not of a minute."""
    fields = b"&".join(b"f%d=x" % number for number in range(100_000))
    began = process_time()
    answer = client.post("/track", data=fields, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert process_time() - began < 1
