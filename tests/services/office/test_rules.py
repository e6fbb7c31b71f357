"""Editing the calendar and the limits: who may, what it moves, what it leaves alone."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.deadline_rules import LimitUnit
from portal.domain.errors import InvalidInput, NotFound, NotPermitted
from portal.domain.letters.states import Kind, State
from portal.models import CalendarDay, Event, LimitRow
from portal.services.letters import handling, submission
from portal.services.office import rules
from portal.services.office.rules import NewLimit
from tests.builders import START, World, a_letter, a_walk

LIMIT = NewLimit("letter_complaint", 3, LimitUnit.WORKING, 2, "市政府通知", date(2016, 7, 1))
ADMIN = "office_administrator"


def test_only_administrators_edit_rules(session: Session, world: World) -> None:
    """Neither an auditor nor a dispatcher changes the calendar or a limit."""
    for username in ("office_auditor", "office_dispatcher"):
        actor = world.actor(username)
        with pytest.raises(NotPermitted):
            rules.set_days(date(2016, 7, 1), date(2016, 7, 1), False, "", actor, START)
        with pytest.raises(NotPermitted):
            rules.add_limit(LIMIT, actor, START)


def test_work_on_a_weekend_is_a_makeup_day(session: Session, world: World) -> None:
    """Of days of work, Saturday and Sunday are make-up workdays and the others plain ones."""
    actor = world.actor(ADMIN)
    rules.set_days(date(2016, 7, 1), date(2016, 7, 2), True, "调休", actor, START)
    days = session.scalars(sa.select(CalendarDay).order_by(CalendarDay.day))
    assert [row.kind for row in days] == ["workday", "makeup"]


def test_what_is_changed_is_recorded(session: Session, world: World) -> None:
    """An edit of the calendar leaves who, which days and what in the trail."""
    rules.set_days(date(2016, 7, 1), date(2016, 7, 1), False, "建党节", world.actor(ADMIN), START)
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
    assert rules.set_days(due, due, False, "", world.actor(ADMIN), START) == 1
    assert (closed.due_on, open_letter.due_on) == (due, due + timedelta(days=1))


def test_pauses_still_count(session: Session, world: World) -> None:
    """A letter whose clock once stood still is dated again with its pause."""
    walk = a_walk(session, world, "city")
    walk.accept()
    walk.now += timedelta(days=1)
    walk.step(handling.ask_citizen, "city_handler", "几号楼？")
    walk.now += timedelta(days=5)
    submission.supplement(walk.letter_id, "3号楼。", walk.now)
    before = walk.letter.due_on
    assert before is not None
    actor = world.actor(ADMIN)
    rules.set_days(before, before, False, "", actor, walk.now)
    assert walk.letter.due_on is not None and walk.letter.due_on > before
    rules.set_days(before, before, None, "", actor, walk.now)
    assert walk.letter.due_on == before


def test_a_limit_measures_letters_from_its_day_on(session: Session, world: World) -> None:
    """Letters received before a limit begins keep the old one, later ones get the new one."""
    rules.add_limit(LIMIT, world.actor(ADMIN), START)
    kind = Kind.COMPLAINT
    early = a_letter(session, world, kind=kind)
    late = a_letter(session, world, kind=kind, now=START + timedelta(days=30))
    assert early.due_on == date(2016, 6, 16)
    assert late.due_on == date(2016, 7, 6)


def test_a_limit_in_force_is_not_withdrawn(session: Session, world: World) -> None:
    """A limit that has begun stays; one that does not exist is not found."""
    actor = world.actor(ADMIN)
    made = rules.add_limit(LIMIT, actor, START)
    with pytest.raises(InvalidInput):
        rules.withdraw_limit(made, actor, START + timedelta(days=30))
    with pytest.raises(NotFound):
        rules.withdraw_limit(made + 1, actor, START)
    assert session.scalar(sa.select(sa.func.count()).select_from(LimitRow)) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "nothing"}, "code"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
        ({"extension_days": -1}, "extension_days"),
        ({"source": "  "}, "source"),
        ({"valid_from": date(2016, 6, 1)}, "valid_from"),
        ({"valid_to": date(2016, 6, 30)}, "valid_to"),
    ],
)
def test_a_wrong_limit_names_its_field(
    session: Session, world: World, change: dict[str, object], field: str
) -> None:
    """What cannot be a limit is refused with the name of the field at fault."""
    given = {name: getattr(LIMIT, name) for name in LIMIT.__slots__} | change
    with pytest.raises(InvalidInput) as caught:
        rules.add_limit(NewLimit(**given), world.actor(ADMIN), START)
    assert caught.value.field == field
