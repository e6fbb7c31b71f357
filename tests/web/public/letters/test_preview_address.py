"""The preview has an address of its own: loaded again, gone back from, in two windows."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from sqlite3 import connect

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings
from portal.models import UnsentForm, db
from portal.queries.unsent import KEPT_FOR
from portal.services.core.unsent import sweep_unsent
from tests.builders import World
from tests.databases import ON_POSTGRES
from tests.pages import Client, Page, get, post, read
from tests.web.public.citizens import TEXT, TITLE, letters, typed, value, written

NAME, PHONE = "周晓兰", "13900000001"


def looked_at(client: FlaskClient, **changes: object) -> str:
    """Fill the form, ask for the preview and return its address."""
    answer = post(client, "/write", {**typed(**changes), "step": "preview"}, status=303)
    return answer.response.location or ""


def form_of(preview: str) -> str:
    """Return the address of the form that has the preview at ``preview``."""
    return preview.removesuffix("/preview")


def sent_from(client: FlaskClient, preview: str) -> Page:
    """Send the letter from its preview."""
    form = get(client, preview).form("/write")
    return read(client.post("/write", data={**form.hidden, "step": "send"}))


def unsent(session: Session) -> int:
    """Return how many forms are kept."""
    return session.scalar(sa.select(sa.func.count(UnsentForm.id))) or 0


def test_the_preview_is_loaded_again(client: FlaskClient, world: World) -> None:
    """The preview has an address that shows the same each time it is loaded."""
    preview = looked_at(client, organisation=str(world["township"]))
    for _ in range(2):
        page = get(client, preview)
        assert TITLE in page.text and TEXT in page.text
        assert "临江区石桥街道办事处" in page.text


def test_back_from_the_preview_is_the_form_as_it_was(client: FlaskClient, world: World) -> None:
    """The form has an address too, with everything typed, an organisation beyond the list too."""
    preview = looked_at(client, organisation=str(world["township"]), consent="y")
    page = get(client, form_of(preview))
    fields = page.form("/write").fields
    assert fields["organisation"] == [str(world["township"])]
    assert fields["kind"] == ["consultation"]
    assert (fields["title"], fields["text"]) == ([TITLE], [TEXT])
    assert (fields["name"], fields["phone"], fields["consent"]) == ([NAME], [PHONE], ["y"])
    assert "data-draft-kept" in page.html


def test_a_form_with_a_fault_is_loaded_again(client: FlaskClient, world: World) -> None:
    """A form that lacks something has an address with its faults; mended, it shows none."""
    faulty = looked_at(client, title="", organisation=str(world["township"]))
    for _ in range(2):
        page = get(client, faulty, 422)
        assert "请写一个标题" in page.text
        assert page.form("/write").fields["text"] == [TEXT]
    form = page.form("/write")
    sent = {**form.hidden, **typed(organisation=str(world["township"])), "step": "preview"}
    assert client.post("/write", data=sent).status_code == 303
    assert get(client, faulty).form("/write").fields["title"] == [TITLE]


def test_nothing_typed_stands_in_addresses_cookies_or_logs(
    client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The address and the cookie hold nothing that was typed, nor does a log."""
    caplog.set_level(logging.DEBUG)
    preview = looked_at(client)
    get(client, preview)
    cookie = client.get_cookie("letterbox")
    assert cookie is not None and len(cookie.value) < 1000
    assert not {NAME, PHONE, TITLE} & {word for word in (preview, cookie.value) if word}
    for told in (NAME, PHONE, TITLE, TEXT):
        assert told not in caplog.text and told not in preview and told not in cookie.value


def test_what_is_kept_is_encrypted(client: FlaskClient, session: Session, world: World) -> None:
    """The row of an unsent form shows neither its text nor its sender, and no token of the form."""
    preview = looked_at(client)
    row = session.execute(sa.text("SELECT * FROM unsent_form")).one()
    kept = " ".join(str(part) for part in row)
    for told in (NAME, PHONE, TEXT, preview.split("/")[2]):
        assert told not in kept


def test_another_browser_sees_nothing(client: Client, session: Session, world: World) -> None:
    """Who has the address and not the browser gets an empty form."""
    preview = looked_at(client)
    other = client.application.test_client()
    assert isinstance(other, Client)
    page = get(other, preview, follow_redirects=True)
    assert "已经过期" in page.text and TEXT not in page.html and NAME not in page.html
    assert TEXT not in get(other, form_of(preview)).html
    other.post("/write", data={"step": "discard"})
    assert unsent(session) == 1


def test_a_letter_that_is_sent_is_kept_no_more(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Sending erases the unsent form; back from the receipt leads to the receipt."""
    preview = looked_at(client)
    receipt = sent_from(client, preview).response.location
    assert unsent(session) == 0
    for address in (preview, form_of(preview)):
        assert client.get(address).location == receipt


def test_two_clicks_on_the_preview_send_one_letter(
    client: FlaskClient, session: Session, world: World
) -> None:
    """The second click finds the first one's letter, with the same number and code."""
    form = get(client, looked_at(client)).form("/write")
    answers = [client.post("/write", data={**form.hidden, "step": "send"}) for _ in range(2)]
    assert len({answer.location for answer in answers}) == 1
    (letter,) = letters(session)
    assert value(get(client, answers[0].location or ""), "receipt-number") == letter.number


def test_two_windows_keep_their_forms_apart(client: FlaskClient, world: World) -> None:
    """Each window goes back to what was typed in it."""
    one = looked_at(client, title="第一件事")
    two = looked_at(client, title="第二件事")
    assert "第一件事" in get(client, one).text and "第二件事" in get(client, two).text
    assert get(client, form_of(one)).form("/write").fields["title"] == ["第一件事"]


def test_two_windows_show_their_receipts(
    client: FlaskClient, session: Session, world: World
) -> None:
    """What is sent in one window hides neither number nor code of the other."""
    one, two = looked_at(client, title="第一件事"), looked_at(client, title="第二件事")
    receipts = [sent_from(client, preview).response.location or "" for preview in (one, two)]
    pages = [get(client, receipt) for receipt in receipts]
    assert [value(page, "receipt-number") for page in pages] == [
        letter.number for letter in letters(session)
    ]
    assert len({value(page, "receipt-code") for page in pages}) == 2
    assert 'id="receipt-code"' not in get(client, receipts[0]).html


def test_a_receipt_of_another_browser_is_not_shown(
    client: Client, session: Session, world: World
) -> None:
    """The address of a receipt is worth nothing without the browser that sent the letter."""
    receipt = sent_from(client, looked_at(client)).response.location or ""
    other = client.application.test_client()
    assert other.get(receipt).location == "/track"
    token = get(client, "/track").form("/track").hidden["csrf_token"]
    client.post("/track/leave", data={"csrf_token": token})
    assert client.get(receipt).location == "/track"


def test_an_unsent_form_lives_for_a_day(
    client: FlaskClient, session: Session, world: World
) -> None:
    """After a day it is shown no more, swept or not; a younger one stays."""
    old, young = looked_at(client), looked_at(client)
    first = session.scalars(sa.select(UnsentForm).order_by(UnsentForm.id)).first()
    assert first is not None
    first.kept_at = datetime.now(UTC) - KEPT_FOR - timedelta(minutes=1)
    session.commit()
    assert TEXT not in get(client, old, follow_redirects=True).html
    assert sweep_unsent(datetime.now(UTC)) == 1
    assert unsent(session) == 1 and TEXT in get(client, young).html


def test_a_preview_survives_a_restart(
    client: Client, settings: Settings, session: Session, world: World
) -> None:
    """Another process, or the same after a restart, shows the preview and takes the letter."""
    preview = looked_at(client)
    cookie = client.get_cookie("letterbox")
    assert cookie is not None
    restarted = create_app(settings)
    restarted.testing = True
    restarted.test_client_class = Client
    browser = restarted.test_client()
    browser.set_cookie("letterbox", cookie.value)
    assert TEXT in get(browser, preview).text
    assert sent_from(browser, preview).status == 302
    with restarted.app_context():
        db.engine.dispose()
    assert letters(session)[0].text == TEXT


def test_what_was_typed_can_be_deleted(client: FlaskClient, session: Session, world: World) -> None:
    """Who does not want to send the letter deletes what was typed, here and in the browser."""
    page = get(client, preview := looked_at(client))
    assert 'data-draft-forget="write"' in page.html
    form = page.form("/write")
    assert client.post("/write", data={**form.hidden, "step": "discard"}).location == "/"
    assert unsent(session) == 0 and letters(session) == []
    assert TEXT not in get(client, preview, follow_redirects=True).html


def test_the_same_text_again_is_pointed_out(client: Client, session: Session, world: World) -> None:
    """Who has just sent this very text reads so before sending it again; nobody else does."""
    sent_from(client, looked_at(client))
    (letter,) = letters(session)
    again = get(client, looked_at(client, title="再问一次")).text
    assert "写过内容相同的信" in again and letter.number in again
    assert "写过内容相同的信" not in get(client, looked_at(client, text="另一件事")).text
    other = client.application.test_client()
    assert isinstance(other, Client)
    assert "写过内容相同的信" not in get(other, looked_at(other)).text


def test_an_odd_token_is_no_form(client: FlaskClient, world: World) -> None:
    """An address with something that is no token of a form leads to a new form."""
    for odd in ("x", "a" * 65, "%3Cb%3E" * 8):
        assert (client.get(f"/write/{odd}").location or "").startswith("/write/")
        assert client.get(f"/write/{odd}/preview").status_code == 302


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Hold the only write lock of the database."""
    with closing(connect(make_url(settings.database_uri).database or "")) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        yield


@pytest.mark.skipif(ON_POSTGRES, reason="only SQLite locks the whole database for a writer")
def test_a_preview_that_cannot_be_kept_is_shown_all_the_same(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Where nothing can be written, the preview answers the form and the letter can be sent later."""
    form = written(client)
    with locked(settings):
        page = read(client.post("/write", data={**form.hidden, **typed(), "step": "preview"}))
    assert page.status == 200 and "还没有寄出" in page.text and TEXT in page.text
    kept = page.form("/write").hidden
    assert client.post("/write", data={**kept, "step": "send"}).status_code == 302


def test_nobody_else_is_reminded_of_a_letter(
    client: Client, session: Session, world: World
) -> None:
    """The same words and contacts say nothing where the letter is not open in the browser."""
    sent_from(client, looked_at(client))
    (letter,) = letters(session)
    other = client.application.test_client()
    assert isinstance(other, Client)
    said = get(other, looked_at(other)).text
    assert "写过内容相同的信" not in said and letter.number not in said
    post(client, "/track/leave", {}, page=f"/letters/{letter.number}")
    assert "写过内容相同的信" not in get(client, looked_at(client)).text


@pytest.mark.parametrize(("days", "reminded"), [(29, True), (31, False)])
def test_a_letter_of_the_last_thirty_days_is_pointed_out(
    client: Client, session: Session, world: World, days: int, reminded: bool
) -> None:
    """Its page and the form to add to it are one step away; an older letter is another matter."""
    sent_from(client, looked_at(client))
    (letter,) = letters(session)
    letter.received_at -= timedelta(days=days)
    session.commit()
    page = get(client, looked_at(client))
    assert (f"/letters/{letter.number}#add-title" in page.html) == reminded
