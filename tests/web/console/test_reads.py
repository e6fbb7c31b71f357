"""What the console shows is recorded, without making a page slow or failing it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.events import ReadAction
from portal.domain.letters.states import State
from portal.models import Event, ReadEvent
from tests.builders import World, a_letter
from tests.databases import ON_POSTGRES
from tests.pages import Client, get, post

Staff = Callable[[str], Client]
R = ReadAction


def kept(session: Session) -> list[tuple[ReadAction, int | None, str | None]]:
    """Return what is on record, in order."""
    session.rollback()
    rows = session.scalars(sa.select(ReadEvent).order_by(ReadEvent.id))
    return [(row.action, row.letter_id, row.detail) for row in rows]


def test_reading_a_letter_is_recorded_once(session: Session, staff: Staff, world: World) -> None:
    """The letter, its reply and its publication are the same letter for some minutes."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    client = staff("city_handler")
    for page in ("", "", "/reply", "/publication"):
        get(client, f"/console/letters/{letter.number}{page}")
    assert kept(session) == [(R.READ_LETTER, letter.id, None)]
    get(staff("city_handler"), f"/console/letters/{letter.number}")
    assert len(kept(session)) == 2


def test_a_letter_out_of_reach_is_no_read(session: Session, staff: Staff, world: World) -> None:
    """Nothing was shown."""
    letter = a_letter(session, world)
    get(staff("police_handler"), f"/console/letters/{letter.number}", 404)
    assert kept(session) == []


def test_a_search_is_recorded_with_what_was_sought(
    session: Session, staff: Staff, world: World
) -> None:
    """Words and filters and how much was found; a queue alone is no search; numbers are masked."""
    a_letter(session, world)
    client = staff("city_handler")
    get(client, "/console/?queue=all")
    assert kept(session) == []
    get(client, "/console/?q=路灯&kind=complaint")
    get(client, "/console/?q=13912345678")
    get(client, "/console/disclosure?q=预算")
    assert kept(session) == [
        (R.SEARCH_LETTERS, None, "q=路灯; kind=投诉; found=0"),
        (R.SEARCH_LETTERS, None, "q=139****5678; found=0"),
        (R.SEARCH_REQUESTS, None, "q=预算; found=0"),
    ]


def test_letters_behind_a_figure_are_recorded(session: Session, staff: Staff, world: World) -> None:
    """The list is a search by another way."""
    get(staff("city_reviewer"), "/console/statistics/letters?measure=received&year=2016")
    ((action, _letter, detail),) = kept(session)
    assert action is R.LIST_COUNTED
    assert detail is not None and "山城市城市管理局" in detail


def test_revealing_contacts_names_address_and_session(
    session: Session, staff: Staff, world: World
) -> None:
    """The event has them, as has every event of a member of staff."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    path = f"/console/letters/{letter.number}"
    post(staff("city_handler"), f"{path}/contacts", page=path, status=200)
    session.rollback()
    event = session.scalars(sa.select(Event).where(Event.action == "reveal_contacts")).one()
    login = session.scalars(sa.select(Event).where(Event.action == "login")).one()
    assert event.address == login.address == "127.0.0.1"
    assert event.session_id == login.session_id is not None


def test_the_public_leaves_no_trace(session: Session, client: Client, world: World) -> None:
    """What citizens look at is nobody's business."""
    letter = a_letter(session, world)
    for path in ("/", "/archive?q=路灯", f"/track?number={letter.number}"):
        client.get(path)
    assert kept(session) == []
    addresses = sa.select(Event.address).where(
        Event.letter_id == letter.id, Event.actor_id.is_(None)
    )
    assert set(session.scalars(addresses)) == {None}


@pytest.mark.skipif(ON_POSTGRES, reason="only SQLite has one writer")
def test_a_read_that_cannot_be_recorded_fails_no_page(
    session: Session,
    settings: Settings,
    staff: Staff,
    world: World,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The page comes, the log names the read, and the next page records both."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    other = a_letter(session, world, State.IN_PROGRESS)
    client = staff("city_handler")
    session.rollback()
    path = Path(settings.database_uri.removeprefix("sqlite:///"))
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    get(client, f"/console/letters/{letter.number}")
    writer.rollback()
    writer.close()
    assert "read_not_recorded" in caplog.text
    assert kept(session) == []
    get(client, f"/console/letters/{other.number}")
    assert {letter_id for _action, letter_id, _detail in kept(session)} == {letter.id, other.id}
