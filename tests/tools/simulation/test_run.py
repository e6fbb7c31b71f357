"""A simulated year in the database: exact counts, legal histories, the same data twice."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.disclosure.numbers import format_request_number
from portal.domain.disclosure.requests import REPORTED_OUTCOMES
from portal.domain.errors import ActionNotAllowed
from portal.domain.events import Axis
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action, Publication, State
from portal.domain.letters.transitions import TRANSITIONS
from portal.domain.organisations import LEVEL_ONE_KINDS
from portal.domain.periods import Period
from portal.models import (
    ArchiveEntry,
    DisclosureRequest,
    Event,
    Letter,
    Organisation,
    RateFact,
    Reply,
    StateInterval,
    User,
)
from portal.queries.statistics.cache import cube
from portal.queries.statistics.disclosure import disclosure_figures
from portal.queries.statistics.filters import Question
from portal.services.core.facts import rebuild
from portal.services.core.unit import writing
from portal.tools.simulation import disclosure_requests as requests
from portal.tools.simulation.run import simulate
from portal.tools.simulation.specification import Specification
from tests.conftest import Once

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SPECIFICATION = Specification((2016,), 700, 610, 430, seed=3)


@pytest.fixture
def simulated(session: Session, once: Once) -> Session:
    """A database with a small simulated year."""
    once(f"{__name__}.simulated", lambda: simulate(SPECIFICATION, [], NOW))
    return session


def test_the_year_comes_to_the_counts_asked_for(simulated: Session) -> None:
    """The figures of the year, as of its end, are those asked for to the letter."""
    found = cube(simulated, Question(Period(2016), Period(2016).ends_at)).total
    assert (found.received, found.closed, found.published) == (700, 610, 430)
    assert found.withdrawn == 3


def test_several_years_each_come_to_their_counts(session: Session) -> None:
    """In two simulated years what was open at the end of the first is closed in the second."""
    simulate(Specification((2015, 2016), 300, 250, 170, seed=4), [], NOW)
    for year in (2015, 2016):
        found = cube(session, Question(Period(year), Period(year).ends_at)).total
        assert (found.received, found.closed, found.published) == (300, 250, 170)
    later = cube(session, Question(Period(2015), Period(2016).ends_at)).total
    assert later.closed == later.received == 300


def test_every_step_is_one_of_the_transition_table(simulated: Session) -> None:
    """Each history begins with the receipt and goes on by the table, in order of time."""
    histories: dict[int | None, list[Event]] = {}
    for event in simulated.scalars(
        sa.select(Event).where(Event.letter_id.is_not(None)).order_by(Event.id)
    ):
        histories.setdefault(event.letter_id, []).append(event)
    seen = set()
    for events in histories.values():
        assert events[0].action == Action.SUBMIT
        assert all(a.occurred_at <= b.occurred_at for a, b in pairwise(events))
        now: dict[Axis, str] = {
            Axis.HANDLING: State.SUBMITTED,
            Axis.PUBLICATION: Publication.NOT_PROPOSED,
        }
        for event in events[1:]:
            row = TRANSITIONS[Action(event.action)]
            assert event.axis is row.axis and event.from_state == now[event.axis]
            assert event.from_state in {str(source) for source in row.sources}
            if not callable(row.target):
                assert event.to_state == row.target
            now[event.axis] = str(event.to_state)
            seen.add(event.action)
    assert {"dispatch", "sign_for", "sign", "publish", "decline", "rate", "withdraw"} <= seen


def test_letters_stand_where_their_events_lead(simulated: Session) -> None:
    """State, publication and holder of a letter are those of its last events and intervals."""
    for letter in simulated.scalars(sa.select(Letter)):
        events = simulated.scalars(
            sa.select(Event).where(Event.letter_id == letter.id).order_by(Event.id)
        ).all()
        handling = [e for e in events if e.axis is Axis.HANDLING]
        public = [e for e in events if e.axis is Axis.PUBLICATION]
        assert handling[-1].to_state == letter.state
        assert (public[-1].to_state if public else "not_proposed") == letter.publication
        moves = [e.to_organisation_id for e in handling if e.to_organisation_id]
        assert moves[-1] == letter.organisation_id and len(moves) - 1 == letter.hop_count
        assert letter.version == len(events)
        open_ones = simulated.scalars(
            sa.select(StateInterval).where(
                StateInterval.letter_id == letter.id,
                StateInterval.ended_at.is_(None),
                StateInterval.axis == Axis.HANDLING,
            )
        ).all()
        assert [i.state for i in open_ones] == [letter.state]


def test_facts_are_those_of_the_events(simulated: Session) -> None:
    """The facts loaded in bulk equal those derived again from the events."""

    def facts() -> set[tuple[object, ...]]:
        columns = [c for c in RateFact.__table__.columns if c.name != "id"]
        return {tuple(row) for row in simulated.execute(sa.select(*columns))}

    before = facts()
    simulated.rollback()
    with writing() as session:
        rebuild(session)
    assert facts() == before and before


def test_nobody_signs_or_publishes_their_own_work(simulated: Session) -> None:
    """A reply is signed by another than its author."""
    pairs = simulated.execute(sa.select(Reply.author_id, Reply.signer_id)).all()
    assert pairs and all(author != signer for author, signer in pairs if signer)


def test_the_archive_holds_what_is_published(simulated: Session) -> None:
    """Archive entries are those of published letters, none of them a report of wrongdoing."""
    entries = simulated.scalars(
        sa.select(ArchiveEntry).where(ArchiveEntry.unpublished_at.is_(None))
    )
    found = {entry.letter_id for entry in entries}
    published = sa.select(Letter.id).where(Letter.publication == Publication.PUBLISHED)
    assert found == set(simulated.scalars(published)) and len(found) == 430
    kinds = set(simulated.scalars(sa.select(ArchiveEntry.kind)))
    assert Kind.WRONGDOING not in kinds


def test_the_platform_is_that_of_2016(simulated: Session) -> None:
    """59 municipal departments, 38 districts and 12 key enterprises take part."""
    counts = [
        simulated.scalar(sa.select(sa.func.count()).where(Organisation.kind == kind))
        for kind in LEVEL_ONE_KINDS
    ]
    assert counts == [59, 38, 12]


def test_simulated_people_cannot_log_in(simulated: Session) -> None:
    """Every simulated account is disabled."""
    assert simulated.scalar(sa.select(sa.func.count()).where(User.disabled.is_(False))) == 0


def test_an_instance_in_use_is_left_alone(simulated: Session) -> None:
    """A second simulation of the same instance is refused."""
    simulated.rollback()
    with pytest.raises(ActionNotAllowed):
        simulate(SPECIFICATION, [], NOW)


def test_requests_for_disclosure_come_to_their_outcomes(session: Session) -> None:
    """The year has as many requests of each outcome as asked for, all answered in time."""
    simulate(Specification((2016,), 40, 30, 20, seed=5, disclosure=(51, 7, 3, 1)), [], NOW)
    found = disclosure_figures(session, Period(2016), Period(2016).ends_at)
    assert (found.received, found.answered, found.on_time) == (62, 62, 62)
    assert [found.outcomes[o] for o in REPORTED_OUTCOMES] == [51, 7, 3, 1]
    numbers = session.scalars(sa.select(DisclosureRequest.number).order_by(DisclosureRequest.id))
    assert list(numbers) == [format_request_number(2016, n) for n in range(1, 63)]


def test_requests_are_told_while_they_are_written(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress is reported batch by batch, of requests too, and comes to all that is written."""
    monkeypatch.setattr(requests, "BATCH", 20)
    specification = Specification((2015, 2016), 40, 30, 20, seed=5, disclosure=(51, 0, 0, 1))
    reported: list[int] = []
    simulate(specification, [], NOW, reported.append)
    assert reported == [80, 20, 20, 12, 20, 20, 12]
    assert sum(reported) == specification.written + specification.disclosure_requests
