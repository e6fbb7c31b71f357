"""What a machine publishes, and what it leaves to a person."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import Publication
from portal.domain.redaction import Decision, FindingKind
from portal.models import ArchiveEntry, Letter, Proposal
from portal.queries.letters.inbox import Filters, inbox_page
from portal.queries.letters.queues import Queue, cutoffs
from portal.queries.rules import work_calendar
from portal.services.archive import publication, redacting
from portal.services.archive.machine_publication import MachineReview, publish_by_machine
from portal.services.core.unit import writing
from tests.builders import Walk, World, a_walk

HELD = (
    ("我的身份证号500103198507\n12421X，请核查。", FindingKind.ID_CARD),
    ("卡号6222020200001234\n567被冻结。", FindingKind.BANK_CARD),
    ("护照E12345678遗失。", FindingKind.DOCUMENT),
    ("路灯坏了，请匿名处理，不要让物业知道。", FindingKind.CONFIDENTIAL),
    ("编号不明的号码7654321098到底是什么。", FindingKind.UNKNOWN_NUMBER),
    ("路灯坏了，龚文国还想继续施工。", FindingKind.POSSIBLE_NAME),
)


def a_closed(session: Session, world: World, text: str) -> Walk:
    """Walk a letter until it is answered."""
    walk = a_walk(session, world, text=text)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    return walk


def review(session: Session, walk: Walk) -> MachineReview:
    """Let the machine review the letter of ``walk``."""
    with writing() as unit:
        found = publish_by_machine(unit, [unit.get_one(Letter, walk.letter_id)], walk.now)
    session.expire_all()
    return found


def test_a_harmless_letter_goes_out(session: Session, world: World) -> None:
    """A letter without anything doubtful is published."""
    walk = a_closed(session, world, "小区门口的路灯坏了，晚上很不方便。")
    assert review(session, walk) == MachineReview(published=1)
    assert walk.letter.publication is Publication.PUBLISHED


@pytest.mark.parametrize(("text", "kind"), HELD)
def test_what_a_machine_cannot_judge_waits(
    session: Session, world: World, text: str, kind: FindingKind
) -> None:
    """The letter is proposed, not published, and its proposal says why."""
    walk = a_closed(session, world, text)
    found = review(session, walk)
    assert (found.published, found.waiting) == (0, 1)
    assert found.reasons[kind] == 1
    assert walk.letter.publication is Publication.PROPOSED
    assert session.scalar(sa.select(sa.func.count(ArchiveEntry.id))) == 0
    proposal = session.scalars(sa.select(Proposal)).one()
    assert proposal.proposer_id is None
    assert proposal.note is not None
    assert "请人工核对" in proposal.note


def test_letters_that_wait_have_a_queue(session: Session, world: World) -> None:
    """A reviewer finds them apart from what colleagues proposed, and publishes them."""
    walk = a_closed(session, world, HELD[0][0])
    review(session, walk)
    reviewer = world.actor("city_reviewer")
    at = cutoffs(work_calendar(session), walk.now)
    page = inbox_page(session, reviewer, Filters(queue=Queue.DOUBTFUL), at, 20)
    assert [row.number for row in page.rows] == [walk.letter.number]
    redacting.mask_rest(walk.letter_id, reviewer, walk.now)
    session.expire_all()
    proposal = walk.letter.open_proposal
    assert proposal is not None
    publication.publish(walk.letter_id, walk.letter.version, proposal.version, reviewer, walk.now)
    session.expire_all()
    entry = session.scalars(sa.select(ArchiveEntry)).one()
    assert "421" not in entry.text
    assert not any(mask.decision is Decision.OPEN for mask in proposal.masks)
