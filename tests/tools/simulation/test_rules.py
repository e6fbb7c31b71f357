"""Simulated lives held against the rules that real ones obey."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Permission, can, may
from portal.domain.events import ActorKind, Axis
from portal.domain.letters.states import (
    CLOCK_STATES,
    CONCLUDED_STATES,
    ENDED_STATES,
    SUPPLEMENT_DAYS,
    Action,
    CloseReason,
    State,
)
from portal.domain.letters.transitions import advance
from portal.domain.organisations import covered, covers
from portal.domain.periods import civil_date, shanghai
from portal.models import Event, Letter, Organisation, StateInterval
from portal.queries.rules import work_calendar
from portal.services.core.deadlines import compute_due
from portal.tools.simulation.run import simulate
from portal.tools.simulation.specification import Specification
from tests.conftest import Once
from tests.services.letters.life_checks import check_letter, check_record
from tests.tools.simulation.replay import Replayed, actor_of, beginning, histories, staff

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
Histories = dict[int, list[Event]]


@pytest.fixture
def simulated(session: Session, once: Once) -> Histories:
    """The events of each letter of a small simulated year, with everything that is rare in it."""
    specification = Specification((2016,), 1500, 1310, 900, seed=13)
    once(f"{__name__}.simulated", lambda: simulate(specification, [], NOW))
    found = histories(session)
    seen = {event.action for events in found.values() for event in events}
    assert seen >= {
        "rule",
        "redo",
        "unpublish",
        "close_merged",
        "time_out",
        "send_back",
        "withdraw",
    }
    return found


def test_every_step_is_allowed_to_whoever_takes_it(session: Session, simulated: Histories) -> None:
    """Replayed event by event, each step has the agreement of the table, its guards, the grants."""
    people, paths = staff(session), _paths(session)
    for letter_id, events in simulated.items():
        letter = beginning(session.get_one(Letter, letter_id), events[0], paths)
        for event in events[1:]:
            actor, action = actor_of(event, people), Action(event.action)
            assert may(actor, action, letter), (letter_id, action)
            assert str(advance(letter, action, actor.user_id)) == event.to_state
            _check_way(letter, event)
            letter.follow(event)


def _paths(session: Session) -> dict[int, str]:
    rows = session.execute(sa.select(Organisation.id, Organisation.path))
    return {row.id: row.path for row in rows}


def _check_way(letter: Replayed, event: Event) -> None:
    """Moves go where services let them go, and nobody decides on their own request."""
    assert event.organisation_id == letter.organisation_id
    if event.action == Action.GRANT_EXTENSION:
        assert event.actor_id != letter.asker_id
    to = event.to_organisation_id
    if to is None:
        return
    assert event.action == Action.RULE or to != letter.organisation_id
    assert not covered(letter.accused_paths, letter.paths[to])
    if event.action == Action.DISPATCH:
        assert covers(letter.organisation_path, letter.paths[to])
    if event.action == Action.RETURN:
        assert to == letter.sent_from_id


def test_letters_are_what_services_would_have_left(session: Session, simulated: Histories) -> None:
    """A simulated letter passes every check that letters walked by real services pass."""
    for letter_id, events in simulated.items():
        letter = session.get_one(Letter, letter_id)
        intervals = session.scalars(
            sa.select(StateInterval)
            .where(StateInterval.letter_id == letter_id)
            .order_by(StateInterval.id)
        ).all()
        check_record(letter, events, list(intervals))
        check_letter(letter, events)


def test_due_dates_are_what_services_would_have_set(session: Session, simulated: Histories) -> None:
    """A letter has the due date that its record gives, and what ended it keeps that date."""
    for letter_id, events in simulated.items():
        letter = session.get_one(Letter, letter_id)
        due, answered = compute_due(session, letter), letter.close_reason is CloseReason.ANSWERED
        assert letter.due_on == (due if letter.state in CLOCK_STATES or answered else None)
        last = events[-1] if events[-1].axis is Axis.HANDLING else None
        if last is not None and letter.state in CONCLUDED_STATES and last.action != Action.RATE:
            assert last.due_on == (None if last.action == Action.TIME_OUT else due)


def test_a_merged_letter_follows_an_open_one_that_its_handler_may_read(
    session: Session, simulated: Histories
) -> None:
    """Letters are merged on the same matter, by somebody who sees both, and closed together."""
    people, paths = staff(session), _paths(session)
    merged = [e for events in simulated.values() for e in events if e.action == Action.MERGE]
    assert merged
    for event in merged:
        child = session.get_one(Letter, event.letter_id)
        assert child.parent is not None
        assert (child.kind, child.category) == (child.parent.kind, child.parent.category)
        parent = beginning(child.parent, simulated[child.parent.id][0], paths)
        for step in simulated[child.parent.id][1:]:
            if step.occurred_at < event.occurred_at:
                parent.follow(step)
        assert parent.state not in ENDED_STATES and parent.state is not State.MERGED
        assert can(actor_of(event, people), Permission.LETTER_READ, parent)
        ends = {child.closed_at, child.parent.closed_at}
        assert len(ends) == 1 and child.closing_organisation_id in {
            child.parent.closing_organisation_id
        }


def test_offices_act_in_office_hours_and_at_an_offices_pace(
    session: Session, simulated: Histories
) -> None:
    """Staff works on working days from nine to half past five, and sleeps on what was returned."""
    calendar = work_calendar(session)
    odd: Counter[str] = Counter()
    for events in simulated.values():
        for event in (e for e in events if e.actor_kind is ActorKind.STAFF):
            at = shanghai(event.occurred_at)
            working = calendar.is_workday(at.date())
            odd[event.action] += not (working and time(9) <= at.time() <= time(17, 30))
        for before, after in zip(events, events[1:], strict=False):
            if after.action in (Action.RETURN, Action.RULE):
                assert after.occurred_at - before.occurred_at > timedelta(minutes=20)
            if before.action == Action.ASK_CITIZEN and after.action == Action.SUPPLEMENT:
                waited = civil_date(after.occurred_at) - civil_date(before.occurred_at)
                assert waited <= SUPPLEMENT_DAYS * DAY
    # What must be done before midnight of 31 December is done, office hours or not.
    assert sum(odd.values()) <= 15, odd


def test_a_year_has_its_seasons_and_its_limits(session: Session, simulated: Histories) -> None:
    """Few write on holidays, at night and around the Spring Festival; most answers are in time."""
    days = Counter(civil_date(events[0].occurred_at) for events in simulated.values())
    hours = Counter(shanghai(events[0].occurred_at).hour for events in simulated.values())
    calendar = work_calendar(session)
    working = [n for day, n in days.items() if calendar.is_workday(day)]
    free = [n for day, n in days.items() if not calendar.is_workday(day)]
    assert sum(working) / len(working) > 1.5 * sum(free) / len(free)
    assert sum(hours[h] for h in range(8, 18)) > 3 * sum(hours[h] for h in (*range(6), 22, 23))
    february = sum(n for day, n in days.items() if day.month == 2)
    assert february < 0.75 * sum(n for day, n in days.items() if day.month == 8)
    closed = session.scalars(sa.select(Letter).where(Letter.closed_at.is_not(None))).all()
    late = sum(
        1 for each in closed if each.due_on and civil_date(each.closed_at or NOW) > each.due_on
    )
    assert late < 0.2 * len(closed)
    assert max(days) <= date(2016, 12, 31)
