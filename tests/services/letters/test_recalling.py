"""Recall of a dispatch: the letter is where and what it was, and only the history knows."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.choices import allowed_actions
from portal.domain.errors import ActionNotAllowed, NotFound, NotPermitted
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action, State
from portal.domain.periods import Period
from portal.models import Event, Letter, RateFact
from portal.queries.letters.timeline import history
from portal.queries.letters.track import milestones
from portal.queries.statistics.detail import count_detail
from portal.queries.statistics.filters import Question
from portal.services.letters import handling
from tests.builders import Walk, World, a_letter, a_person, a_walk

YEAR = Question(Period(2016), datetime(2016, 12, 31, 16, tzinfo=UTC))


def columns(letter: Letter) -> dict[str, Any]:
    """Return every column of the letter but its version."""
    row = {c.key: getattr(letter, c.key) for c in sa.inspect(Letter).column_attrs}
    row.pop("version")
    return row


def recall(walk: Walk, who: str, why: str = "") -> None:
    """Recall the letter."""
    walk.step(handling.recall_dispatch, who, why)


def begin(session: Session, world: World, state: State) -> Walk:
    """Return the walk of a letter in ``state`` at the district."""
    walk = a_walk(session, world, "district")
    if state is State.IN_PROGRESS:
        walk.accept()
        handler = world.people["district_handler"]
        walk.step(handling.assign, "district_dispatcher", handler)
    elif state is State.RETURNED:
        walk.step(handling.dispatch, "district_dispatcher", world["bureau"], "")
        walk.step(handling.return_letter, "bureau_handler", "不属于本单位职责")
    return walk


@pytest.mark.parametrize("state", [State.SUBMITTED, State.RETURNED, State.IN_PROGRESS])
def test_a_recall_undoes_the_dispatch(session: Session, world: World, state: State) -> None:
    """Every column is as it was; the citizen reads of neither, the office of both."""
    walk = begin(session, world, state)
    before, told = columns(walk.letter), milestones(session, walk.letter)
    walk.step(handling.dispatch, "district_dispatcher", world["township"], "请办理")
    assert walk.letter.state is State.DISPATCHED
    recall(walk, "district_dispatcher", "选错了单位")
    assert columns(walk.letter) == before
    assert milestones(session, walk.letter) == told
    last = history(session, walk.letter)[-1]
    assert (last.title, last.reason) == ("收回", "选错了单位")
    assert last.to_organisation == world.organisation("district").name


@pytest.mark.parametrize(("to", "who"), [("police", "city_handler"), ("office", "city_dispatcher")])
def test_a_transfer_sideways_or_upwards_is_recalled(
    session: Session, world: World, to: str, who: str
) -> None:
    """Who transferred a letter still reads it and may take it back; others may not."""
    walk = a_walk(session, world, "city")
    walk.accept()
    before = columns(walk.letter)
    walk.step(handling.transfer, "city_handler", world[to], "属于对方职责")
    assert Action.RECALL_DISPATCH in allowed_actions(world.actor(who), walk.letter)
    with pytest.raises(NotFound):
        recall(walk, "water_dispatcher")
    with pytest.raises(NotPermitted):
        recall(walk, "city_reviewer")
    recall(walk, who)
    assert columns(walk.letter) == before


def test_a_superior_recalls_for_the_sender(
    session: Session, world: World, password_hash: str
) -> None:
    """A dispatcher above the sending organisation may recall, its handler may not."""
    walk = a_walk(session, world, "bureau")
    walk.accept()
    walk.step(handling.transfer, "bureau_handler", world["township"], "属于对方职责")
    a_person(
        world,
        "district_clerk",
        password_hash,
        (Role.HANDLER, "district"),
        (Role.REVIEWER, "office"),
    )
    with pytest.raises(NotPermitted):
        recall(walk, "district_clerk")
    recall(walk, "office_dispatcher")
    assert walk.here == "bureau"


def test_what_is_signed_for_is_not_recalled(session: Session, world: World) -> None:
    """Once somebody has signed for the letter it is theirs, and the sender reads it no more."""
    walk = a_walk(session, world, "city")
    walk.accept()
    walk.step(handling.transfer, "city_handler", world["police"], "属于对方职责")
    walk.step(handling.sign_for, "police_handler")
    with pytest.raises(NotFound):
        recall(walk, "city_handler")
    with pytest.raises(NotPermitted):
        recall(walk, "office_dispatcher")


def test_two_slips_leave_the_letter_with_the_dispatcher(session: Session, world: World) -> None:
    """Slips that were recalled count neither as returns nor as hops, nor widen a ruling."""
    walk = begin(session, world, State.SUBMITTED)
    for place in ("bureau", "township", "bureau"):
        walk.step(handling.dispatch, "district_dispatcher", world[place], "")
        recall(walk, "district_dispatcher")
    letter = walk.letter
    assert (letter.return_count, letter.hop_count, letter.state) == (0, 0, State.SUBMITTED)
    assert Action.DISPATCH in allowed_actions(world.actor("district_dispatcher"), letter)
    assert Action.WITHDRAW not in allowed_actions(world.actor("district_dispatcher"), letter)
    fact = session.scalars(sa.select(RateFact)).one()
    assert (fact.response_at, fact.returned_at) == (None, None)


def test_a_placed_letter_is_not_recalled(session: Session, world: World) -> None:
    """What a ruling has placed stays there."""
    walk = a_walk(session, world, None)
    for place in ("city", "police"):
        walk.step(handling.dispatch, "office_dispatcher", world[place], "")
        walk.step(handling.return_letter, f"{place}_handler", "不属于本单位职责")
    walk.step(handling.rule, "office_supervisor", world["city"], "由城管负责")
    with pytest.raises(ActionNotAllowed, match="不能收回"):
        recall(walk, "office_dispatcher")


def test_a_report_stays_hidden_from_a_sender_that_it_accuses(
    session: Session, world: World
) -> None:
    """A letter that becomes a report of the sender is neither read nor recalled there."""
    walk = a_walk(session, world, "city")
    walk.accept()
    walk.step(handling.transfer, "city_handler", world["police"], "属于对方职责")
    letter_id, version, actor = walk.by("office_dispatcher")
    why = "核定为举报"
    handling.change_kind(
        letter_id, version, Kind.WRONGDOING, why, actor, walk.now, accused_id=world["city"]
    )
    with pytest.raises(NotFound):
        recall(walk, "city_handler")


def test_hops_of_figures_leave_out_what_was_recalled(session: Session, world: World) -> None:
    """A dispatch that was recalled is no hop in the quality figures, neither is its recall."""
    letter = a_letter(session, world, State.RETURNED)
    walk = Walk(session, world, letter.id, letter.received_at)
    walk.now = max(e.occurred_at for e in session.scalars(sa.select(Event)))
    before = count_detail(session, YEAR).hops
    walk.step(handling.dispatch, "office_dispatcher", world["police"], "")
    recall(walk, "office_dispatcher")
    assert count_detail(session, YEAR).hops == before
    assert before.total == 2
