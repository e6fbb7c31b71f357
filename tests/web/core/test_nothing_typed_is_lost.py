"""A full disk, a session that ended, a database that is away: every word comes back."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings
from portal.domain.letters.states import State
from portal.models import DisclosureRequest, Letter, Rating, User, db
from portal.services.core.sessions import end_sessions_of
from portal.services.letters import handling
from tests.builders import START, World, a_letter
from tests.databases import ON_POSTGRES
from tests.pages import Client, Page, get, read
from tests.web.public.citizens import TEXT, an_opened_letter, letters, typed, written
from tests.web.public.disclosure.test_disclosure import typed as application

WORDS = "路灯在三号楼门口，昨晚又灭了。" * 200
"""A text too long for the free room of a page of the database."""


@contextmanager
def full_disk(app: Flask) -> Iterator[None]:
    """Have the database refuse to grow, as it does where the disk is full."""

    def forbid(connection: object, *_given: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    with app.app_context():
        engine = db.engine
        engine.dispose()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Pages that were freed before are room too.
            connection.connection.execute("VACUUM")
        engine.dispose()
    sa.event.listen(engine, "connect", forbid)
    try:
        yield
    finally:
        sa.event.remove(engine, "connect", forbid)
        with app.app_context():
            engine.dispose()


only_sqlite = pytest.mark.skipif(ON_POSTGRES, reason="a PostgreSQL of its own cannot be filled up")


def shown(page: Page, said: Mapping[str, str]) -> None:
    """See every word of ``said`` on the page, and in a form that sends it again."""
    fields = [form.fields for form in page.forms if form.method == "post"]
    for name, words in said.items():
        assert [words] in [each.get(name) for each in fields], name


@only_sqlite
def test_a_full_disk_gives_the_letter_back(client: Client, session: Session, world: World) -> None:
    """The form of a letter comes back with every word and says why; with room again it is sent."""
    form = written(client)
    said = typed(text=WORDS, organisation=str(world["township"]))
    with full_disk(client.application):
        page = read(client.post("/write", data={**form.hidden, **said, "step": "send"}))
        assert page.status == 503 and "存储空间满了" in page.text
        shown(page, {name: words for name, words in said.items() if name != "kind"})
        assert get(client, "/archive").status == 200
    assert letters(session) == []
    again = {**page.form("/write").hidden, **said, "step": "send"}
    assert client.post("/write", data=again).status_code == 302
    assert letters(session)[0].text == WORDS


@only_sqlite
def test_a_full_disk_gives_an_application_back(
    client: Client, session: Session, world: World
) -> None:
    """The form of an application for disclosure comes back with every word."""
    form = get(client, "/disclosure/new", follow_redirects=True).form("/disclosure/new")
    said = application(world, description=WORDS[:1900], address="人民路 12 号")
    with full_disk(client.application):
        sent = {**form.hidden, **said, "step": "send"}
        page = read(client.post("/disclosure/new", data=sent))
    assert page.status == 503 and "存储空间满了" in page.text
    shown(page, {name: said[name] for name in ("description", "address", "identity", "phone")})
    assert session.query(DisclosureRequest).count() == 0


def asked(client: Client, session: Session, world: World) -> Letter:
    """Return a letter, opened by its sender, whose office waits for a supplement."""
    letter = an_opened_letter(client, session, world)
    dispatcher, handler = world.actor("city_dispatcher"), world.actor("city_handler")
    handling.accept(letter.id, letter.version, dispatcher, datetime.now(UTC))
    session.refresh(letter)
    handling.ask_citizen(letter.id, letter.version, "请问几号楼？", handler, datetime.now(UTC))
    session.rollback()
    return letter


def closed(client: Client, session: Session, world: World) -> Letter:
    """Return a closed letter, opened by its sender."""
    letter = an_opened_letter(client, session, world)
    other = a_letter(session, world).id
    letter.state, letter.closed_at = State.CLOSED, datetime.now(UTC)
    # Another rating leaves no room for this one on its page of the database.
    session.add(
        Rating(
            letter_id=other,
            attitude=5,
            efficiency=5,
            comment="字" * 1200,
            created_at=datetime.now(UTC),
        )
    )
    session.commit()
    return letter


STEPS = {
    "supplement": (asked, {"text": WORDS}),
    "add": (an_opened_letter, {"text": WORDS}),
    "rating": (closed, {"attitude": "4", "efficiency": "5", "comment": WORDS[:500]}),
    "redo": (closed, {"text": WORDS}),
}
"""Steps of the sender: what comes before, and what is typed."""
Before = Callable[[Client, Session, World], Letter]


@only_sqlite
@pytest.mark.parametrize("step", STEPS)
def test_a_full_disk_gives_a_step_of_the_sender_back(
    client: Client, session: Session, world: World, step: str
) -> None:
    """A supplement, a rating and a request for a redo stand in their forms again."""
    before, said = STEPS[step]
    address = f"/letters/{before(client, session, world).number}"
    form = get(client, address).form(f"{address}/{step}")
    with full_disk(client.application):
        page = read(client.post(f"{address}/{step}", data={**form.hidden, **said}))
    assert page.status == 503 and "存储空间满了" in page.text
    shown(page, said)


@only_sqlite
def test_a_full_disk_does_not_close_a_letter_to_its_sender(
    client: Client, session: Session, world: World
) -> None:
    """Number and code open a letter while nothing can be written."""
    letter = an_opened_letter(client, session, world)
    with full_disk(client.application):
        assert letter.title in get(client, f"/letters/{letter.number}").text
        number = get(client, "/track").form("/track")
        sent = {**number.hidden, "number": letter.number, "query_code": "0000000000000"}
        assert client.post("/track", data=sent).status_code == 422


FORMS: dict[str, dict[str, str]] = {
    "/write": {"text": WORDS, "title": "路灯", "name": "周晓兰", "organisation_words": "路灯所"},
    "/disclosure/new": {"description": WORDS, "applicant": "周晓兰", "address": "人民路 12 号"},
    "/track": {"number": "2016-000123-4"},
}


@pytest.mark.parametrize("path", FORMS)
def test_an_expired_session_gives_every_form_back(client: Client, world: World, path: str) -> None:
    """Whoever comes back after the session has ended finds every word and sends it again."""
    form = get(client, path, follow_redirects=True).form(path)
    client.delete_cookie("letterbox")
    page = read(client.post(path, data={**form.hidden, **FORMS[path]}))
    assert page.status == 400 and "放得太久" in page.title
    shown(page, FORMS[path])
    for words in FORMS[path].values():
        assert words in page.text
    again = client.post(path, data=page.form(path).hidden)
    assert again.status_code in (303, 422)


@pytest.mark.parametrize("step", STEPS)
def test_an_expired_session_gives_a_step_of_the_sender_back(
    client: Client, session: Session, world: World, step: str
) -> None:
    """A step sent too late keeps its words, also where the letter must be opened again."""
    before, said = STEPS[step]
    address = f"/letters/{before(client, session, world).number}"
    form = get(client, address).form(f"{address}/{step}")
    client.delete_cookie("letterbox")
    page = read(client.post(f"{address}/{step}", data={**form.hidden, **said}))
    assert page.status == 400
    shown(page, said)
    closed_page = read(client.post(f"{address}/{step}", data=page.form(f"{address}/{step}").hidden))
    assert closed_page.status == 404
    assert (said.get("text") or said["comment"]) in closed_page.html


@pytest.fixture
def away(settings: Settings, world: World) -> Iterator[Client]:
    """A browser at the same letterbox, whose database does not answer."""
    gone = "postgresql://letterbox@127.0.0.1:1/letterbox?connect_timeout=1"
    app = create_app(settings.model_copy(update={"database_url": gone}))
    app.testing, app.test_client_class = True, Client
    browser = app.test_client()
    assert isinstance(browser, Client)
    yield browser
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.mark.parametrize("path", FORMS)
def test_a_database_that_is_away_gives_every_form_back(
    client: Client, away: Client, session: Session, world: World, path: str
) -> None:
    """Without a database the page shows every word with a form to send it again, which then works."""
    form = get(client, path, follow_redirects=True).form(path)
    cookie = client.get_cookie("letterbox")
    assert cookie is not None
    away.set_cookie("letterbox", cookie.value)
    said = dict(FORMS[path])
    if path == "/track":
        said["number"] = a_letter(session, world).number
    page = read(away.post(path, data={**form.hidden, **said, "query_code": CODE}))
    assert page.status == 503 and "都在下面" in page.text and CODE not in page.html
    shown(page, said)
    assert client.post(path, data=page.form(path).hidden).status_code in (303, 422)


@pytest.mark.parametrize("step", STEPS)
def test_a_database_that_is_away_gives_a_step_of_the_sender_back(
    client: Client, away: Client, session: Session, world: World, step: str
) -> None:
    """A supplement, a rating and a request for a redo stand in a form, and are taken afterwards."""
    before, said = STEPS[step]
    address = f"/letters/{before(client, session, world).number}"
    form = get(client, address).form(f"{address}/{step}")
    cookie = client.get_cookie("letterbox")
    assert cookie is not None
    away.set_cookie("letterbox", cookie.value)
    page = read(away.post(f"{address}/{step}", data={**form.hidden, **said}))
    assert page.status == 503 and "都在下面" in page.text
    shown(page, said)
    words = said.get("text") or said["comment"]
    assert words in page.text
    again = client.post(f"{address}/{step}", data=page.form(f"{address}/{step}").hidden)
    assert again.status_code in (302, 303)
    assert again.location.partition("#")[0] == address


def test_a_letter_sent_before_a_restart_is_one_letter(
    client: Client, session: Session, settings: Settings, world: World
) -> None:
    """Whoever did not see the answer before a restart sends again and gets the same number."""
    form = written(client)
    said = {**form.hidden, **typed(), "step": "send"}
    cookie = client.get_cookie("letterbox")
    assert cookie is not None
    first = client.post("/write", data=said).location
    restarted = create_app(settings)
    restarted.testing, restarted.test_client_class = True, Client
    browser = restarted.test_client()
    browser.set_cookie("letterbox", cookie.value)
    second = browser.post("/write", data=said).location
    with restarted.app_context():
        db.engine.dispose()
    assert second == first and len(letters(session)) == 1


CODE = "7K2M9QXT4BN8R"
REPLY = "您好！路灯已安排维修，三日内恢复照明。"


def ended(session: Session, world: World, how: str) -> None:
    """End the sessions of the handler: by a change elsewhere, or with the account."""
    user = session.get_one(User, world.people["city_handler"])
    if how == "disabled":
        user.disabled = True
    else:
        end_sessions_of(session, user.id, START)
    session.commit()


@pytest.mark.parametrize(("how", "said"), [("login", "登录已经过期"), ("disabled", "账号已经停用")])
def test_a_draft_is_kept_where_the_session_has_ended(
    staff: Callable[[str], Client], session: Session, world: World, how: str, said: str
) -> None:
    """The text stays in a box inside the console, with what happened; script is told the same."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    browser = staff("city_handler")
    address = f"/console/letters/{letter.number}/reply"
    form = get(browser, address).form(address)
    ended(session, world, how)
    sent = {**form.hidden, "text": REPLY, "step": "save"}
    page = read(browser.post(address, data=sent))
    assert page.status == 401 and said in page.text
    assert 'class="console"' in page.html and "masthead" not in page.html
    assert page.form(address).fields["text"] == [REPLY]
    assert re.search(r'<textarea[^>]*name="text"', page.html)
    saved = browser.post(
        f"/console/letters/{letter.number}/draft",
        data=sent,
        headers={"Accept": "application/json"},
    )
    assert saved.status_code == 401 and saved.json is not None
    assert said in saved.json["error"]
    assert (saved.json["login"] is not None) == (how == "login")


def test_a_draft_is_kept_where_the_cookie_is_gone(
    staff: Callable[[str], Client], session: Session, world: World
) -> None:
    """Without the cookie of the session the console asks for a login first and keeps the text."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    browser = staff("city_handler")
    address = f"/console/letters/{letter.number}/reply"
    form = get(browser, address).form(address)
    browser.delete_cookie("letterbox")
    page = read(browser.post(address, data={**form.hidden, "text": REPLY, "step": "save"}))
    assert page.status == 400 and "登录已经过期" in page.text
    assert page.form(address).fields["text"] == [REPLY]


def test_the_text_of_a_letter_is_in_no_log(
    client: Client, away: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure is logged by its kind, without what was typed."""
    form = written(client)
    cookie = client.get_cookie("letterbox")
    assert cookie is not None
    away.set_cookie("letterbox", cookie.value)
    away.post("/write", data={**form.hidden, **typed(), "step": "send"})
    assert "database_unavailable" in caplog.text
    assert TEXT not in caplog.text and "周晓兰" not in caplog.text
