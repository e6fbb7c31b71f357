"""Replies: drafts, sign-off by a second person, replies that follow."""

import pytest
from sqlalchemy.orm import Session

from portal.domain.errors import (
    ActionNotAllowed,
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
)
from portal.domain.letters.states import CloseReason, State
from portal.models import ReplyKind, ReplyStatus
from portal.services.letters import handling, replying, submission
from tests.builders import HOUR, World, a_letter, a_walk


def test_signing_closes_the_letter(session: Session, world: World) -> None:
    """A signed reply closes the letter at the moment and organisation of the signature."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff("您好，已经安排。")
    walk.sign()
    letter = walk.letter
    assert (letter.state, letter.close_reason) == (State.CLOSED, CloseReason.ANSWERED)
    assert letter.closed_at == walk.now
    assert letter.closing_organisation_id == world["city"]
    assert letter.answer is not None
    assert letter.answer.text == "您好，已经安排。"
    assert letter.answer.signer_id == world.people["city_reviewer"]


def test_author_does_not_sign(session: Session, world: World, password_hash: str) -> None:
    """A reviewer who wrote the reply is refused its sign-off."""
    walk = a_walk(session, world, "office")
    walk.accept()
    walk.ask_signoff()
    reply = walk.letter.reply_in_review
    assert reply is not None
    reply.author_id = world.people["office_reviewer"]
    session.commit()
    with pytest.raises(ActionNotAllowed, match="起草人"):
        walk.sign()
    walk.step(replying.sign, "office_reviewer2")
    assert walk.letter.state is State.CLOSED


def test_sent_back_reply_is_a_draft_with_a_note(session: Session, world: World) -> None:
    """A reply sent back is a draft again, with the reviewer's reason."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff("初稿")
    walk.step(replying.send_back, "city_reviewer", "请写明完成日期")
    letter = walk.letter
    assert letter.state is State.IN_PROGRESS
    assert letter.draft is not None
    assert (letter.draft.text, letter.draft.review_note) == ("初稿", "请写明完成日期")


def test_sending_back_needs_a_reason(session: Session, world: World) -> None:
    """A reply is not sent back without a reason."""
    letter = a_letter(session, world, State.AWAITING_SIGNOFF)
    with pytest.raises(InvalidInput) as error:
        replying.send_back(
            letter.id, letter.version, "  ", world.actor("city_reviewer"), letter.received_at
        )
    assert error.value.field == "reason"


def test_author_alone_recalls(session: Session, world: World) -> None:
    """A colleague does not recall a reply from sign-off; its author does."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    with pytest.raises(ActionNotAllowed):
        walk.step(replying.recall, "city_handler2")
    walk.step(replying.recall, "city_handler")
    assert walk.letter.state is State.IN_PROGRESS
    assert walk.letter.reply_in_review is None


def test_saving_over_a_colleague_is_a_conflict(session: Session, world: World) -> None:
    """A draft saved from an old version is refused, and the newer text stays."""
    walk = a_walk(session, world)
    walk.accept()
    first = replying.save_draft(walk.letter_id, "一", 0, world.actor("city_handler"), walk.now)
    replying.save_draft(walk.letter_id, "二", first, world.actor("city_handler2"), walk.now)
    with pytest.raises(Conflict):
        replying.save_draft(walk.letter_id, "三", first, world.actor("city_handler"), walk.now)
    assert walk.letter.draft is not None
    assert walk.letter.draft.text == "二"


def test_draft_leaves_the_version_of_the_letter(session: Session, world: World) -> None:
    """A saved draft does not make other people's pages of the letter stale."""
    walk = a_walk(session, world)
    walk.accept()
    before = walk.letter.version
    replying.save_draft(walk.letter_id, "一", 0, world.actor("city_handler"), walk.now)
    assert walk.letter.version == before


@pytest.mark.parametrize(
    ("username", "error"), [("police_handler", NotFound), ("city_reviewer", NotPermitted)]
)
def test_drafting_is_for_handlers_here(
    session: Session, world: World, username: str, error: type[Exception]
) -> None:
    """A stranger does not find the letter, a reviewer of the office may not draft."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    with pytest.raises(error):
        replying.save_draft(letter.id, "一", 0, world.actor(username), letter.received_at)


def test_reply_has_a_length(session: Session, world: World) -> None:
    """A reply of 5,001 characters is refused at its field."""
    walk = a_walk(session, world)
    walk.accept()
    with pytest.raises(InvalidInput) as error:
        walk.ask_signoff("答" * 5001)
    assert error.value.field == "text"
    assert walk.letter.state is State.IN_PROGRESS


def test_follow_up_keeps_the_letter_closed(session: Session, world: World) -> None:
    """A reply after closing is signed without opening the letter."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff("答复")
    walk.sign()
    closed_at = walk.letter.closed_at
    walk.ask_signoff("补充答复")
    assert walk.letter.follow_up_pending
    walk.sign()
    letter = walk.letter
    assert (letter.state, letter.closed_at) == (State.CLOSED, closed_at)
    assert [r.kind for r in letter.signed_replies] == [ReplyKind.REPLY, ReplyKind.FOLLOW_UP]


def test_no_second_draft_beside_a_follow_up_in_review(session: Session, world: World) -> None:
    """A follow-up that waits for sign-off bars drafting another."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.ask_signoff("补充答复")
    with pytest.raises(ActionNotAllowed):
        replying.save_draft(walk.letter_id, "又一份", 0, world.actor("city_handler"), walk.now)


def test_redo_takes_a_waiting_follow_up_back(session: Session, world: World) -> None:
    """A redo turns a follow-up under review into the draft of the new reply, which can be signed."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff("答复")
    walk.sign()
    walk.ask_signoff("补充答复")
    submission.ask_redo(walk.letter_id, "问题没有解决", walk.now + HOUR)
    letter = walk.letter
    assert letter.reply_in_review is None
    assert letter.draft is not None
    walk.now += HOUR
    walk.ask_signoff("新的答复")
    walk.sign()
    letter = walk.letter
    assert letter.state is State.CLOSED
    assert letter.answer is not None
    assert letter.answer.text == "新的答复"
    assert {r.status for r in letter.replies} == {ReplyStatus.SIGNED}


def test_draft_of_a_timed_out_letter_becomes_a_follow_up(session: Session, world: World) -> None:
    """A draft left when a letter timed out can still be sent and signed, as a follow-up."""
    walk = a_walk(session, world)
    walk.accept()
    replying.save_draft(walk.letter_id, "草稿", 0, world.actor("city_handler"), walk.now)
    walk.step(handling.ask_citizen, "city_handler", "请问是几号楼？")
    walk.now += 24 * 30 * HOUR
    assert handling.close_unanswered(walk.now) == 1
    walk.ask_signoff("草稿改好了")
    assert walk.letter.follow_up_pending
    walk.sign()
    assert [r.kind for r in walk.letter.signed_replies] == [ReplyKind.FOLLOW_UP]
