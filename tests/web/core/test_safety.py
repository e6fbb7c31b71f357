"""Requests that no page of the site sends are answered in bounded time, and never by a crash."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient

from portal.web.core.safety import MOST_FIELDS
from tests.builders import World
from tests.pages import get

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
