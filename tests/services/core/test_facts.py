"""The facts of the rates follow what the services do, and a rebuild gives the same."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import NotPermitted
from portal.domain.letters.states import Publication, State
from portal.domain.periods import Period
from portal.domain.statistics.measures import Outcome, View
from portal.domain.statistics.rates import Figures
from portal.models import RateFact
from portal.queries.statistics.cache import cube
from portal.queries.statistics.filters import Question
from portal.services.archive import publication
from portal.services.core.facts import missing, rebuild
from portal.services.core.unit import writing
from portal.services.letters import cooperation, handling, merging, submission
from portal.services.office.setup import ensure_facts
from tests.builders import HOUR, START, World, a_letter, a_walk

YEAR = Question(Period(2016), Period(2016).ends_at)
CODE = "no_value"


def total(session: Session, before: datetime = YEAR.before, view: View = View.RECEIVING) -> Figures:
    """Return the figures of 2016 seen from ``before``."""
    session.rollback()
    return cube(session, Question(Period(2016), before, view=view)).total


def test_a_closed_letter_counts_and_a_redo_takes_it_back(session: Session, world: World) -> None:
    """Closed and published count while the closing stands; the past keeps its figure."""
    letter = a_letter(session, world, publication=Publication.PUBLISHED)
    before = total(session)
    assert (before.closed, before.published) == (1, 1)
    redo = START + timedelta(days=30)
    submission.ask_redo(letter.id, "路灯又坏了，请重新办理。", redo)
    after = total(session)
    assert (after.received, after.closed, after.published, after.redone) == (1, 0, 0, 1)
    assert total(session, redo).closed == 1


def test_what_leaves_the_web_leaves_the_figures(session: Session, world: World) -> None:
    """A letter withdrawn from the web is closed still, published no more."""
    letter = a_letter(session, world, publication=Publication.UNPUBLISHED)
    assert letter.state is State.CLOSED
    found = total(session)
    assert (found.closed, found.published) == (1, 0)


@pytest.mark.parametrize(("days", "on_time"), [(7, 1), (30, 0)])
def test_on_time_is_by_the_due_date(
    session: Session, world: World, days: int, on_time: int
) -> None:
    """A consultation answered within seven working days is on time, a month later it is not."""
    walk = a_walk(session, world)
    walk.accept()
    walk.now = START + timedelta(days=days)
    walk.ask_signoff()
    walk.sign()
    assert total(session).on_time == on_time


def test_granted_days_and_waits_for_the_citizen_move_the_due_date(
    session: Session, world: World
) -> None:
    """Answered after sixteen days, a letter that was extended and paused is on time."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.request_extension, "city_handler", 5, "情况复杂")
    walk.step(cooperation.decide_extension, "city_dispatcher", True, "")
    walk.step(handling.ask_citizen, "city_handler", "请问是几号楼门口的路灯？")
    walk.now = START + timedelta(days=7)
    submission.supplement(walk.letter_id, "三号楼。", walk.now)
    walk.now = START + timedelta(days=21)
    walk.ask_signoff()
    due = walk.letter.due_on
    walk.sign()
    found = total(session)
    assert due is not None and due >= (START + timedelta(days=21)).date()
    assert (found.on_time, found.extended) == (1, 1)


def test_transferred_letters_count_twice_over_but_never_double(
    session: Session, world: World
) -> None:
    """The first organisation has received it, the answering one has closed it."""
    walk = a_walk(session, world, "city")
    walk.accept()
    walk.step(handling.transfer, "city_handler", world["water"], "属于供水问题")
    walk.step(handling.sign_for, "water_dispatcher")
    walk.ask_signoff()
    walk.sign()
    session.rollback()
    by_first = cube(session, YEAR).by_organisation
    by_answer = cube(session, Question(YEAR.period, YEAR.before, view=View.ANSWERING))
    assert by_first == {world["city"]: by_first[world["city"]]}
    assert by_answer.by_organisation[world["water"]].closed == 1
    assert by_answer.by_organisation[world["city"]].received == 1
    assert by_answer.total == total(session)


def test_a_merged_letter_is_closed_by_whoever_answered(session: Session, world: World) -> None:
    """A letter merged into another's is counted to the organisation of the answer."""
    leader = a_walk(session, world, "water")
    leader.accept()
    child = a_walk(session, world, None, leader.now)
    child.accept()
    child.now = leader.now + HOUR
    actor = world.actor("office_dispatcher")
    merging.merge(child.letter_id, child.letter.version, leader.letter.number, "", actor, child.now)
    leader.now = child.now
    leader.ask_signoff()
    leader.sign()
    session.rollback()
    facts = {f.letter_id: f for f in session.scalars(sa.select(RateFact))}
    assert facts[child.letter_id].outcome is Outcome.MERGED
    assert facts[child.letter_id].closing_organisation_id == world["water"]


def test_withdrawn_letters_stand_beside(session: Session, world: World) -> None:
    """A letter withdrawn before acceptance is not received, but counted apart."""
    a_letter(session, world, State.WITHDRAWN)
    found = total(session)
    assert (found.received, found.withdrawn) == (0, 1)


def test_what_is_refused_changes_nothing(session: Session, world: World) -> None:
    """A step that is not allowed leaves the facts as they were."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    before = total(session)
    with pytest.raises(NotPermitted):
        publication.propose(letter.id, letter.version, "", world.actor("office_dispatcher"), START)
    assert total(session) == before


def test_missing_facts_are_derived(session: Session, world: World) -> None:
    """After an upgrade the facts are derived from the events, the same as if they had been kept."""
    for state in State:
        a_letter(session, world, state)
    a_letter(session, world, publication=Publication.PUBLISHED)
    before = facts_of(session)
    with writing() as unit:
        unit.execute(sa.delete(RateFact))
    assert missing(session)
    assert ensure_facts() and facts_of(session) == before
    assert not ensure_facts()
    with writing() as unit:
        assert rebuild(unit) == len({letter_id for letter_id, *_rest in before})
    assert facts_of(session) == before


def facts_of(session: Session) -> set[tuple[object, ...]]:
    """Return every fact without its own id."""
    session.rollback()
    columns = [c for c in RateFact.__table__.columns if c.name != "id"]
    columns.sort(key=lambda column: column.name != "letter_id")
    found = {tuple(row) for row in session.execute(sa.select(*columns))}
    session.rollback()
    return found
