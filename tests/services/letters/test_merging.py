"""Merging: one letter leads, the others follow it into every ending."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from portal.domain.errors import ActionNotAllowed, InvalidInput
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import CloseReason, DeclineReason, State
from portal.services.letters import handling, merging, submission
from tests.builders import START, Walk, World, a_letter, a_walk


def a_pair(session: Session, world: World) -> tuple[Walk, Walk]:
    """Return a leading letter in progress and one merged into it."""
    parent, child = a_walk(session, world), a_walk(session, world)
    parent.accept()
    child.step(merging.merge, "city_dispatcher", parent.letter.number, "同一问题")
    return parent, child


def test_child_is_answered_with_its_parent(session: Session, world: World) -> None:
    """Signing the leading reply closes what follows it, each with a reply of its own text."""
    parent, child = a_pair(session, world)
    parent.ask_signoff("路灯已经修好。")
    parent.sign()
    letter = child.letter
    assert (letter.state, letter.close_reason) == (State.CLOSED, CloseReason.MERGED)
    assert letter.answer is not None
    assert "路灯已经修好。" in letter.answer.text
    assert letter.closing_organisation_id == world["city"]


def test_child_is_closed_by_the_organisation_that_answered(session: Session, world: World) -> None:
    """A merged letter held elsewhere counts for the organisation whose reply closed it."""
    parent, child = a_walk(session, world, "police"), a_walk(session, world, "city")
    parent.accept()
    child.step(merging.merge, "office_dispatcher", parent.letter.number, "同一问题")
    parent.ask_signoff()
    parent.sign()
    letter = child.letter
    assert letter.answer is not None
    assert letter.closing_organisation_id == letter.answer.organisation_id == world["police"]
    assert letter.organisation_id == world["city"]


def test_child_learns_nothing_about_the_leading_sender(session: Session, world: World) -> None:
    """What a reply says about the sender of the leading letter is masked for the others."""
    parent = a_walk(session, world, name="欧阳金丝雀", phone="13987654321", email="canary@bird.cn")
    child = a_walk(session, world)
    parent.accept()
    child.step(merging.merge, "city_dispatcher", parent.letter.number, "同一问题")
    parent.ask_signoff(
        "欧阳金丝雀您好：您留下的电话 139 8765 4321、邮箱 canary@bird.cn 和身份证号"
        "11010519491231002X 均已核对，渝A12345 一车已移走。如有疑问请拨打咨询电话 023-63150000。"
    )
    parent.sign()
    assert child.letter.answer is not None
    text = child.letter.answer.text
    secrets = ("金丝雀", "13987654321", "8765 4321", "canary@", "11010519491231002X", "渝A12345")
    assert [secret for secret in (*secrets, parent.letter.number) if secret in text] == []
    assert "咨询电话 023-63150000" in text
    assert parent.letter.answer is not None
    assert "欧阳金丝雀您好" in parent.letter.answer.text


def test_separated_letter_goes_back(session: Session, world: World) -> None:
    """A separated letter is where it was, with a due date again."""
    _parent, child = a_pair(session, world)
    assert child.letter.due_on is None
    child.step(merging.separate, "city_dispatcher", "不是同一问题")
    letter = child.letter
    assert (letter.state, letter.parent_id) == (State.SUBMITTED, None)
    assert letter.due_on is not None


def test_declined_parent_releases(session: Session, world: World) -> None:
    """A letter whose leader is declined goes back to where it was."""
    parent, child = a_walk(session, world), a_walk(session, world)
    child.accept()
    child.step(merging.merge, "city_dispatcher", parent.letter.number, "")
    parent.step(handling.decline, "city_dispatcher", DeclineReason.LITIGATION, "")
    assert (child.letter.state, child.letter.parent_id) == (State.IN_PROGRESS, None)


def test_withdrawn_parent_releases(session: Session, world: World) -> None:
    """A letter whose leader is withdrawn by its sender goes back to where it was."""
    parent, child = a_walk(session, world), a_walk(session, world)
    child.step(merging.merge, "city_dispatcher", parent.letter.number, "")
    submission.withdraw(parent.letter_id, child.now)
    assert child.letter.state is State.SUBMITTED


def test_timed_out_parent_releases(session: Session, world: World) -> None:
    """A letter whose leader's citizen never answered goes back to where it was."""
    parent, child = a_pair(session, world)
    parent.step(handling.ask_citizen, "city_handler", "请补充地址")
    handling.close_unanswered(parent.now + timedelta(days=30))
    assert parent.letter.state is State.CLOSED
    assert child.letter.state is State.SUBMITTED


@pytest.mark.parametrize("state", [State.CLOSED, State.DECLINED, State.WITHDRAWN, State.MERGED])
def test_parent_must_be_open(session: Session, world: World, state: State) -> None:
    """An ended or merged letter cannot lead."""
    number = a_letter(session, world, state).number
    child = a_walk(session, world)
    with pytest.raises(InvalidInput) as error:
        child.step(merging.merge, "city_dispatcher", number, "")
    assert error.value.field == "parent_number"


def test_not_into_itself(session: Session, world: World) -> None:
    """A letter is not merged into itself."""
    walk = a_walk(session, world)
    with pytest.raises(InvalidInput):
        walk.step(merging.merge, "city_dispatcher", walk.letter.number, "")


def test_leader_does_not_follow(session: Session, world: World) -> None:
    """A letter that leads others is not merged into a third."""
    parent, _child = a_pair(session, world)
    third = a_walk(session, world)
    with pytest.raises(ActionNotAllowed):
        parent.step(merging.merge, "city_dispatcher", third.letter.number, "")


def test_foreign_parent_is_not_found(session: Session, world: World) -> None:
    """A leading letter the handler may not read answers like one that does not exist."""
    foreign = a_letter(session, world, State.IN_PROGRESS, place="police")
    walk = a_walk(session, world)
    with pytest.raises(InvalidInput, match="没有找到"):
        walk.step(merging.merge, "city_dispatcher", foreign.number, "")


def test_mistyped_number_is_recognised(session: Session, world: World) -> None:
    """A wrong check digit is told at the field of the number."""
    number = a_letter(session, world).number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    walk = a_walk(session, world)
    with pytest.raises(InvalidInput) as error:
        walk.step(merging.merge, "city_dispatcher", wrong, "")
    assert error.value.field == "parent_number"


@pytest.mark.parametrize("place", ["police", None])
def test_reports_merge_only_on_the_same_accused(
    session: Session, world: World, place: str | None
) -> None:
    """A report is merged neither with a plain letter nor with a report on somebody else."""
    kind = Kind.WRONGDOING if place else Kind.COMPLAINT
    parent = a_walk(session, world, place, kind=kind)
    child = a_walk(session, world, "city", kind=Kind.WRONGDOING)
    with pytest.raises(InvalidInput):
        child.step(merging.merge, "office_dispatcher", parent.letter.number, "")
    twin = a_walk(session, world, "city", kind=Kind.WRONGDOING)
    child.step(merging.merge, "office_dispatcher", twin.letter.number, "")
    assert child.letter.state is State.MERGED


def test_redo_of_a_child_leaves_its_parent(session: Session, world: World) -> None:
    """A merged letter whose sender asks for a redo lives on by itself."""
    parent, child = a_pair(session, world)
    parent.ask_signoff()
    parent.sign()
    submission.ask_redo(child.letter_id, "我的问题不同", parent.now)
    assert (child.letter.state, child.letter.parent_id) == (State.IN_PROGRESS, None)
    assert parent.letter.state is State.CLOSED


def test_long_reason_is_refused(session: Session, world: World) -> None:
    """A reason of 501 characters is refused at its field."""
    parent, child = a_walk(session, world), a_walk(session, world, now=START)
    with pytest.raises(InvalidInput) as error:
        child.step(merging.merge, "city_dispatcher", parent.letter.number, "因" * 501)
    assert error.value.field == "reason"


def test_unlike_letters_are_merged_only_by_who_is_sure(session: Session, world: World) -> None:
    """A letter about a school is not merged into one about a barbecue without a question."""
    parent = a_walk(session, world, title="烧烤摊扰民", text="楼下的烧烤摊油烟很大，每天到凌晨。")
    child = a_walk(session, world, title="学区怎么划分", text="请问梧桐小学今年的招生范围？")
    letter_id, version, actor = child.by("city_dispatcher")
    into = (letter_id, version, parent.letter.number, "", actor, child.now)
    with pytest.raises(InvalidInput) as error:
        merging.merge(*into)
    assert error.value.field == "sure"
    assert "烧烤摊扰民" in str(error.value)
    assert child.letter.state is State.SUBMITTED
    merging.merge(*into, sure=True)
    assert child.letter.state is State.MERGED
