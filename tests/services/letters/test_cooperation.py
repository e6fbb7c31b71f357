"""Extensions and co-handling."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.errors import ActionNotAllowed, InvalidInput, NotFound, NotPermitted
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.services.letters import cooperation, submission
from tests.builders import World, a_letter, a_person, a_walk


def test_granted_extension_moves_the_due_date(session: Session, world: World) -> None:
    """A granted extension moves the due date later, an asked one does not."""
    walk = a_walk(session, world)
    walk.accept()
    due = walk.letter.due_on
    assert due is not None
    walk.step(cooperation.request_extension, "city_handler", 5, "需要现场勘查")
    assert walk.letter.due_on == due
    walk.step(cooperation.decide_extension, "city_supervisor", True, "")
    assert walk.letter.extension_days == 5
    assert walk.letter.due_on is not None
    assert walk.letter.due_on > due


def test_refused_extension_may_be_asked_again(session: Session, world: World) -> None:
    """A refusal needs a note, keeps the due date and allows another request."""
    walk = a_walk(session, world)
    walk.accept()
    due = walk.letter.due_on
    walk.step(cooperation.request_extension, "city_handler", 5, "需要现场勘查")
    with pytest.raises(InvalidInput) as error:
        walk.step(cooperation.decide_extension, "city_supervisor", False, "")
    assert error.value.field == "note"
    walk.step(cooperation.decide_extension, "city_supervisor", False, "理由不充分")
    assert walk.letter.due_on == due
    walk.step(cooperation.request_extension, "city_handler", 3, "补充理由")
    assert walk.letter.extension_pending


def test_a_redo_is_extended_by_the_rule_of_its_day(session: Session, world: World) -> None:
    """A consultation done again under the rule of 2014 gets the eight days of that rule."""
    walk = a_walk(session, world, now=datetime(2014, 11, 10, 2, tzinfo=UTC))
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.now = datetime(2014, 11, 20, 2, tzinfo=UTC)
    submission.ask_redo(walk.letter_id, "问题没有解决。", walk.now)
    with pytest.raises(InvalidInput):
        walk.step(cooperation.request_extension, "city_handler", 9, "需要现场勘查")
    walk.step(cooperation.request_extension, "city_handler", 8, "需要现场勘查")
    walk.step(cooperation.decide_extension, "city_supervisor", True, "")
    assert walk.letter.due_on == date(2014, 12, 11)


def test_extension_is_granted_once(session: Session, world: World) -> None:
    """A letter that was extended is not extended again."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.request_extension, "city_handler", 5, "需要现场勘查")
    walk.step(cooperation.decide_extension, "city_supervisor", True, "")
    with pytest.raises(ActionNotAllowed):
        walk.step(cooperation.request_extension, "city_handler", 5, "还要更久")


@pytest.mark.parametrize("days", [0, -1, 10_000])
def test_extension_stays_within_the_rule(session: Session, world: World, days: int) -> None:
    """An extension of no day, or of more than the rule allows, is refused at its field."""
    walk = a_walk(session, world)
    walk.accept()
    with pytest.raises(InvalidInput) as error:
        walk.step(cooperation.request_extension, "city_handler", days, "需要时间")
    assert error.value.field == "days"


def test_nobody_grants_the_own_extension(
    session: Session, world: World, password_hash: str
) -> None:
    """A person who is handler and supervisor does not decide on their own request."""
    a_person(world, "both", password_hash, (Role.HANDLER, "city"), (Role.SUPERVISOR, "city"))
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.request_extension, "both", 5, "需要现场勘查")
    with pytest.raises(NotPermitted):
        walk.step(cooperation.decide_extension, "both", True, "")


def test_helper_reads_and_contributes_and_nothing_else(session: Session, world: World) -> None:
    """An invited organisation reads the letter and contributes; it does not act on it."""
    walk = a_walk(session, world)
    walk.accept()
    with pytest.raises(NotFound):
        walk.step(cooperation.contribute, "police_handler", "意见")
    walk.step(cooperation.invite, "city_handler", world["police"], "请协助核实")
    with pytest.raises(NotPermitted):
        walk.step(cooperation.request_extension, "police_handler", 5, "理由")
    walk.step(cooperation.contribute, "police_handler", "已核实")
    (helper,) = walk.letter.helpers
    assert (helper.contribution, helper.contributor_id) == (
        "已核实",
        world.people["police_handler"],
    )
    assert walk.letter.state is State.IN_PROGRESS


def test_contribution_is_handed_in_once(session: Session, world: World) -> None:
    """A second contribution needs a second invitation."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.invite, "city_handler", world["police"], "请协助核实")
    walk.step(cooperation.contribute, "police_handler", "已核实")
    with pytest.raises(NotPermitted):
        walk.step(cooperation.contribute, "police_handler", "再补充")
    walk.step(cooperation.invite, "city_handler", world["police"], "请再次核实")
    walk.step(cooperation.contribute, "police_handler", "再补充")


def test_contribution_is_for_the_own_organisation(
    session: Session, world: World, password_hash: str
) -> None:
    """A handler of one helper does not contribute for another where they only dispatch."""
    a_person(world, "both", password_hash, (Role.HANDLER, "police"), (Role.DISPATCHER, "water"))
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.invite, "city_handler", world["water"], "请协助核实")
    walk.step(cooperation.invite, "city_handler", world["police"], "请协助核实")
    walk.step(cooperation.contribute, "both", "公安意见")
    answered = {h.organisation_id: h.contribution for h in walk.letter.helpers}
    assert answered == {world["water"]: None, world["police"]: "公安意见"}


@pytest.mark.parametrize(("place", "words"), [("city", "牵头单位"), (None, "没有这个单位")])
def test_helper_must_be_somebody_else(
    session: Session, world: World, place: str | None, words: str
) -> None:
    """An organisation does not invite itself, nor one that does not exist."""
    walk = a_walk(session, world)
    walk.accept()
    target = world[place] if place else 999_999
    with pytest.raises(InvalidInput, match=words) as error:
        walk.step(cooperation.invite, "city_handler", target, "请协助")
    assert error.value.field == "organisation"


def test_helper_is_invited_once_at_a_time(session: Session, world: World) -> None:
    """An organisation that has not answered yet is not invited again."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.invite, "city_handler", world["police"], "请协助")
    with pytest.raises(InvalidInput, match="正在等待"):
        walk.step(cooperation.invite, "city_handler", world["police"], "请协助")


def test_accused_are_not_invited(session: Session, world: World) -> None:
    """The organisation a report accuses is not asked to help with it."""
    letter = a_letter(session, world, kind=Kind.WRONGDOING, place="city")
    walk = a_walk(session, world, "city", kind=Kind.WRONGDOING)
    assert letter.accused_id == world["city"]
    walk.accept()
    with pytest.raises(InvalidInput, match="被举报"):
        walk.step(cooperation.invite, "office_handler", world["city"], "请说明")
