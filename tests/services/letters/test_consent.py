"""Consent to publication is taken back, or given after all, by the sender alone."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.errors import ActionNotAllowed
from portal.domain.events import ActorKind
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action, ConsentBasis, Publication, RefusalReason, State
from portal.domain.periods import Period
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from portal.models import Event, Letter, ProposalStatus
from portal.queries.letters.timeline import history
from portal.queries.letters.track import milestones
from portal.queries.statistics.cache import cube
from portal.queries.statistics.filters import Question
from portal.services.letters.consent import give_consent, revoke_consent
from portal.services.letters.submission import ask_redo
from tests.archive import (
    LATER,
    bring_up_to_date,
    entry_of,
    found,
    index_jobs,
    index_of,
    published,
    withdraw,
)
from tests.builders import HOUR, START, Walk, World, a_letter, a_published


def a_walk_of(session: Session, world: World, letter: Letter) -> Walk:
    """Return the walk of a letter that has come some way already."""
    return Walk(session, world, letter.id, START + 24 * HOUR)


def published_at(session: Session, moment: datetime) -> tuple[int, int]:
    """Return how many letters of the year were closed and public at ``moment``."""
    asked = Question(
        Period.parse(str(START.year)), moment, Basis.COHORT, View.RECEIVING, None, None, None
    )
    total = cube(session, asked).total
    return total.closed, total.published


def test_what_is_public_leaves_the_web(session: Session, world: World, settings: Settings) -> None:
    """A public letter whose consent is taken back is emptied, unindexed and still closed."""
    letter = a_published(session, world)
    index = bring_up_to_date(settings)
    assert found(index, "路灯")
    revoke_consent(letter.id, LATER)
    entry = entry_of(session, letter)
    assert (entry.title, entry.text, entry.reply, entry.unpublished_at) == ("", "", "", LATER)
    assert (letter.state, letter.publication) == (State.CLOSED, Publication.UNPUBLISHED)
    assert letter.consent_basis is ConsentBasis.NONE
    bring_up_to_date(settings)
    assert found(index_of(settings), "路灯") == []


def test_the_published_count_goes_down_from_that_moment(session: Session, world: World) -> None:
    """The figures of before stay, from then on one letter less is public and none less closed."""
    letter = a_published(session, world)
    moment = START + 48 * HOUR
    revoke_consent(letter.id, moment)
    assert published_at(session, moment) == (1, 1)
    assert published_at(session, moment + HOUR) == (1, 0)


def test_a_waiting_proposal_is_recalled(session: Session, world: World) -> None:
    """A letter that waits for review is proposed no more, and nobody can publish it."""
    letter = a_letter(session, world, publication=Publication.PROPOSED)
    revoke_consent(letter.id, LATER)
    walk = a_walk_of(session, world, letter)
    assert walk.letter.publication is Publication.NOT_PROPOSED
    assert walk.letter.proposals[-1].status is ProposalStatus.RECALLED
    assert walk.letter.open_proposal is None


def test_a_correction_that_waits_goes_too(session: Session, world: World) -> None:
    """A correction of what is public is recalled with it."""
    walk = a_walk_of(session, world, a_published(session, world))
    walk.propose()
    revoke_consent(walk.letter_id, LATER)
    assert walk.letter.publication is Publication.UNPUBLISHED
    assert walk.letter.open_proposal is None


def test_it_cannot_be_proposed_again(session: Session, world: World) -> None:
    """A letter without consent any more cannot be proposed by anybody."""
    walk = a_walk_of(session, world, a_published(session, world))
    revoke_consent(walk.letter_id, LATER)
    with pytest.raises(ActionNotAllowed, match="没有同意公示"):
        walk.propose()


def test_what_the_office_withdrew_stays_as_it_was(session: Session, world: World) -> None:
    """A copy that had left the web before consent was taken back is not taken down once more."""
    entry = published(session, world)
    withdraw(session, world, entry)
    rows = len(index_jobs(session))
    revoke_consent(entry.letter_id, LATER + HOUR)
    session.refresh(entry)
    assert entry.unpublished_at == LATER
    assert len(index_jobs(session)) == rows


def test_a_letter_under_revision_leaves_the_web_as_well(session: Session, world: World) -> None:
    """Consent is taken back while a public letter is handled again; handling goes on."""
    letter = a_published(session, world)
    ask_redo(letter.id, "路灯又坏了。", START + 48 * HOUR)
    revoke_consent(letter.id, LATER)
    assert entry_of(session, letter).unpublished_at == LATER
    assert (letter.state, letter.publication) == (State.IN_PROGRESS, Publication.UNPUBLISHED)


def test_an_early_change_of_mind_is_kept(session: Session, world: World) -> None:
    """Consent can be taken back at once, long before anything could be public."""
    letter = a_letter(session, world)
    revoke_consent(letter.id, LATER)
    session.refresh(letter)
    assert letter.consent_basis is ConsentBasis.NONE
    assert letter.publication is Publication.NOT_PROPOSED
    assert index_jobs(session) == []


def test_it_is_told_to_the_sender_and_in_the_record(session: Session, world: World) -> None:
    """The citizen's own timeline and the history of the letter both tell what was done."""
    letter = a_published(session, world)
    revoke_consent(letter.id, LATER)
    session.refresh(letter)
    told = milestones(session, letter)[-1].title
    assert str(told) == "您收回了公示同意，公示内容已撤下"
    last = history(session, letter)[-1]
    assert (last.title, last.who) == ("收回公示同意", "来信人")
    event = session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.actor_kind, event.action) == (ActorKind.CITIZEN, Action.REVOKE_CONSENT)
    assert event.reason_code == RefusalReason.SENDERS_CHOICE


def test_it_is_taken_back_once(session: Session, world: World) -> None:
    """A second request to take it back is refused with a reason."""
    letter = a_published(session, world)
    revoke_consent(letter.id, LATER)
    with pytest.raises(ActionNotAllowed, match="没有公示同意"):
        revoke_consent(letter.id, LATER)


def test_who_refused_may_consent_later(session: Session, world: World) -> None:
    """A letter sent without consent can be proposed and published once its sender agrees."""
    walk = a_walk_of(session, world, a_letter(session, world, State.CLOSED, consent=False))
    give_consent(walk.letter_id, walk.now)
    walk.propose()
    walk.publish()
    assert walk.letter.publication is Publication.PUBLISHED


def test_a_withdrawn_copy_may_come_back_with_a_new_consent(session: Session, world: World) -> None:
    """Who takes consent back and then gives it again can be published again."""
    walk = a_walk_of(session, world, a_published(session, world))
    revoke_consent(walk.letter_id, walk.now)
    give_consent(walk.letter_id, walk.now + HOUR)
    assert walk.letter.publication is Publication.UNPUBLISHED
    walk.propose()
    walk.publish()
    assert entry_of(session, walk.letter).unpublished_at is None


def test_a_report_of_wrongdoing_takes_no_consent(session: Session, world: World) -> None:
    """The sender of a report cannot allow its publication."""
    letter = a_letter(session, world, State.CLOSED, kind=Kind.WRONGDOING, consent=False)
    with pytest.raises(ActionNotAllowed, match="绝不公示"):
        give_consent(letter.id, LATER)
