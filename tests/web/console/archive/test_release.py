"""Files on the page of a publication: looked at, covered, released; and what the public gets."""

import feedparser
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from portal.config import Settings
from portal.models import Letter
from portal.web.console.archive.release import Row, row_of, typed_rows
from tests.builders import World
from tests.fixtures.attachments import a_pdf, an_office_file, attach
from tests.pages import Client, Page, get, read
from tests.services.archive.test_files import FACE, proposed, publish, release
from tests.web.console.conftest import Staff


def address(letter: Letter, file: int, part: str = "") -> str:
    """Return the address of the page of a file."""
    return f"/console/letters/{letter.number}/publication/files/{file}{part}"


def send(client: Client, letter: Letter, file: int, step: str, **sides: object) -> Page:
    """Open the page and send its form."""
    path = address(letter, file)
    form = get(client, path).form(path)
    return read(client.post(path, data={**form.hidden, "step": step, **sides}))


def test_rectangles_are_read_as_they_are_typed() -> None:
    """Empty rows are left out; what is no number or lies beside the picture is no rectangle."""
    form = MultiDict(
        [("x", "10"), ("y", "0"), ("width", "20.5"), ("height", "30"), ("page", "2")]
        + [("x", ""), ("y", ""), ("width", ""), ("height", ""), ("page", "1")]
        + [("x", "a"), ("y", "0"), ("width", "5"), ("height", "5"), ("page", "1")]
    )
    first, second = typed_rows(form)
    cover = first.cover()
    assert cover is not None
    assert (cover.x, cover.y, cover.width, cover.height, cover.page) == (100, 0, 205, 300, 2)
    assert row_of(cover) == Row("10", "0", "20.5", "30", "2")
    assert second.cover() is None
    assert Row("0", "0", "0", "5").cover() is None
    assert Row("nan", "0", "inf", "5").cover() is None


def test_a_file_is_released_by_numbers(
    staff: Staff, session: Session, settings: Settings, world: World
) -> None:
    """Without script; the page then shows the copy, and the list says so."""
    letter = proposed(session, world)
    file = attach(settings, letter.id)
    client = staff("city_reviewer")
    listed = get(client, f"/console/letters/{letter.number}/publication")
    assert "不公开" in listed.text
    assert client.get(address(letter, file, "/copy")).status_code == 404
    sides = {"x": "0", "y": "0", "width": "30", "height": "30"}
    assert send(client, letter, file, "release", **sides).status == 302
    page = get(client, address(letter, file))
    assert page.form(address(letter, file)).fields["width"][0] == "30"
    assert client.get(address(letter, file, "/copy")).data[:2] == b"\xff\xd8"
    assert client.get(address(letter, file, "/picture")).mimetype == "image/jpeg"
    assert send(client, letter, file, "withhold").status == 302
    assert client.get(address(letter, file, "/copy")).status_code == 404


def test_wrong_rectangles_come_back(
    staff: Staff, session: Session, settings: Settings, world: World
) -> None:
    """With the reason, and with everything that was typed; more rows can be had."""
    letter = proposed(session, world)
    file = attach(settings, letter.id)
    client = staff("city_reviewer")
    sides = {"x": "0", "y": "0", "width": "130", "height": "30"}
    page = send(client, letter, file, "release", **sides)
    assert page.status == 422
    assert page.form(address(letter, file)).fields["width"][0] == "130"
    page = send(client, letter, file, "more", **sides)
    assert (page.status, len(page.form(address(letter, file)).fields["width"])) == (200, 5)


def test_who_may_not_review_releases_nothing(
    staff: Staff, session: Session, settings: Settings, world: World
) -> None:
    """Who may read the letter sees the file; others see nothing."""
    letter = proposed(session, world)
    file = attach(settings, letter.id)
    reader = staff("city_supervisor")
    page = get(reader, address(letter, file))
    assert not [form for form in page.forms if form.action.endswith(address(letter, file))]
    token = next(f.hidden["csrf_token"] for f in page.forms if "csrf_token" in f.hidden)
    data = {"step": "release", "csrf_token": token}
    assert reader.post(address(letter, file), data=data).status_code == 403
    outside = staff("police_reviewer")
    for part in ("", "/picture", "/copy"):
        assert outside.get(address(letter, file, part)).status_code == 404


def test_office_files_say_why_they_stay_private(
    staff: Staff, session: Session, settings: Settings, world: World
) -> None:
    """Without a form."""
    letter = proposed(session, world)
    file = attach(settings, letter.id, an_office_file())
    page = get(staff("city_reviewer"), address(letter, file))
    assert "这种文件不能公示" in page.text


def test_the_entry_shows_its_files_everywhere_and_gives_them_up_at_once(
    client: FlaskClient, staff: Staff, session: Session, settings: Settings, world: World
) -> None:
    """Page, API and feed name them with type and size; withdrawn, each address is gone."""
    letter = proposed(session, world)
    release(settings, world, letter.id, attach(settings, letter.id), FACE)
    release(settings, world, letter.id, attach(settings, letter.id, a_pdf()))
    entry = publish(session, settings, world, letter.id)
    picture, document = entry.files
    path = f"/archive/{entry.id}/files/{picture.id}"
    page = get(client, f"/archive/{entry.id}")
    assert f'src="{path}"' in page.html
    shown = client.get(path)
    assert (shown.mimetype, len(shown.data)) == ("image/jpeg", picture.size)
    assert shown.headers["Cache-Control"] == "no-cache"
    assert shown.headers["Content-Security-Policy"].startswith("sandbox")
    assert client.get(path, headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    saved = client.get(f"/archive/{entry.id}/files/{document.id}")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    (said, _) = client.get(f"/api/v1/entries/{entry.id}").get_json()["data"]["files"]
    assert (said["name"], said["type"], said["bytes"]) == ("1.jpg", "image/jpeg", picture.size)
    assert said["address"].endswith(path)
    (fed,) = feedparser.parse(client.get("/archive/feed.atom").data).entries
    lengths = {each["length"] for each in fed.enclosures}
    assert lengths == {str(picture.size), str(document.size)}
    number, reviewer = letter.number, staff("city_reviewer")
    form = get(reviewer, f"/console/letters/{number}/publication").form(
        f"/console/letters/{number}/publication/unpublish"
    )
    code = {"code": "privacy", "reason": "有人脸"}
    data = {**form.hidden, **code}
    assert (
        reviewer.post(f"/console/letters/{number}/publication/unpublish", data=data).status_code
        == 302
    )
    assert client.get(path).status_code == 404
