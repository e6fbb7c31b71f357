"""Findings are settled one by one; the original texts stay as they are."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import ActionNotAllowed, InvalidInput, NotFound, NotPermitted
from portal.domain.events import RecordAction
from portal.domain.redaction import KEEP_OWN_PHONE, Decision, PublicField
from portal.models import Event, Organisation, Proposal, RedactionMask
from portal.services.archive import redacting
from portal.services.archive.redacting import public_copy
from portal.services.core.unit import writing
from tests.builders import Walk, World, a_walk

TEXT = "我是周晓兰，电话13900000001，梧桐小区门口的路灯坏了，梧桐小区的人都看不清路。"


def a_proposed(session: Session, world: World, text: str = TEXT) -> Walk:
    """Walk a letter until its publication is proposed."""
    walk = a_walk(session, world, text=text)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.propose()
    return walk


def proposal_of(walk: Walk) -> Proposal:
    """Return the open proposal."""
    proposal = walk.letter.open_proposal
    assert proposal is not None
    return proposal


def phone_mask(walk: Walk) -> RedactionMask:
    """Return the finding of the sender's number."""
    proposal = proposal_of(walk)
    return next(m for m in proposal.masks if proposal.text[m.start : m.end] == "13900000001")


def test_what_nobody_settled_is_masked_in_the_copy(session: Session, world: World) -> None:
    """An open finding is hidden in the copy and shown in the original."""
    proposal = proposal_of(a_proposed(session, world))
    assert "13900000001" not in public_copy(proposal)["text"]
    assert "13900000001" in proposal.text


def test_a_finding_is_kept_with_a_reason(session: Session, world: World) -> None:
    """A finding kept for a reason stands in the copy; the reason and the person are known."""
    walk = a_proposed(session, world)
    mask = phone_mask(walk)
    actor = world.actor("city_reviewer")
    redacting.settle(walk.letter_id, mask.id, Decision.KEEP, "单位公开电话", actor, walk.now)
    proposal = proposal_of(walk)
    kept = next(m for m in proposal.masks if m.decision is Decision.KEEP)
    assert (kept.reason, kept.decider_id) == ("单位公开电话", actor.user_id)
    assert "13900000001" in public_copy(proposal)["text"]


def test_keeping_needs_a_reason(session: Session, world: World) -> None:
    """A finding cannot be kept without a reason."""
    walk = a_proposed(session, world)
    mask = proposal_of(walk).masks[0]
    with pytest.raises(InvalidInput):
        redacting.settle(
            walk.letter_id, mask.id, Decision.KEEP, "  ", world.actor("city_reviewer"), walk.now
        )


def test_a_phrase_is_masked_everywhere(session: Session, world: World) -> None:
    """A phrase added by hand is hidden at every place in that text."""
    walk = a_proposed(session, world)
    actor = world.actor("city_reviewer")
    count = redacting.add_mask(walk.letter_id, PublicField.TEXT, "梧桐小区", actor, walk.now)
    assert count == 2
    assert "梧桐小区" not in public_copy(proposal_of(walk))["text"]


@pytest.mark.parametrize("phrase", ["", "这里没有的话"])
def test_a_phrase_that_is_not_there_is_refused(session: Session, world: World, phrase: str) -> None:
    """An empty phrase and one that the text does not hold are errors at the field."""
    walk = a_proposed(session, world)
    with pytest.raises(InvalidInput) as caught:
        redacting.add_mask(
            walk.letter_id, PublicField.TEXT, phrase, world.actor("city_reviewer"), walk.now
        )
    assert caught.value.field == "phrase"


def test_a_finding_is_never_removed(session: Session, world: World) -> None:
    """What a detector found can be kept for a reason, but not taken off the list."""
    walk = a_proposed(session, world)
    with pytest.raises(ActionNotAllowed):
        redacting.remove_mask(
            walk.letter_id, proposal_of(walk).masks[0].id, world.actor("city_reviewer"), walk.now
        )


def test_a_mark_of_another_letter_is_not_there(session: Session, world: World) -> None:
    """A mask's id of another letter is like none."""
    one, other = a_proposed(session, world), a_proposed(session, world)
    mask = proposal_of(other).masks[0]
    with pytest.raises(NotFound):
        redacting.settle(
            one.letter_id, mask.id, Decision.MASK, "", world.actor("city_reviewer"), one.now
        )


def test_strangers_settle_nothing(session: Session, world: World) -> None:
    """Who neither proposes nor decides there cannot touch the redaction."""
    walk = a_proposed(session, world)
    with pytest.raises((NotPermitted, NotFound)):
        redacting.mask_rest(walk.letter_id, world.actor("water_reviewer"), walk.now)


def test_decisions_are_carried_over(session: Session, world: World) -> None:
    """A second proposal of the same letter keeps what was decided on the same words."""
    walk = a_proposed(session, world)
    mask = phone_mask(walk)
    actor = world.actor("city_reviewer")
    redacting.settle(walk.letter_id, mask.id, Decision.KEEP, "单位公开电话", actor, walk.now)
    walk.publish()
    walk.propose()
    again = [m for m in proposal_of(walk).masks if m.kind == mask.kind]
    assert [(m.decision, m.reason) for m in again] == [(Decision.KEEP, "单位公开电话")]


def test_settling_is_on_record(session: Session, world: World) -> None:
    """The record says of which text and kind a finding was kept, and why."""
    walk = a_proposed(session, world)
    mask, actor = phone_mask(walk), world.actor("city_reviewer")
    redacting.settle(walk.letter_id, mask.id, Decision.KEEP, "单位公开电话", actor, walk.now)
    query = sa.select(Event).where(Event.action == RecordAction.SETTLE_FINDING)
    event = session.scalars(query).one()
    assert (event.subject, event.reason_code, event.reason) == (
        f"text:{mask.kind}",
        "keep",
        "单位公开电话",
    )


def test_the_rest_is_settled_as_the_detector_proposes(session: Session, world: World) -> None:
    """What the detector would keep stays with its reason; everything else is masked."""
    walk = a_walk(session, world, text=TEXT)
    walk.accept()
    walk.ask_signoff(
        "您好！来信收悉。请拨打服务热线023-63151234咨询，您家里电话023-63159999无人接听。"
    )
    walk.sign()
    walk.propose()
    redacting.mask_rest(walk.letter_id, world.actor("city_reviewer"), walk.now)
    proposal = proposal_of(walk)
    copy = public_copy(proposal)
    assert "023-63151234" in copy["reply"]
    assert "63159999" not in copy["reply"]
    kept = [mask for mask in proposal.masks if mask.decision is Decision.KEEP]
    assert [mask.reason for mask in kept] == ["答复中公布的办公电话"]


def test_a_name_given_in_the_letter_is_masked_in_title_and_reply(
    session: Session, world: World
) -> None:
    """A name that only the letter introduces is hidden in every text."""
    walk = a_walk(session, world, title="赵铁柱扰民", text="邻居赵铁柱每天半夜放音响。")
    walk.accept()
    walk.ask_signoff("您好！来信收悉。我们已与赵铁柱沟通，他表示今后注意。")
    walk.sign()
    walk.propose()
    assert not any("铁柱" in text for text in public_copy(proposal_of(walk)).values())


def test_a_reply_keeps_the_telephones_of_its_organisation(session: Session, world: World) -> None:
    """Numbers of the answering organisation and of those above it are proposed to be kept."""
    with writing() as unit:
        unit.get_one(Organisation, world["city"]).telephone = "023-63151234"
        unit.get_one(Organisation, world["office"]).telephone = "12345、63155679"
        unit.get_one(Organisation, world["police"]).telephone = "023-63159999"
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff("经住宅座机63151234、63155679、63159999核实，路灯已经修好。")
    walk.sign()
    walk.propose()
    reasons = [m.reason for m in proposal_of(walk).masks if m.field is PublicField.REPLY]
    assert reasons == [KEEP_OWN_PHONE, KEEP_OWN_PHONE, None]
