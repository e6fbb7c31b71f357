"""The queue of closed letters that nobody has proposed for publication yet."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Role, may
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    Action,
    CloseReason,
    ConsentBasis,
    Publication,
    State,
)
from portal.domain.letters.transitions import objection
from portal.models import Letter
from portal.queries.letters.inbox import Filters, Sort, inbox_page
from portal.queries.letters.queues import Queue, cutoffs, proposable, queue_counts
from portal.queries.rules import work_calendar
from portal.services.core.unit import writing
from tests.builders import HOUR, START, World, a_letter
from tests.conftest import CLOCK


@pytest.fixture
def letters(session: Session, world: World) -> World:
    """Letters of every publication, closed or not, with and without consent, at two places."""
    for state in (State.IN_PROGRESS, State.CLOSED):
        a_letter(session, world, state)
        a_letter(session, world, state, consent=False)
    a_letter(session, world, State.CLOSED, place="township")
    a_letter(session, world, State.CLOSED, kind=Kind.WRONGDOING)
    for each in Publication:
        a_letter(session, world, publication=each)
    silent, taken = a_letter(session, world, State.CLOSED), a_letter(session, world, State.CLOSED)
    with writing() as unit:
        unit.get_one(Letter, silent.id).close_reason = CloseReason.NO_SUPPLEMENT
        unit.get_one(Letter, taken.id).consent_basis = ConsentBasis.PUBLISHED_AT_SOURCE
    return world


@pytest.mark.parametrize(
    "person", ["city_handler", "township_handler", "city_reviewer", "office_dispatcher"]
)
def test_the_queue_is_what_may_be_proposed(session: Session, letters: World, person: str) -> None:
    """It holds the letters never proposed that the person may propose by the transition table."""
    actor = letters.actor(person)
    found = set(session.scalars(sa.select(Letter.id).where(proposable(actor))))
    allowed = {
        letter.id
        for letter in session.scalars(sa.select(Letter))
        if letter.publication is Publication.NOT_PROPOSED
        and may(actor, Action.PROPOSE, letter)
        and objection(letter, Action.PROPOSE, actor.user_id) is None
    }
    assert found == allowed
    assert bool(found) == any(grant.role is Role.HANDLER for grant in actor.grants)


def test_the_oldest_stands_first_on_pages(session: Session, world: World) -> None:
    """Pages go from the oldest letter to the newest, and the count is that of the list."""
    later = [a_letter(session, world, State.CLOSED, now=START + n * 24 * HOUR) for n in (2, 0, 1)]
    numbers = [later[1].number, later[2].number, later[0].number]
    actor, at = world.actor("city_handler"), cutoffs(work_calendar(session), CLOCK)
    pages = [
        inbox_page(
            session,
            actor,
            Filters(queue=Queue.PROPOSABLE, sort=Sort.OLDEST, page=page),
            at,
            per_page=2,
        )
        for page in (1, 2)
    ]
    assert [row.number for page in pages for row in page.rows] == numbers
    assert queue_counts(session, actor, at)[Queue.PROPOSABLE] == 3 == pages[0].total


def test_what_was_proposed_has_left_the_queue(session: Session, world: World) -> None:
    """A letter leaves when it is proposed and comes back when the proposal is recalled."""
    letter = a_letter(session, world, publication=Publication.PROPOSED)
    actor = world.actor("city_handler")
    assert session.scalars(sa.select(Letter.id).where(proposable(actor))).all() == []
    with writing() as unit:
        unit.get_one(Letter, letter.id).publication = Publication.NOT_PROPOSED
    assert session.scalars(sa.select(Letter.id).where(proposable(actor))).all() == [letter.id]
