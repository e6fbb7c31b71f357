"""Files of citizens: chosen, kept, listed, removed, sent, and given out to their sender alone."""

from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from portal.config import Settings
from portal.models import Attachment, DisclosureRequest, Letter, MessageKind
from portal.services.letters import handling
from portal.web.core.safety import limiter
from portal.web.core.settings import keep_settings
from tests.builders import HOUR, Walk, World
from tests.disclosure import file_request
from tests.fixtures.attachments import a_huge_png, a_pdf, a_picture, attach
from tests.pages import get, login, post, read
from tests.web.public.citizens import TEXT, TITLE, an_opened_letter, letters, typed, written

HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="upload"; filename="a.pdf"\r\n'
    b"Content-Type: application/pdf\r\n\r\n"
)


def upload(
    client: FlaskClient, path: str, fields: dict[str, Any], *files: tuple[bytes, str], **more: str
) -> TestResponse:
    """Send a form with files, as a browser does."""
    sent = {**fields, **more, "upload": [(BytesIO(content), name) for content, name in files]}
    return client.post(path, data=sent, content_type="multipart/form-data")


def kept(session: Session) -> list[Attachment]:
    """Return every attachment."""
    session.rollback()
    return list(session.scalars(sa.select(Attachment).order_by(Attachment.id)))


class Endless:
    """A stream of two gigabytes that counts what was taken of it."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        """Return a part of a file."""
        size = min(size if size > 0 else 1 << 20, 2_000_000_000 - self.taken)
        head = HEAD if not self.taken else b""
        self.taken += size
        return head + b"x" * (size - len(head))

    readline = read


def begun(client: FlaskClient, world: World) -> dict[str, Any]:
    """Return the fields of a letter that is complete, with the tokens of its form."""
    return {**written(client).hidden, **typed(organisation=str(world["city"]))}


def asked(session: Session, world: World, letter: Letter) -> None:
    """Ask the sender for more."""
    walk = Walk(session, world, letter.id, letter.received_at + HOUR)
    walk.accept()
    walk.step(handling.ask_citizen, "city_handler", "请发一张照片。")


def test_files_go_with_the_letter_through_its_preview(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Listed on the preview, and the letter's once it is sent; the sender gets them back."""
    answer = upload(
        client, "/write", begun(client, world), (a_picture(), "路灯.heic"), (a_pdf(), "合同.pdf")
    )
    page = get(client, answer.location)
    assert "路灯.jpg" in page.text
    assert "合同.pdf" in page.text
    assert (
        client.post("/write", data={**page.form("/write").hidden, "step": "send"}).status_code
        == 302
    )
    (letter,) = letters(session)
    assert [(f.letter_id, f.message_id, f.draft_key) for f in kept(session)] == [
        (letter.id, None, None)
    ] * 2
    shown = get(client, f"/letters/{letter.number}")
    assert "路灯.jpg" in shown.text
    picture, document = kept(session)
    given = client.get(f"/letters/{letter.number}/files/{document.id}")
    assert given.data == a_pdf()


def test_a_file_can_be_uploaded_and_removed_without_script(
    client: FlaskClient, session: Session, world: World
) -> None:
    """By buttons of the form, which comes back with everything that was typed."""
    fields = begun(client, world)
    answer = upload(client, "/write", fields, (a_pdf(), "合同.pdf"), step="attach")
    page = get(client, answer.location)
    assert "合同.pdf" in page.text
    assert page.form("/write").fields["title"] == [TITLE]
    (file,) = kept(session)
    fields = {**page.form("/write").hidden, **typed(organisation=str(world["city"]))}
    removed = client.post("/write", data={**fields, "remove": str(file.id)})
    page = get(client, removed.location)
    assert "合同.pdf" not in page.text
    assert page.form("/write").fields["text"] == [TEXT]
    assert kept(session) == []


def test_a_refused_file_leaves_text_and_other_files(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The reason stands at the field, with the name."""
    bad = [(b"MZ\x90\0", "照片.jpg"), (a_huge_png(50_000, 50_000), "大.png")]
    answer = upload(client, "/write", begun(client, world), (a_pdf(), "合同.pdf"), *bad)
    page = read(answer) if answer.status_code == 422 else get(client, answer.location, 422)
    assert page.form("/write").fields["text"] == [TEXT]
    assert "“照片.jpg”不是可以上传的文件" in page.text
    assert "“大.png”的尺寸太大" in page.text
    assert "合同.pdf" in page.text
    assert [file.name for file in kept(session)] == ["合同.pdf"]
    assert letters(session) == []


def test_an_error_of_another_field_keeps_the_files(
    client: FlaskClient, session: Session, world: World
) -> None:
    """They are listed when the form is shown again."""
    fields = {**begun(client, world), "title": ""}
    answer = upload(client, "/write", fields, (a_pdf(), "合同.pdf"))
    page = get(client, answer.location, 422)
    assert "合同.pdf" in page.text
    assert len(kept(session)) == 1


def test_a_hundred_files_are_not_taken(client: FlaskClient, session: Session, world: World) -> None:
    """As many as may come, and the rest is refused."""
    many = [(a_pdf(), f"{number}.pdf") for number in range(100)]
    answer = upload(client, "/write", begun(client, world), *many, step="attach")
    assert answer.status_code == 422
    assert "最多可以上传 5 个文件" in read(answer).text
    assert len(kept(session)) == 5


def test_a_request_beyond_all_bounds_is_cut(client: FlaskClient, world: World) -> None:
    """By what it says of its length, and where it says nothing, by what has come."""

    def answered(**environment: Any) -> tuple[int, int]:
        """Return the status of the answer, and the bytes that were read for it."""
        stream = Endless()
        kind = "multipart/form-data; boundary=x"
        asked = EnvironBuilder("/write", method="POST", content_type=kind).get_environ()
        asked |= {"wsgi.input": stream, **environment}
        _body, status, _headers = run_wsgi_app(client.application, asked, buffered=True)
        return int(status[:3]), stream.taken

    assert answered(CONTENT_LENGTH="2000000000") == (413, 0)
    status, taken = answered(CONTENT_LENGTH="", **{"wsgi.input_terminated": True})
    assert status == 413
    assert taken < 150_000_000


def test_files_wait_for_the_browser_that_sent_them(
    app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    """The token of a form is worth nothing elsewhere."""
    fields = begun(client, world)
    upload(client, "/write", fields, (a_pdf(), "合同.pdf"), step="attach")
    (file,) = kept(session)
    other = app.test_client()
    theirs = {**begun(other, world), "files": fields["files"]}
    assert "合同.pdf" not in read(other.post("/files", data={**theirs})).text
    other.post("/files", data={**theirs, "remove": str(file.id)})
    assert len(kept(session)) == 1


def test_giving_a_letter_up_removes_its_files(
    client: FlaskClient, session: Session, world: World
) -> None:
    """With what was typed."""
    answer = upload(client, "/write", begun(client, world), (a_pdf(), "合同.pdf"))
    hidden = get(client, answer.location).form("/write").hidden
    client.post("/write", data={**hidden, "step": "discard"})
    assert kept(session) == []


def test_script_uploads_one_file_at_a_time(
    client: FlaskClient, session: Session, world: World
) -> None:
    """And gets what the field shows then."""
    fields = begun(client, world)
    tokens = {name: fields[name] for name in ("csrf_token", "files")}
    answer = upload(client, "/files", tokens, (a_pdf(), "合同.pdf"))
    assert (answer.status_code, "合同.pdf" in answer.text) == (200, True)
    answer = upload(client, "/files", tokens, (b"MZ", "a.exe"))
    assert (answer.status_code, "合同.pdf" in answer.text, "a.exe" in answer.text) == (
        200,
        True,
        True,
    )
    assert upload(client, "/files", {"files": "x" * 32}, (a_pdf(), "a.pdf")).status_code == 400


def test_uploads_from_one_address_are_limited(
    client: FlaskClient, session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words say when to go on."""
    monkeypatch.setattr("portal.web.submission.files_field.LIMIT", "1 per hour")
    assert limiter.enabled
    fields = begun(client, world)
    upload(client, "/files", fields, (a_pdf(), "合同.pdf"))
    answer = upload(client, "/files", fields, (a_pdf(), "合同.pdf"))
    assert "上传得太多了" in answer.text
    assert len(kept(session)) == 1


def test_without_files_no_form_asks_for_any(
    app: Flask, client: FlaskClient, session: Session, settings: Settings, world: World
) -> None:
    """And none are taken."""
    keep_settings(app, settings.model_copy(update={"files_most": 0}))
    fields = begun(client, world)
    assert "files" not in fields
    upload(client, "/write", {**fields, "files": "x" * 32}, (a_pdf(), "合同.pdf"))
    assert kept(session) == []


def test_the_answer_to_a_question_has_its_files(
    client: FlaskClient, session: Session, world: World
) -> None:
    """They belong to that message; refused ones leave the text."""
    letter = an_opened_letter(client, session, world)
    asked(session, world, letter)
    path = f"/letters/{letter.number}/supplement"
    form = get(client, f"/letters/{letter.number}").form(path)
    answer = upload(client, path, {**form.hidden, "text": "照片在这里"}, (b"MZ", "a.jpg"))
    assert answer.status_code == 422
    again = read(answer).form(path)
    assert again.fields["text"] == ["照片在这里"]
    sent = {**again.hidden, "text": "照片在这里"}
    assert upload(client, path, sent, (a_picture(), "灯.png")).status_code == 302
    (file,) = kept(session)
    message = next(m for m in letters(session)[0].messages if m.kind is MessageKind.SUPPLEMENT)
    assert (file.letter_id, file.message_id) == (letter.id, message.id)
    assert "灯.jpg" in get(client, f"/letters/{letter.number}").text


def test_an_addition_has_its_files(client: FlaskClient, session: Session, world: World) -> None:
    """Uploaded first by the button, which leaves the form open with its text."""
    letter = an_opened_letter(client, session, world)
    path = f"/letters/{letter.number}/add"
    form = get(client, f"/letters/{letter.number}").form(path)
    answer = upload(
        client, path, {**form.hidden, "text": "又坏了一盏"}, (a_picture(), "灯.png"), step="attach"
    )
    assert answer.status_code == 200
    again = read(answer).form(path)
    assert again.fields["text"] == ["又坏了一盏"]
    assert client.post(path, data={**again.hidden, "text": "又坏了一盏"}).status_code == 302
    (file,) = kept(session)
    assert file.message_id is not None


def test_a_request_for_disclosure_has_files(
    client: FlaskClient, session: Session, settings: Settings, world: World
) -> None:
    """Its applicant gets them back."""
    receipt = file_request(world, key=settings.key("code"))
    request = session.get_one(DisclosureRequest, receipt.id)
    post(client, "/track", {"number": request.number, "query_code": receipt.code})
    attach(settings, None, a_pdf(), "身份证明.pdf", request_id=request.id)
    (file,) = kept(session)
    page = get(client, f"/disclosure/{request.number}")
    assert "身份证明.pdf" in page.text
    assert client.get(f"/disclosure/{request.number}/files/{file.id}").data == a_pdf()
    staff = login(client.application.test_client(), "city_handler")
    assert "身份证明.pdf" in get(staff, f"/console/disclosure/{request.number}").text
    assert staff.get(f"/console/disclosure/{request.number}/files/{file.id}").data == a_pdf()


@pytest.mark.parametrize("part", ["", "/thumbnail"])
def test_a_file_is_for_who_opened_its_letter(
    app: Flask, client: FlaskClient, session: Session, settings: Settings, world: World, part: str
) -> None:
    """To everybody else it is like one that is not there; and it is a file of that letter alone."""
    letter = an_opened_letter(client, session, world)
    file = attach(settings, letter.id)
    other = an_opened_letter(client, session, world)
    path = f"/letters/{letter.number}/files/{file}{part}"
    assert client.get(path).status_code == 200
    assert app.test_client().get(path).status_code == 404
    assert client.get(f"/letters/{other.number}/files/{file}{part}").status_code == 404


def test_a_file_is_never_a_page(
    client: FlaskClient, session: Session, settings: Settings, world: World
) -> None:
    """It is saved, not shown; what a browser shows after all can do nothing."""
    letter = an_opened_letter(client, session, world)
    file = attach(settings, letter.id, a_pdf(), '说明"; x=.pdf')
    headers = client.get(f"/letters/{letter.number}/files/{file}").headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E8%AF%B4%E6%98%8E%20x%3D.pdf" in headers["Content-Disposition"]
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-store"
    picture = attach(settings, letter.id)
    small = client.get(f"/letters/{letter.number}/files/{picture}/thumbnail")
    assert (small.mimetype, small.data[:2]) == ("image/jpeg", b"\xff\xd8")
    assert client.get(f"/letters/{letter.number}/files/{file}/thumbnail").status_code == 404


def test_a_file_that_is_gone_from_the_store_is_not_there(
    client: FlaskClient, session: Session, settings: Settings, world: World
) -> None:
    """The page of the letter still opens."""
    letter = an_opened_letter(client, session, world)
    file = attach(settings, letter.id)
    for path in settings.files_folder.rglob("*"):
        if path.is_file():
            path.unlink()
    assert client.get(f"/letters/{letter.number}/files/{file}").status_code == 404
    assert get(client, f"/letters/{letter.number}").status == 200


def test_staff_open_files_under_their_scope(
    app: Flask, client: FlaskClient, session: Session, settings: Settings, world: World
) -> None:
    """Who may not read the letter may not read its files."""
    letter = an_opened_letter(client, session, world)
    file = attach(settings, letter.id)
    path = f"/console/letters/{letter.number}/files/{file}"
    inside = login(app.test_client(), "office_dispatcher")
    assert "路灯.jpg" in get(inside, f"/console/letters/{letter.number}").text
    assert inside.get(path).status_code == 200
    assert inside.get(f"{path}/thumbnail").status_code == 200
    outside = login(app.test_client(), "police_handler")
    assert outside.get(path).status_code == 404
    assert outside.get(f"{path}/thumbnail").status_code == 404


def test_what_staff_open_is_recorded(
    app: Flask, client: FlaskClient, session: Session, settings: Settings, world: World
) -> None:
    """By letter and file."""
    letter = an_opened_letter(client, session, world)
    file = attach(settings, letter.id)
    staff = login(app.test_client(), "office_dispatcher")
    staff.get(f"/console/letters/{letter.number}/files/{file}")
    session.rollback()
    rows = session.execute(sa.text("SELECT action, letter_id, subject FROM read_event")).all()
    assert ("read_file", letter.id, f"file:{file}") in [tuple(row) for row in rows]
