"""Disputes: returned too often, a letter is placed by the common superior."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import ActionNotAllowed, InvalidInput, NotPermitted
from portal.domain.events import Axis
from portal.domain.letters.states import DeclineReason, State
from portal.models import StateInterval
from portal.services.letters import cooperation, handling
from tests.builders import Walk, World, a_walk, leave


def a_dispute(session: Session, world: World) -> Walk:
    """Return a letter at the office that two departments have returned."""
    walk = a_walk(session, world, None)
    for place in ("city", "police"):
        walk.step(handling.dispatch, "office_dispatcher", world[place], "请办理")
        walk.step(handling.return_letter, f"{place}_handler", "不属于本单位职责")
    return walk


def test_two_returns_call_for_a_ruling(session: Session, world: World) -> None:
    """After two returns neither accepting nor dispatching helps; the superior must rule."""
    walk = a_dispute(session, world)
    assert walk.letter.ruling_id == world["office"]
    with pytest.raises(ActionNotAllowed):
        walk.step(handling.accept, "office_dispatcher")
    with pytest.raises(ActionNotAllowed):
        walk.step(handling.dispatch, "office_dispatcher", world["water"], "")
    with pytest.raises(NotPermitted):
        walk.step(handling.rule, "office_dispatcher", world["water"], "裁定")


def test_ruling_is_final(session: Session, world: World) -> None:
    """A letter placed by ruling is signed for; it is neither returned nor passed on."""
    walk = a_dispute(session, world)
    walk.step(handling.rule, "office_supervisor", world["city"], "路灯由城管部门负责")
    assert (walk.letter.state, walk.letter.placed) == (State.DISPATCHED, True)
    with pytest.raises(ActionNotAllowed):
        walk.step(handling.return_letter, "city_handler", "仍不属于本单位职责")
    walk.step(handling.sign_for, "city_handler")
    with pytest.raises(ActionNotAllowed):
        walk.step(handling.transfer, "city_handler", world["police"], "再转")


def test_ruling_may_leave_a_letter_where_it_lies(session: Session, world: World) -> None:
    """The superior may rule that the organisation that holds the letter keeps it."""
    walk = a_dispute(session, world)
    walk.step(handling.rule, "office_supervisor", world["office"], "由信箱办直接答复")
    walk.step(handling.sign_for, "office_dispatcher")
    assert (walk.letter.state, walk.here) == (State.IN_PROGRESS, "office")


def test_ruling_may_decline(session: Session, world: World) -> None:
    """The superior may decline a disputed letter."""
    walk = a_dispute(session, world)
    walk.step(handling.decline, "office_supervisor", DeclineReason.OTHER_AUTHORITY, "")
    assert walk.letter.state is State.DECLINED


@pytest.mark.parametrize("invited", [False, True])
def test_ruler_is_the_lowest_common_superior(session: Session, world: World, invited: bool) -> None:
    """A dispute inside a district is ruled by the district, whoever outside was asked to help."""
    walk = a_walk(session, world, "township")
    walk.accept()
    if invited:
        walk.step(cooperation.invite, "township_handler", world["police"], "请协助")
    for _ in range(2):
        walk.step(handling.transfer, "township_handler", world["bureau"], "属于教育部门职责")
        walk.step(handling.return_letter, "bureau_handler", "不属于本单位职责")
        if walk.letter.return_count == 1:
            walk.step(handling.accept, "township_dispatcher")
    assert walk.letter.ruling_id == world["district"]


def test_a_ruling_stays_within_its_reach(session: Session, world: World) -> None:
    """A district rules among its own organisations and places nothing outside of them."""
    walk = a_walk(session, world, "township")
    walk.accept()
    for _ in range(2):
        walk.step(handling.transfer, "township_handler", world["bureau"], "属于教育部门职责")
        walk.step(handling.return_letter, "bureau_handler", "不属于本单位职责")
        if walk.letter.return_count == 1:
            walk.step(handling.accept, "township_dispatcher")
    with pytest.raises(InvalidInput, match="管辖范围") as error:
        walk.step(handling.rule, "district_supervisor", world["city"], "由城管部门负责")
    assert error.value.field == "organisation"
    walk.step(handling.rule, "district_supervisor", world["bureau"], "由教育部门负责")
    assert walk.here == "bureau"


def test_every_move_has_an_interval_at_its_organisation(session: Session, world: World) -> None:
    """Intervals follow a letter through organisations without a gap."""
    walk = a_dispute(session, world)
    rows = list(
        session.scalars(
            sa.select(StateInterval)
            .where(StateInterval.axis == Axis.HANDLING)
            .order_by(StateInterval.started_at)
        )
    )
    holders = ["office", "city", "office", "police", "office"]
    assert [row.organisation_id for row in rows] == [world[place] for place in holders]
    assert [row.ended_at for row in rows[:-1]] == [row.started_at for row in rows[1:]]
    assert rows[-1].ended_at is None
    assert walk.letter.hop_count == 4


def test_who_is_above_moves_a_placed_letter_where_nobody_answers(
    session: Session, world: World
) -> None:
    """A unit that has lost its last handler holds nothing back, and the next one may return it."""
    walk = a_dispute(session, world)
    walk.step(handling.rule, "office_supervisor", world["city"], "路灯由城管部门负责")
    walk.step(handling.sign_for, "city_handler")
    with pytest.raises(ActionNotAllowed):
        walk.step(handling.transfer, "office_dispatcher", world["police"], "再转")
    leave(world, "city_handler", "city_handler2")
    walk.step(handling.transfer, "office_dispatcher", world["police"], "该单位暂无人员")
    assert (walk.here, walk.letter.placed) == ("police", False)
    walk.step(handling.return_letter, "police_handler", "不属于本单位职责")
    assert walk.letter.ruling_id == world["office"]


def test_who_is_above_returns_a_placed_letter_that_nobody_signs_for(
    session: Session, world: World
) -> None:
    """Where nobody is left to sign for it, it goes back to who ruled."""
    walk = a_dispute(session, world)
    walk.step(handling.rule, "office_supervisor", world["city"], "路灯由城管部门负责")
    leave(world, "city_handler", "city_handler2")
    walk.step(handling.return_letter, "office_dispatcher", "该单位暂无人员")
    assert (walk.letter.state, walk.here) == (State.RETURNED, "office")
    walk.step(handling.rule, "office_supervisor", world["water"], "由水务部门负责")
    assert walk.letter.placed
