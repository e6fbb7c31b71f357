"""Editing the calendar: who may, what it moves, what it leaves alone."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import NotPermitted
from portal.domain.letters.states import State
from portal.models import CalendarDay, Event
from portal.services.letters import handling, submission
from portal.services.office.calendar import set_days
from tests.builders import START, World, a_letter, a_walk

ADMIN = "office_administrator"


def test_only_administrators_edit_the_calendar(session: Session, world: World) -> None:
    """Neither an auditor nor a dispatcher changes the calendar."""
    for username in ("office_auditor", "office_dispatcher"):
        actor = world.actor(username)
        with pytest.raises(NotPermitted):
            set_days(date(2016, 7, 1), date(2016, 7, 1), False, "", actor, START)


def test_work_on_a_weekend_is_a_makeup_day(session: Session, world: World) -> None:
    """Of days of work, Saturday and Sunday are make-up workdays and the others plain ones."""
    actor = world.actor(ADMIN)
    set_days(date(2016, 7, 1), date(2016, 7, 2), True, "调休", actor, START)
    days = session.scalars(sa.select(CalendarDay).order_by(CalendarDay.day))
    assert [row.kind for row in days] == ["workday", "makeup"]


def test_what_is_changed_is_recorded(session: Session, world: World) -> None:
    """An edit of the calendar leaves who, which days and what in the trail."""
    set_days(date(2016, 7, 1), date(2016, 7, 1), False, "建党节", world.actor(ADMIN), START)
    event = session.scalars(sa.select(Event).where(Event.action == "edit_calendar")).one()
    assert (event.actor_id, event.subject) == (
        world.people[ADMIN],
        "calendar:2016-07-01/2016-07-01",
    )
    assert "建党节" in str(event.reason)


def test_ended_letters_keep_their_due_dates(session: Session, world: World) -> None:
    """A holiday moves the due dates of letters in work and leaves those of closed ones."""
    open_letter, closed = a_letter(session, world), a_letter(session, world, State.CLOSED)
    due = closed.due_on
    assert due == open_letter.due_on
    assert due is not None
    assert set_days(due, due, False, "", world.actor(ADMIN), START) == 1
    assert (closed.due_on, open_letter.due_on) == (due, due + timedelta(days=1))


def test_pauses_still_count(session: Session, world: World) -> None:
    """A letter whose clock once stood still gets its date again with its pause."""
    walk = a_walk(session, world, "city")
    walk.accept()
    walk.now += timedelta(days=1)
    walk.step(handling.ask_citizen, "city_handler", "几号楼？")
    walk.now += timedelta(days=5)
    submission.supplement(walk.letter_id, "3号楼。", walk.now)
    before = walk.letter.due_on
    assert before is not None
    actor = world.actor(ADMIN)
    set_days(before, before, False, "", actor, walk.now)
    assert walk.letter.due_on is not None and walk.letter.due_on > before
    set_days(before, before, None, "", actor, walk.now)
    assert walk.letter.due_on == before
