"""The unit of work, and many writers at once on a real database."""

from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.errors import Conflict, InvalidInput
from portal.domain.letters.states import State
from portal.models import Event, Letter, db
from portal.services.core.unit import writing
from portal.services.letters import handling, merging, replying, submission
from tests.builders import START, World, a_letter, a_walk, new_letter, send
from tests.threads import at_once


def test_unit_commits_at_its_end(session: Session, world: World) -> None:
    """What a unit wrote is there for others when it has ended."""
    letter = a_letter(session, world)
    with writing() as unit:
        unit.get_one(Letter, letter.id).category = "lamps"
    session.rollback()
    assert letter.category == "lamps"


def test_unit_keeps_nothing_after_an_error(session: Session, world: World) -> None:
    """An error inside a unit leaves the database as it was."""
    letter = a_letter(session, world)
    with pytest.raises(RuntimeError), writing() as unit:
        unit.get_one(Letter, letter.id).category = "lamps"
        unit.flush()
        raise RuntimeError
    session.rollback()
    assert letter.category is None


def test_inner_unit_joins_the_outer(session: Session, world: World) -> None:
    """A unit inside another commits nothing by itself."""
    letter = a_letter(session, world)
    with pytest.raises(RuntimeError), writing():
        with writing() as unit:
            unit.get_one(Letter, letter.id).category = "lamps"
        raise RuntimeError
    session.rollback()
    assert letter.category is None


def test_unit_ends_an_open_read(session: Session, world: World) -> None:
    """A unit that begins after a read sees what others wrote since."""
    letter = a_letter(session, world)
    letter_id, stale = letter.id, letter.version
    handling.accept(letter_id, stale, world.actor("city_dispatcher"), START)
    with writing() as unit:
        assert unit.get_one(Letter, letter_id).version == stale + 1


def test_failed_action_leaves_no_trace(session: Session, world: World) -> None:
    """A refused action changes neither letter nor record nor counters."""
    letter = a_letter(session, world, State.DISPATCHED)
    events = sa.select(sa.func.count()).select_from(Event)
    before = session.scalar(events)
    with pytest.raises(InvalidInput):
        handling.return_letter(letter.id, letter.version, "", world.actor("city_dispatcher"), START)
    session.rollback()
    assert (letter.state, letter.return_count) == (State.DISPATCHED, 0)
    assert session.scalar(events) == before


def test_twenty_clicks_make_one_letter(app: Flask, session: Session, world: World) -> None:
    """A form sent twenty times at once makes one letter and gives twenty equal receipts."""
    new = new_letter(world["city"])
    session.rollback()
    receipts = at_once(app, [lambda: send(new, START, "one form")] * 20)
    assert len(set(receipts)) == 1, receipts
    assert session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 1


def test_numbers_are_unique_and_without_gaps(app: Flask, session: Session, world: World) -> None:
    """Many letters at once are numbered one after the other."""
    new = new_letter(world["city"])
    session.rollback()
    answers = at_once(app, [lambda: [send(new).number for _ in range(5)]] * 8)
    numbers = [int(n.split("-")[1]) for many in answers for n in many]  # type: ignore[attr-defined]
    assert sorted(numbers) == list(range(1, 41))


def test_one_of_two_handlers_wins(app: Flask, session: Session, world: World) -> None:
    """Of two handlers with the same version one acts and the other is told, a hundred times."""
    first, second = world.actor("city_handler"), world.actor("city_handler2")
    walk = a_walk(session, world)
    walk.accept()
    letter_id = walk.letter_id
    dispatcher = world.actor("city_dispatcher")
    results: Counter[str] = Counter()
    for race in range(100):
        version = walk.letter.version
        session.rollback()
        people = [first.user_id, second.user_id]
        jobs = [
            lambda who=who, version=version: handling.assign(
                letter_id, version, who, dispatcher, START
            )
            for who in people
        ]
        outcome = Counter(type(answer).__name__ for answer in at_once(app, jobs))
        assert outcome == {"NoneType": 1, "Conflict": 1}, (race, outcome)
        results += outcome
        assert walk.letter.version == version + 1
    assert results == {"NoneType": 100, "Conflict": 100}


def test_first_of_two_drafts_stays(app: Flask, session: Session, world: World) -> None:
    """Of two first drafts saved at once one is kept and the other author is told."""
    walk = a_walk(session, world)
    walk.accept()
    actors = [world.actor("city_handler"), world.actor("city_handler2")]
    session.rollback()
    jobs = [
        lambda who=who: replying.save_draft(walk.letter_id, who.name, 0, who, START)
        for who in actors
    ]
    answers = at_once(app, jobs)
    assert Counter(type(answer) for answer in answers) == {int: 1, Conflict: 1}, answers
    assert len(walk.letter.replies) == 1


@pytest.mark.parametrize("turn", range(5))
def test_merging_into_a_closing_letter(
    app: Flask, session: Session, world: World, turn: int
) -> None:
    """A letter merged while its leader is being signed is answered with it or refused, never lost."""
    parent, child = a_walk(session, world), a_walk(session, world)
    parent.accept()
    parent.ask_signoff()
    number, signed, merged = parent.letter.number, parent.letter.version, child.letter.version
    reviewer, dispatcher = world.actor("city_reviewer"), world.actor("city_dispatcher")
    session.rollback()
    jobs = [
        lambda: replying.sign(parent.letter_id, signed, reviewer, parent.now),
        lambda: merging.merge(child.letter_id, merged, number, "", dispatcher, parent.now),
    ]
    answers = at_once(app, jobs if turn % 2 else jobs[::-1])
    refused = any(isinstance(answer, InvalidInput) for answer in answers)
    assert parent.letter.state is State.CLOSED
    assert child.letter.state is (State.SUBMITTED if refused else State.CLOSED), answers


@pytest.mark.parametrize("turn", range(5))
def test_supplement_against_the_time_limit(
    app: Flask, session: Session, world: World, turn: int
) -> None:
    """A supplement that comes while the letter is being closed wins or loses, but not both."""
    letter = a_letter(session, world, State.AWAITING_CITIZEN)
    letter_id = letter.id
    late = START.replace(month=8)
    session.rollback()
    jobs = [
        lambda: submission.supplement(letter_id, "三号楼", late),
        lambda: handling.close_unanswered(late),
    ]
    answers = at_once(app, jobs if turn % 2 else jobs[::-1])
    session.rollback()
    steps = [e.action for e in session.scalars(sa.select(Event).order_by(Event.id))]
    assert ("supplement" in steps) != ("time_out" in steps), answers
    assert db.session.get_one(Letter, letter_id).state in (State.IN_PROGRESS, State.CLOSED)
