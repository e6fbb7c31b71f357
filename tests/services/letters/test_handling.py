"""What the office does before the reply: accept, move, return, rule, ask, supervise."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import (
    ActionNotAllowed,
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
)
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    Action,
    DeclineReason,
    RefusalReason,
    State,
    UnpublishReason,
)
from portal.models import Event
from portal.services.archive import publication
from portal.services.letters import cooperation, handling, merging, replying, submission
from portal.services.office.organisations import close
from portal.services.office.users import disable
from tests.builders import HOUR, START, World, a_letter, a_published, a_walk


def test_accepting_is_recorded(session: Session, world: World) -> None:
    """An acceptance sets state, moment and first response, and leaves an event with its actor."""
    walk = a_walk(session, world)
    walk.accept()
    letter = walk.letter
    assert letter.state is State.IN_PROGRESS
    assert letter.accepted_at == letter.first_response_at == walk.now
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.action, event.from_state, event.to_state) == (
        Action.ACCEPT,
        State.SUBMITTED,
        State.IN_PROGRESS,
    )
    assert event.actor_id == world.people["city_dispatcher"]
    assert event.organisation_id == world["city"]


def test_stale_page_is_a_conflict(session: Session, world: World) -> None:
    """A handler whose page shows an older version is told and changes nothing."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    with pytest.raises(Conflict):
        handling.ask_citizen(
            letter.id, letter.version - 1, "几号楼？", world.actor("city_handler"), START
        )
    session.rollback()
    assert letter.state is State.IN_PROGRESS


HERE = 1
"""An organisation that steps may name."""


@pytest.mark.parametrize(
    ("service", "values"),
    [
        (handling.accept, ()),
        (handling.decline, (DeclineReason.UNLAWFUL, "")),
        (handling.dispatch, (HERE, "")),
        (handling.transfer, (HERE, "转办")),
        (handling.rule, (HERE, "裁定")),
        (handling.sign_for, ()),
        (handling.return_letter, ("退回",)),
        (handling.ask_citizen, ("几号楼？",)),
        (handling.assign, (None,)),
        (handling.change_kind, (Kind.COMPLAINT, "核定")),
        (handling.supervise, ("久拖未办",)),
        (handling.end_supervision, ()),
        (cooperation.request_extension, (5, "需要现场勘查")),
        (cooperation.decide_extension, (True, "")),
        (cooperation.invite, (HERE, "请协助")),
        (cooperation.contribute, ("意见",)),
        (replying.request_signoff, ("您好，已修好。", 0)),
        (replying.recall, ()),
        (replying.send_back, ("请补充",)),
        (replying.sign, ()),
        (merging.merge, ("20160601-00001-0", "同一问题")),
        (merging.separate, ("",)),
        (publication.propose, ("",)),
        (publication.recall, ()),
        (publication.publish, (1,)),
        (publication.refuse, (RefusalReason.NO_VALUE, "")),
        (publication.unpublish, (UnpublishReason.PRIVACY, "隐私")),
    ],
    ids=lambda each: getattr(each, "__qualname__", ""),
)
def test_every_step_is_taken_on_the_letter_as_it_is(
    session: Session, world: World, service: Callable[..., object], values: tuple[object, ...]
) -> None:
    """No step of staff is taken by somebody whose page shows another version of the letter."""
    letter = a_letter(session, world)
    with pytest.raises(Conflict):
        service(letter.id, letter.version + 1, *values, world.actor("office_supervisor"), START)


def test_foreign_letter_is_like_none(session: Session, world: World) -> None:
    """A letter of another organisation answers like one that does not exist."""
    letter = a_letter(session, world)
    for letter_id in (letter.id, 999_999):
        with pytest.raises(NotFound):
            handling.accept(letter_id, 1, world.actor("police_dispatcher"), START)


def test_reading_is_not_accepting(session: Session, world: World) -> None:
    """A handler who may read a letter may not accept it."""
    letter = a_letter(session, world)
    with pytest.raises(NotPermitted):
        handling.accept(letter.id, letter.version, world.actor("city_handler"), START)


@pytest.mark.parametrize("code", list(DeclineReason))
def test_declining_carries_its_code(session: Session, world: World, code: DeclineReason) -> None:
    """A declined letter is final and its event carries the coded reason."""
    walk = a_walk(session, world)
    walk.step(handling.decline, "city_dispatcher", code, "说明")
    letter = walk.letter
    assert (letter.state, letter.closed_at, letter.due_on) == (State.DECLINED, walk.now, None)
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.reason_code, event.reason) == (code, "说明")


def test_accepted_letter_is_not_declined(session: Session, world: World) -> None:
    """A letter that was accepted gets an answer."""
    walk = a_walk(session, world)
    walk.accept()
    with pytest.raises(ActionNotAllowed):
        walk.step(handling.decline, "city_dispatcher", DeclineReason.UNLAWFUL, "")


def test_dispatching_hands_the_letter_over(session: Session, world: World) -> None:
    """A dispatched letter lies with the other organisation, and the first cannot act on it."""
    walk = a_walk(session, world, "district")
    walk.step(handling.dispatch, "district_dispatcher", world["township"], "请办理")
    letter = walk.letter
    assert (letter.state, walk.here, letter.hop_count) == (State.DISPATCHED, "township", 1)
    walk.step(handling.sign_for, "township_handler")
    assert walk.letter.state is State.IN_PROGRESS
    with pytest.raises(NotFound):
        walk.step(handling.ask_citizen, "district_handler", "几号楼？")


@pytest.mark.parametrize("target", ["police", "office"])
def test_dispatching_goes_down_only(session: Session, world: World, target: str) -> None:
    """A department dispatches neither sideways nor up."""
    walk = a_walk(session, world, "district")
    with pytest.raises(InvalidInput) as error:
        walk.step(handling.dispatch, "district_dispatcher", world[target], "")
    assert error.value.field == "organisation"


def test_nothing_goes_to_a_closed_organisation(session: Session, world: World) -> None:
    """An organisation that has been closed gets no letters from the office either."""
    close(world["water"], None, world.actor("office_administrator"), START)
    walk = a_walk(session, world, None)
    with pytest.raises(InvalidInput):
        walk.step(handling.dispatch, "office_dispatcher", world["water"], "")


def test_transfer_goes_sideways_with_a_reason(session: Session, world: World) -> None:
    """A letter in progress is transferred to another department, with a reason."""
    walk = a_walk(session, world)
    walk.accept()
    with pytest.raises(InvalidInput):
        walk.step(handling.transfer, "city_handler", world["police"], " ")
    walk.step(handling.transfer, "city_handler", world["police"], "属于公安机关职责")
    assert (walk.letter.state, walk.here) == (State.DISPATCHED, "police")


def test_report_never_reaches_the_accused(session: Session, world: World) -> None:
    """A report of wrongdoing is dispatched neither to the accused nor below."""
    walk = a_walk(session, world, "district", kind=Kind.WRONGDOING)
    for place in ("district", "township"):
        with pytest.raises(InvalidInput, match="被举报"):
            walk.step(handling.dispatch, "office_dispatcher", world[place], "")


def test_return_goes_back_to_the_sender(session: Session, world: World) -> None:
    """A returned letter lies with who sent it, accepted already."""
    letter = a_letter(session, world, State.RETURNED)
    assert letter.organisation_id == world["office"]
    assert letter.accepted
    assert letter.return_count == 1


def test_return_keeps_the_first_acceptance(session: Session, world: World) -> None:
    """A letter that is returned and accepted again keeps the moment it was first accepted."""
    walk = a_walk(session, world, None)
    walk.step(handling.dispatch, "office_dispatcher", world["city"], "")
    first = walk.letter.accepted_at
    walk.step(handling.return_letter, "city_handler", "不属于本单位职责")
    walk.step(handling.accept, "office_dispatcher")
    assert walk.letter.accepted_at == first


def test_question_stops_the_clock(session: Session, world: World) -> None:
    """A question to the citizen takes the due date away and keeps where the letter was."""
    letter = a_letter(session, world, State.AWAITING_CITIZEN)
    assert letter.due_on is None
    assert letter.answer_by is not None
    assert letter.state_before is State.IN_PROGRESS
    assert letter.messages[0].author_id == world.people["city_handler"]


def test_assignee_is_a_handler_here(session: Session, world: World) -> None:
    """A letter is given to a handler of the actor's organisation who is in service, to nobody else."""
    walk = a_walk(session, world)
    walk.step(handling.assign, "city_dispatcher", world.people["city_handler"])
    assert walk.letter.assignee_id == world.people["city_handler"]
    disable(world.people["city_handler2"], world.actor("office_administrator"), START)
    for username in ("police_handler", "city_reviewer", "city_handler2"):
        with pytest.raises(InvalidInput):
            walk.step(handling.assign, "city_dispatcher", world.people[username])
    walk.step(handling.assign, "city_dispatcher", None)
    assert walk.letter.assignee_id is None


def test_moving_frees_the_assignee(session: Session, world: World) -> None:
    """A letter that moves on has no assignee at the next organisation."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(handling.assign, "city_dispatcher", world.people["city_handler"])
    walk.step(handling.transfer, "city_handler", world["police"], "属于公安机关职责")
    assert walk.letter.assignee_id is None


def test_once_a_report_always_a_report(session: Session, world: World) -> None:
    """A letter that was a report of wrongdoing keeps that mark when its kind is changed."""
    walk = a_walk(session, world)
    walk.step(handling.change_kind, "city_dispatcher", Kind.WRONGDOING, "反映工作人员违纪")
    walk.step(handling.change_kind, "office_dispatcher", Kind.COMPLAINT, "重新核定")
    assert (walk.letter.kind, walk.letter.never_public) == (Kind.COMPLAINT, True)


def test_same_kind_is_no_change(session: Session, world: World) -> None:
    """A kind that is not changed is told at its field."""
    walk = a_walk(session, world)
    with pytest.raises(InvalidInput) as error:
        walk.step(handling.change_kind, "city_dispatcher", Kind.CONSULTATION, "核定")
    assert error.value.field == "kind"


def test_supervision_is_a_flag(session: Session, world: World) -> None:
    """Supervision begins with a reason and ends without touching the state."""
    walk = a_walk(session, world)
    with pytest.raises(InvalidInput) as error:
        walk.step(handling.supervise, "office_supervisor", " ")
    assert error.value.field == "reason"
    walk.step(handling.supervise, "office_supervisor", "久拖未办")
    assert (walk.letter.supervised, walk.letter.state) == (True, State.SUBMITTED)
    with pytest.raises(ActionNotAllowed):
        walk.step(handling.supervise, "office_supervisor", "久拖未办")
    walk.step(handling.end_supervision, "office_supervisor")
    assert not walk.letter.supervised


@pytest.mark.parametrize("service", [handling.decline, handling.dispatch])
def test_endless_reason_is_refused(session: Session, world: World, service: object) -> None:
    """An optional reason of 100,000 characters is refused at its field."""
    walk = a_walk(session, world, None)
    value = DeclineReason.UNLAWFUL if service is handling.decline else world["city"]
    with pytest.raises(InvalidInput) as error:
        walk.step(service, "office_dispatcher", value, "因" * 100_000)  # type: ignore[arg-type]
    assert error.value.field == "reason"


def test_public_letter_does_not_become_a_report(session: Session, world: World) -> None:
    """A letter in the archive is taken down before it can be called a report of wrongdoing."""
    letter = a_published(session, world)
    submission.ask_redo(letter.id, "没有解决", START + 48 * HOUR)
    session.rollback()
    dispatcher = world.actor("city_dispatcher")
    with pytest.raises(InvalidInput) as error:
        handling.change_kind(
            letter.id, letter.version, Kind.WRONGDOING, "核定", dispatcher, START + 49 * HOUR
        )
    assert error.value.field == "kind"
