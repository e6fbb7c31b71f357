"""Bad input to the form of a letter: each gets a clear word, and nothing typed is lost."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings
from portal.domain.letters.states import TEXT_MAX, TITLE_MAX
from portal.models import Organisation, db
from portal.services.core.unit import writing
from tests.builders import World
from tests.databases import ON_POSTGRES
from tests.pages import Client, read
from tests.web.public.citizens import TEXT, TITLE, letters, preview, send, typed, written

WRONG = (
    ({"kind": None}, "请选一个类别"),
    ({"kind": "bribery"}, "请选一个类别"),
    ({"title": ""}, "请写一个标题"),
    ({"title": "　 \t"}, "请写一个标题"),
    ({"title": "长" * (TITLE_MAX + 1)}, "多了 1 字"),
    ({"text": ""}, "请写下要反映的情况"),
    ({"text": " \n \u200b\x00 "}, "请写下要反映的情况"),
    ({"text": "长" * (TEXT_MAX + 3)}, "多了 3 字"),
    ({"name": " "}, "请填写姓名"),
    ({"name": "名" * 51}, "多了 1 字"),
    ({"phone": "", "email": ""}, "电话或电子邮箱中的一项"),
    ({"phone": "1390000"}, "11 位手机号码"),
    ({"phone": "63151234"}, "带区号的座机"),
    ({"phone": "", "email": "zhou@"}, "邮箱的写法不对"),
    ({"phone": "", "email": "a" * 300 + "@example.com"}, "邮箱的写法不对"),
    ({"organisation": "999999"}, "没有这个单位"),
    ({"organisation": "1; drop table letter"}, "没有这个单位"),
    ({"organisation": "9" * 40}, "没有这个单位"),
    ({"organisation": "-1"}, "没有这个单位"),
)


@pytest.mark.parametrize(("changes", "said"), WRONG)
def test_what_is_wrong_is_said(
    client: FlaskClient, session: Session, world: World, changes: dict[str, str], said: str
) -> None:
    """A form with a fault comes back with 422, a word at the field and in the summary."""
    page = send(client, status=422, **changes)
    assert page.text.count(said) >= 2
    assert letters(session) == []


def test_everything_wrong_is_said_at_once(client: FlaskClient, world: World) -> None:
    """A form with faults in every field names all of them in one summary."""
    page = send(
        client, status=422, kind=None, organisation="77777", title="", text="", name="", phone=""
    )
    summary = page.html.split("data-error-summary", 1)[1].split("</ul>", 1)[0]
    for name in ("kind-0", "organisation", "title", "text", "name", "phone"):
        assert f'href="#{name}"' in summary


def test_nothing_typed_is_lost_by_an_error(client: FlaskClient, world: World) -> None:
    """A form that comes back holds every field as it was typed, the consent too."""
    page = send(client, status=422, title="", organisation=str(world["police"]), consent="y")
    form = page.form("/write")
    assert form.fields["text"] == [TEXT]
    assert form.fields["name"] == ["周晓兰"]
    assert form.fields["organisation"] == [str(world["police"])]
    assert form.fields["kind"] == ["consultation"]
    assert form.fields["consent"] == ["y"]


def test_a_hundred_kilobytes_come_back(client: FlaskClient, world: World) -> None:
    """A text of 100 kB is refused and stands in the form to be shortened."""
    text = "长文" * 17_000
    page = send(client, status=422, text=text)
    assert page.form("/write").fields["text"] == [text]


def test_control_characters_are_cleaned(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Control characters leave the letter; emoji and line breaks stay."""
    send(client, title="路灯\x07坏了\n请修", text="第一行\x00😀\r\n第二行\u200b")
    (letter,) = letters(session)
    assert letter.title == "路灯坏了 请修"
    assert letter.text == "第一行😀\n第二行"


def test_markup_in_a_letter_is_text(client: FlaskClient, world: World) -> None:
    """Markup that a citizen types is shown as it was typed."""
    page = preview(client, title="<script>alert(1)</script>", text="<b>粗</b>")
    assert "<script>alert" not in page.html
    assert "&lt;b&gt;粗&lt;/b&gt;" in page.html


@pytest.mark.parametrize(
    ("entered", "kept"),
    [
        ("１３９ ００００ ０００１", "13900000001"),
        ("+86 139-0000-0001", "13900000001"),
        ("0086 13900000001", "13900000001"),
        ("023-63151234", "02363151234"),
        ("（023）63151234", "02363151234"),
        ("023-63151234-805", "02363151234-805"),
    ],
)
def test_telephone_numbers_are_taken_as_people_write_them(
    client: FlaskClient, session: Session, world: World, entered: str, kept: str
) -> None:
    """A telephone number in any usual way of writing is kept in plain digits."""
    send(client, phone=entered)
    assert letters(session)[0].sender_phone == kept


def test_an_address_for_mail_alone_is_enough(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A citizen without a telephone writes with an e-mail address."""
    send(client, phone="", email="zhou＠example.com")
    letter = letters(session)[0]
    assert (letter.sender_phone, letter.sender_email) == (None, "zhou@example.com")


def test_a_closed_organisation_takes_no_letters(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A letter to an organisation that was closed is refused with a word what to do."""
    with writing() as unit:
        unit.get_one(Organisation, world["water"]).closed_on = date(2016, 5, 1)
    page = send(client, status=422, organisation=str(world["water"]))
    assert "已停止接收来信，请另选单位" in page.text
    assert page.form("/write").fields["text"] == [TEXT]
    assert letters(session) == []


def test_a_form_without_its_token_can_be_sent_again(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A form without a CSRF token is answered with all that was typed, ready to be sent."""
    answer = client.post("/write", data={**typed(), "form_token": "x" * 32, "step": "send"})
    page = read(answer)
    assert page.status == 400
    assert f"正文 {TEXT}" in page.text
    assert "form_token" not in page.text
    form = page.form("/write")
    assert client.post("/write", data=form.hidden).status_code == 302
    assert letters(session)[0].text == TEXT


def test_an_expired_session_keeps_the_text(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A citizen whose session has gone while writing sends the letter with one more click."""
    form = written(client)
    client.delete_cookie("letterbox")
    page = read(client.post("/write", data={**form.hidden, **typed(), "step": "send"}))
    assert page.status == 400
    assert client.post("/write", data=page.form("/write").hidden).status_code == 302
    assert letters(session)[0].title == TITLE


def test_a_short_form_token_is_replaced(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Two letters whose forms carry the same guessable token get codes of their own."""
    form = written(client)
    for _ in range(2):
        sent = {**form.hidden, **typed(), "form_token": "a", "step": "send"}
        assert client.post("/write", data=sent).status_code == 302
    assert len(letters(session)) == 2


@pytest.fixture
def strict(settings: Settings, world: World) -> Flask:
    """The application with a limit of one letter an hour."""
    app = create_app(settings.model_copy(update={"submit_limit": "1 per hour"}))
    app.testing = True
    app.test_client_class = Client
    return app


def test_too_many_letters_wait_with_their_text(strict: Flask) -> None:
    """The letter above the limit comes back with 429, a time to wait, and all that was typed."""
    client = strict.test_client()
    send(client)
    page = send(client, status=429, title="第二封信")
    assert int(page.response.headers["Retry-After"]) > 0
    assert "太多了" in page.text
    assert page.form("/write").fields["title"] == ["第二封信"]
    with strict.app_context():
        assert len(letters(db.session())) == 1
        db.engine.dispose()


@pytest.mark.skipif(ON_POSTGRES, reason="only SQLite locks the whole database for a writer")
def test_a_busy_database_keeps_the_letter(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A letter that cannot be written now comes back with 503 and can be sent again."""
    form = written(client)
    fields = {**form.hidden, **typed(), "step": "send"}
    file = make_url(settings.database_uri).database
    assert file is not None
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        page = read(client.post("/write", data=fields))
    assert page.status == 503
    assert page.form("/write").fields["text"] == [TEXT]
    assert client.post("/write", data=fields).status_code == 302
    assert len(letters(session)) == 1
