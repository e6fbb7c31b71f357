"""A letter that becomes a report of wrongdoing leaves whom it accuses."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Permission
from portal.domain.errors import InvalidInput, NotFound
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action, State
from portal.models import Event, Letter, RateFact
from portal.queries.scope import letters_for
from portal.services.letters import handling, merging
from tests.builders import Walk, World, a_letter, a_walk

REASON = "反映的是本单位工作人员"


def becomes_report(walk: Walk, username: str, *accused: int) -> None:
    """Let ``username`` change the kind of a letter to a report."""
    letter_id, version, actor = walk.by(username)
    handling.change_kind(letter_id, version, Kind.WRONGDOING, REASON, actor, walk.now, *accused)


def readers(session: Session, world: World, letter: Letter) -> set[str]:
    """Return who finds the letter in the lists."""
    found = set()
    for username in world.people:
        visible = letters_for(world.actor(username), Permission.LETTER_READ)
        if session.scalar(sa.select(Letter.id).where(Letter.id == letter.id, visible)):
            found.add(username)
    return found


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_PROGRESS])
def test_the_accused_no_longer_sees_it(session: Session, world: World, state: State) -> None:
    """A report is gone from everybody at its former holder and lies with the office above."""
    walk = a_walk(session, world)
    if state is State.IN_PROGRESS:
        walk.accept()
    assert "city_handler" in readers(session, world, walk.letter)
    becomes_report(walk, "city_dispatcher")
    letter = walk.letter
    assert (letter.accused_id, letter.organisation_id) == (world["city"], world["office"])
    assert {name for name in readers(session, world, letter) if name.startswith("city")} == set()
    assert "office_dispatcher" in readers(session, world, letter)
    with pytest.raises(NotFound):
        handling.accept(letter.id, letter.version, world.actor("city_dispatcher"), walk.now)


def test_the_move_is_recorded(session: Session, world: World) -> None:
    """The move has an event with both organisations, counts as a hop and frees the letter."""
    walk = a_walk(session, world, "township")
    walk.accept()
    walk.step(handling.assign, "township_dispatcher", world.people["township_handler"])
    becomes_report(walk, "township_dispatcher")
    letter = walk.letter
    assert (letter.state, letter.hop_count, letter.assignee_id) == (State.IN_PROGRESS, 1, None)
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.action, event.organisation_id, event.to_organisation_id) == (
        Action.CHANGE_KIND,
        world["township"],
        world["district"],
    )
    with pytest.raises(InvalidInput, match="被举报"):
        walk.step(handling.dispatch, "district_dispatcher", world["township"], "")


def test_figures_follow_the_move(session: Session, world: World) -> None:
    """The answer counts for the organisation the letter went to, not for whom it accuses."""
    walk = a_walk(session, world)
    walk.accept()
    becomes_report(walk, "city_dispatcher")
    walk.ask_signoff()
    walk.sign()
    session.rollback()
    closers = sa.select(RateFact.closing_organisation_id).where(
        RateFact.letter_id == walk.letter_id, RateFact.closing_organisation_id.is_not(None)
    )
    assert set(session.scalars(closers)) == {world["office"]}


def test_a_returned_report_never_comes_back(session: Session, world: World) -> None:
    """A dispatched letter that becomes a report cannot be returned to whom it accuses."""
    walk = a_walk(session, world, "district")
    walk.step(handling.dispatch, "district_dispatcher", world["bureau"], "")
    becomes_report(walk, "district_dispatcher", world["district"])
    letter = walk.letter
    assert (letter.organisation_id, letter.sent_from_id) == (world["office"], None)
    assert {
        name
        for name in readers(session, world, letter)
        if name.startswith(("district", "bureau", "township"))
    } == set()


def test_a_recalled_report_never_comes_back(session: Session, world: World) -> None:
    """What a recall would restore does not name whom the report accuses."""
    walk = a_walk(session, world, "city")
    walk.accept()
    walk.step(handling.transfer, "city_dispatcher", world["district"], "属于该单位职责")
    walk.step(handling.sign_for, "district_dispatcher")
    walk.step(handling.transfer, "district_dispatcher", world["bureau"], "属于该单位职责")
    assert walk.letter.sent_from_before_id == world["city"]
    becomes_report(walk, "district_dispatcher", world["city"])
    assert (walk.letter.sent_from_id, walk.letter.sent_from_before_id) == (world["district"], None)


def test_the_office_is_not_accused(session: Session, world: World) -> None:
    """A letter at the office on top becomes a report that accuses nobody and stays there."""
    walk = a_walk(session, world, None)
    becomes_report(walk, "office_dispatcher")
    letter = walk.letter
    assert (letter.accused_id, letter.organisation_id, letter.hop_count) == (
        None,
        world["office"],
        0,
    )
    assert letter.never_public


def test_somebody_else_may_be_accused(session: Session, world: World) -> None:
    """A report that names another organisation stays where it is, out of the accused's reach."""
    walk = a_walk(session, world, None)
    becomes_report(walk, "office_dispatcher", world["police"])
    assert (walk.letter.accused_id, walk.letter.organisation_id) == (
        world["police"],
        world["office"],
    )
    with pytest.raises(InvalidInput, match="被举报"):
        walk.step(handling.dispatch, "office_dispatcher", world["police"], "")


def test_an_accused_that_is_none_is_refused(session: Session, world: World) -> None:
    """An organisation that does not exist is told at its field and nothing changes."""
    walk = a_walk(session, world)
    with pytest.raises(InvalidInput) as error:
        becomes_report(walk, "city_dispatcher", 999_999)
    assert error.value.field == "accused"
    assert walk.letter.kind is Kind.CONSULTATION


def test_what_followed_it_goes_its_own_way(session: Session, world: World) -> None:
    """Letters merged into one that becomes a report are let go: the accused may hold them."""
    child = a_walk(session, world)
    parent = a_letter(session, world, State.IN_PROGRESS)
    child.step(merging.merge, "city_dispatcher", parent.number, "")
    becomes_report(Walk(session, world, parent.id, child.now), "city_dispatcher")
    assert (child.letter.state, child.letter.parent_id) == (State.SUBMITTED, None)
