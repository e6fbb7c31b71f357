"""The public texts of an entry are corrected by hand: one person writes, another approves."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.errors import ActionNotAllowed, InvalidInput, NotPermitted
from portal.domain.letters.states import EarlierVersions, Publication
from portal.domain.letters.text_changes import Change, Piece
from portal.domain.redaction import PublicField
from portal.models import ArchiveEntry, Event
from portal.queries.archive.changes import changes_after
from portal.queries.archive.corrections import corrections
from portal.queries.archive.table import ArchiveQuery
from portal.services.archive import publication, redacting
from portal.services.archive.publication import CorrectedTexts
from tests.archive import bring_up_to_date, entry_of, found, withdraw
from tests.builders import Walk, World, a_walk

KEPT, HIDDEN = EarlierVersions.KEPT, EarlierVersions.HIDDEN


@pytest.fixture
def walk(session: Session, world: World) -> Walk:
    """A published letter."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff("您好，路灯三日内恢复照明。")
    walk.sign()
    walk.propose()
    walk.publish()
    return walk


def entry(walk: Walk) -> ArchiveEntry:
    """Return the entry as it is now."""
    walk.session.rollback()
    return entry_of(walk.session, walk.letter)


def corrected(
    walk: Walk,
    *,
    who: str = "city_handler",
    earlier: EarlierVersions = KEPT,
    reason: str = "天数写错",
    **changes: str,
) -> None:
    """Write a correction of some of the texts."""
    public = entry(walk)
    texts = {name: getattr(public, name) for name in PublicField} | changes
    walk.step(publication.correct, who, CorrectedTexts(**texts), reason, earlier)


def test_a_correction_changes_what_the_public_reads(walk: Walk) -> None:
    """After the second person's consent there is a new version, and the one before is kept."""
    before = entry(walk)
    known = before.revision, before.reply, before.updated_at
    corrected(walk, reply="您好，路灯五日内恢复照明。", title="路灯何时修好")
    assert entry(walk).reply == known[1]
    walk.publish()
    public = entry(walk)
    assert (public.title, public.reply) == ("路灯何时修好", "您好，路灯五日内恢复照明。")
    assert (public.revision, public.updated_at) == (known[0] + 1, walk.now)
    assert [(each.revision, each.reply) for each in public.versions] == [(known[0], known[1])]
    letter = walk.letter
    assert letter.publication is Publication.PUBLISHED
    assert letter.answer is not None
    assert letter.answer.text == "您好，路灯三日内恢复照明。"


def test_what_changed_is_known(walk: Walk) -> None:
    """Each correction names the texts that it changed, the last correction first."""
    corrected(walk, reply="您好，路灯五日内恢复照明。")
    walk.publish()
    first = walk.now
    corrected(walk, title="路灯")
    walk.publish()
    last, before = corrections(entry(walk))
    assert (last.at, list(last.changes)) == (walk.now, [PublicField.TITLE])
    assert (before.at, list(before.changes)) == (first, [PublicField.REPLY])
    assert before.changes[PublicField.REPLY] == [
        Piece(Change.SAME, "您好，路灯"),
        Piece(Change.REMOVED, "三"),
        Piece(Change.ADDED, "五"),
        Piece(Change.SAME, "日内恢复照明。"),
    ]
    assert not last.hidden
    assert not before.hidden


def test_nobody_approves_an_own_correction(walk: Walk, session: Session, world: World) -> None:
    """The writer may not decide, and who may only decide does not write."""
    with pytest.raises(NotPermitted):
        corrected(walk, who="city_reviewer", title="路灯")
    corrected(walk, title="路灯")
    redacting.mask_rest(walk.letter_id, world.actor("city_handler"), walk.now)
    proposal = walk.letter.open_proposal
    assert proposal is not None
    with pytest.raises(NotPermitted):
        walk.step(publication.publish, "city_handler", proposal.version)
    with pytest.raises(ActionNotAllowed):
        corrected(walk, title="路灯坏了")
    walk.publish()
    assert entry(walk).title == "路灯"


def test_the_detectors_read_the_corrected_text(walk: Walk, world: World) -> None:
    """What they find stands open before the writer, and blocks approval until it is settled."""
    corrected(walk, reply="您好，请与周晓兰联系，手机 13912345678。")
    proposal = walk.letter.open_proposal
    assert proposal is not None
    assert {mask.kind for mask in proposal.open_masks} >= {"mobile", "sender_name"}
    with pytest.raises(ActionNotAllowed):
        walk.step(publication.publish, "city_reviewer", proposal.version)
    walk.publish()
    assert "13912345678" not in entry(walk).reply
    assert "周晓兰" not in entry(walk).reply


def test_versions_with_personal_data_are_emptied(walk: Walk) -> None:
    """With the box ticked nothing of any earlier version is left; that there was one is."""
    corrected(walk, text="梧桐小区的路灯坏了，找老周。")
    walk.publish()
    corrected(walk, text="梧桐小区的路灯坏了。", earlier=HIDDEN, reason="删去姓名")
    walk.publish()
    public = entry(walk)
    assert [(v.title, v.text, v.reply, v.note) for v in public.versions] == [("", "", "", None)] * 2
    assert {v.hidden_at for v in public.versions} == {walk.now}
    assert [(each.hidden, each.changes) for each in corrections(public)] == [(True, {})] * 2
    hidden = walk.now
    corrected(walk, text="梧桐小区的路灯坏了！")
    walk.publish()
    public = entry(walk)
    assert [v.hidden_at for v in public.versions] == [hidden, hidden, None]
    assert [each.hidden for each in corrections(public)] == [False, True, True]


def test_a_correction_needs_a_change_and_a_reason(walk: Walk) -> None:
    """Equal texts, empty ones and a correction without a word are refused at their fields."""
    for field, changes in (
        ("text", {}),
        ("title", {"title": " "}),
        ("reply", {"reply": ""}),
        ("reason", {"title": "路灯", "reason": " "}),
        ("title", {"title": "灯" * 101}),
    ):
        with pytest.raises(InvalidInput) as caught:
            corrected(walk, **changes)  # type: ignore[arg-type]
        assert caught.value.field == field
    corrected(walk, title="路灯")
    walk.publish()
    corrected(walk, earlier=HIDDEN, reason="早先的版本有姓名")
    walk.publish()
    assert [each.hidden for each in corrections(entry(walk))] == [True, True]


def test_a_refused_correction_changes_nothing(walk: Walk) -> None:
    """The entry stays as it is, and another correction may be written."""
    known = entry(walk).revision
    corrected(walk, title="路灯", earlier=HIDDEN)
    walk.step(publication.refuse, "city_reviewer", "no_value", "")
    assert (entry(walk).revision, entry(walk).versions) == (known, [])
    corrected(walk, title="路灯坏了")


def test_a_withdrawal_takes_a_waiting_correction_along(
    walk: Walk, session: Session, world: World
) -> None:
    """What waits is recalled; nothing is left to approve."""
    corrected(walk, title="路灯")
    withdraw(session, world, entry(walk))
    assert walk.letter.open_proposal is None
    with pytest.raises(ActionNotAllowed):
        corrected(walk, title="路灯", text="正文", reply="答复")


def test_history_says_why_and_what_of_earlier_versions(walk: Walk, session: Session) -> None:
    """Both persons' actions carry what was decided on earlier versions, the writer's its reason."""
    corrected(walk, title="路灯", earlier=HIDDEN)
    walk.publish()
    rows = session.execute(
        sa.select(Event.action, Event.reason_code, Event.reason)
        .where(Event.action.in_(("propose_correction", "correct")))
        .order_by(Event.id)
    )
    assert [tuple(row) for row in rows] == [
        ("propose_correction", "hide_earlier", "天数写错"),
        ("correct", "hide_earlier", None),
    ]


def test_the_index_and_the_list_of_changes_follow(
    walk: Walk, session: Session, settings: Settings
) -> None:
    """The corrected words are found, the old ones are not, and programs learn of the change."""
    index = bring_up_to_date(settings)
    number = entry(walk).id
    assert found(index, "三日内恢复照明") == [number]
    since = walk.now + timedelta(minutes=1)
    corrected(walk, reply="请拨打市政热线报修。")
    walk.publish()
    bring_up_to_date(settings)
    assert found(index, "市政热线") == [number]
    changed, _ = changes_after(session, ArchiveQuery(), since, None, 10)
    assert [each.id for each in changed] == [number]
