"""Two persons publish a copy; what is hidden never gets into the archive, and it can leave."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.errors import ActionNotAllowed, Conflict, InvalidInput, NotPermitted
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Publication, RefusalReason, State, UnpublishReason
from portal.domain.redaction import PublicField
from portal.models import ArchiveEntry, Letter, ProposalStatus
from portal.services.archive import publication, redacting
from portal.services.core.unit import writing
from tests.archive import entry_of, index_jobs, published, withdraw
from tests.builders import Walk, World, a_letter, a_person, a_walk


def a_closed(session: Session, world: World, **choices: Any) -> Walk:
    """Walk a letter until it is answered."""
    walk = a_walk(session, world, **choices)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    return walk


def corrected(walk: Walk, phrase: str) -> None:
    """Correct the public entry of ``walk`` so that ``phrase`` is hidden."""
    walk.propose()
    redacting.add_mask(
        walk.letter_id, PublicField.TEXT, phrase, walk.world.actor("city_reviewer"), walk.now
    )
    walk.publish()


def test_the_entry_holds_the_copy(session: Session, world: World) -> None:
    """What is published is the redacted copy, with who answered and how long it took."""
    text = "我是周晓兰，电话13900000001，路灯坏了两个星期。"
    walk = a_closed(session, world, text=text, kind=Kind.SUGGESTION)
    with writing() as unit:
        unit.get_one(Letter, walk.letter_id).category = "城乡建设"
    walk.propose()
    walk.publish()
    entry = entry_of(session, walk.letter)
    assert (entry.kind, entry.category) == (Kind.SUGGESTION, "城乡建设")
    assert "13900000001" not in entry.text
    assert "周晓兰" not in entry.text
    assert "路灯坏了两个星期" in entry.text
    assert (entry.organisation_name, entry.working_days) == ("山城市城市管理局", 0)
    assert entry.machine_reviewed is False


def test_publishing_asks_the_worker_in_the_same_step(session: Session, world: World) -> None:
    """An entry comes with the row that brings it into the index."""
    entry = published(session, world)
    assert [job.entry_id for job in index_jobs(session)] == [entry.id]


def test_an_open_finding_blocks(session: Session, world: World) -> None:
    """A copy with a finding nobody has settled cannot be published, and nothing is written."""
    walk = a_closed(session, world, text="我的电话是13900000001，路灯坏了两个星期。")
    walk.propose()
    proposal = walk.letter.open_proposal
    assert proposal is not None and proposal.open_masks
    with pytest.raises(ActionNotAllowed):
        walk.step(publication.publish, "city_reviewer", proposal.version)
    assert walk.letter.publication is Publication.PROPOSED
    assert session.scalars(sa.select(ArchiveEntry)).all() == []


def test_a_redaction_changed_meanwhile_is_not_published(session: Session, world: World) -> None:
    """A reviewer who saw an earlier redaction is told, and nothing is published."""
    walk = a_closed(session, world)
    walk.propose()
    redacting.mask_rest(walk.letter_id, world.actor("city_reviewer"), walk.now)
    with pytest.raises(Conflict):
        walk.step(publication.publish, "city_reviewer", 1)
    assert walk.letter.publication is Publication.PROPOSED


def test_the_proposer_does_not_publish(session: Session, world: World, password_hash: str) -> None:
    """The person who proposed cannot decide, although a reviewer too."""
    a_person(world, "both", password_hash, (Role.HANDLER, "city"), (Role.REVIEWER, "city"))
    walk = a_closed(session, world)
    walk.step(publication.propose, "both", "")
    redacting.mask_rest(walk.letter_id, world.actor("city_reviewer"), walk.now)
    proposal = walk.letter.open_proposal
    assert proposal is not None
    with pytest.raises((NotPermitted, ActionNotAllowed)):
        walk.step(publication.publish, "both", proposal.version)
    assert walk.letter.publication is Publication.PROPOSED


@pytest.mark.parametrize(
    "choices", [{"consent": False}, {"kind": Kind.WRONGDOING}], ids=["no", "report"]
)
def test_without_consent_or_of_wrongdoing_is_never_proposed(
    session: Session, world: World, choices: dict[str, object]
) -> None:
    """A letter without consent and one of kind 举报 cannot even be proposed."""
    walk = a_closed(session, world, **choices)
    with pytest.raises(ActionNotAllowed):
        walk.propose()
    assert walk.letter.publication is Publication.NOT_PROPOSED


def test_a_refusal_writes_no_entry(session: Session, world: World) -> None:
    """A refused letter stays private and may be proposed again."""
    walk = a_closed(session, world)
    walk.propose()
    walk.step(publication.refuse, "city_reviewer", RefusalReason.NO_VALUE, "")
    assert walk.letter.publication is Publication.REFUSED
    assert walk.letter.proposals[-1].status is ProposalStatus.REFUSED
    assert session.scalars(sa.select(ArchiveEntry)).all() == []
    walk.propose()
    assert walk.letter.publication is Publication.PROPOSED


def test_a_withdrawn_entry_is_emptied(session: Session, world: World) -> None:
    """Withdrawing empties the copy and its versions; the letter stays closed."""
    walk = a_closed(session, world)
    walk.propose()
    walk.publish()
    corrected(walk, "梧桐小区")
    entry = entry_of(session, walk.letter)
    withdraw(session, world, entry)
    entry = entry_of(session, walk.letter)
    assert (entry.title, entry.text, entry.reply, entry.versions) == ("", "", "", [])
    assert entry.unpublished_at is not None
    assert (walk.letter.state, walk.letter.publication) == (State.CLOSED, Publication.UNPUBLISHED)


def test_withdrawing_needs_a_reason(session: Session, world: World) -> None:
    """A withdrawal without words is refused at the field."""
    letter = a_letter(session, world, publication=Publication.PUBLISHED)
    with pytest.raises(InvalidInput) as caught:
        publication.unpublish(
            letter.id,
            letter.version,
            UnpublishReason.PRIVACY,
            " ",
            world.actor("city_reviewer"),
            letter.received_at,
        )
    assert caught.value.field == "reason"


def test_published_again_keeps_its_address(session: Session, world: World) -> None:
    """A withdrawn letter that is published again has the same entry with a later revision."""
    walk = a_closed(session, world)
    walk.propose()
    walk.publish()
    first = entry_of(session, walk.letter)
    known = first.id, first.revision
    withdraw(session, world, first)
    walk.propose()
    walk.publish()
    again = entry_of(session, walk.letter)
    assert again.id == known[0]
    assert again.revision > known[1]
    assert (again.unpublished_at, again.versions) == (None, [])
    assert again.text


def test_a_correction_keeps_what_it_said(session: Session, world: World) -> None:
    """A correction keeps the earlier text as a version below the new one."""
    walk = a_closed(session, world)
    walk.propose()
    walk.publish()
    corrected(walk, "梧桐小区")
    entry = entry_of(session, walk.letter)
    assert [version.revision for version in entry.versions] == [1]
    assert entry.revision == 2


def test_what_a_correction_hides_is_hidden_in_earlier_versions(
    session: Session, world: World
) -> None:
    """Words masked by a correction cannot be read in the earlier version either."""
    walk = a_closed(session, world)
    walk.propose()
    walk.publish()
    assert "梧桐小区" in entry_of(session, walk.letter).text
    corrected(walk, "梧桐小区")
    entry = entry_of(session, walk.letter)
    assert "梧桐小区" not in entry.text
    assert "梧桐小区" not in entry.versions[0].text
    assert "路灯坏了两个星期" in entry.versions[0].text
