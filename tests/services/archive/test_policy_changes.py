"""Recording that a policy changed, and marking answers that may no longer hold."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.access import Actor
from portal.domain.errors import ActionNotAllowed, Conflict, InvalidInput, NotFound, NotPermitted
from portal.domain.letters.states import EarlierVersions
from portal.models import ArchiveEntry, Event, Letter, PolicyChange
from portal.queries.archive.policy_changes import (
    count_to_renew,
    marked_by,
    outdated_ids,
    policy_changes,
    to_renew,
    undecided,
)
from portal.services.archive import publication, redacting
from portal.services.archive.policy_changes import (
    NewPolicyChange,
    decide,
    end_policy_change,
    record_policy_change,
)
from portal.services.archive.publication import CorrectedTexts
from portal.services.core.unit import writing
from tests.archive import bring_up_to_date, index_of, published, withdraw
from tests.builders import START, World

CITED = "三日内恢复照明"
NEW = NewPolicyChange("城市照明管理办法", "山府发〔2016〕8号", date(2016, 7, 1), CITED)


def _record(world: World, who: str = "city_reviewer", new: NewPolicyChange = NEW) -> int:
    return record_policy_change(new, world.actor(who), START)


def _change(session: Session, change_id: int) -> PolicyChange:
    session.rollback()
    return session.get_one(PolicyChange, change_id)


def _open(session: Session, settings: Settings, actor: Actor, change_id: int) -> list[int]:
    found = undecided(session, index_of(settings), actor, _change(session, change_id))
    return [entry.id for entry in found]


@pytest.mark.parametrize("indexed", [True, False])
def test_answers_that_cite_are_found(
    session: Session, world: World, settings: Settings, indexed: bool
) -> None:
    """Answers with the words are listed, whether the index is there or not; others are not."""
    first, second = published(session, world).id, published(session, world).id
    if indexed:
        bring_up_to_date(settings)
    actor = world.actor("city_reviewer")
    assert _open(session, settings, actor, _record(world)) == [second, first]
    other = NewPolicyChange("别的办法", "", date(2016, 7, 1), "四日内恢复照明\n五日内恢复照明")
    assert _open(session, settings, actor, _record(world, new=other)) == []


def test_a_document_number_is_found_in_other_brackets(
    session: Session, world: World, settings: Settings
) -> None:
    """〔2016〕8号 is found where an answer writes [2016] 8 号, and 18号 is not."""
    first, second = published(session, world).id, published(session, world).id
    session.rollback()
    with writing() as unit:
        unit.get_one(ArchiveEntry, first).reply = "依据山府发[2016] 8 号办理。"
        unit.get_one(ArchiveEntry, second).reply = "依据山府发〔2016〕18号办理。"
    bring_up_to_date(settings)
    change_id = _record(world, new=replace(NEW, cited="山府发〔2016〕8号"))
    assert _open(session, settings, world.actor("city_reviewer"), change_id) == [first]


def test_marks_follow_the_decision(session: Session, world: World, settings: Settings) -> None:
    """A marked answer is outdated by the change, a kept one is not, and neither is listed again."""
    first, second = published(session, world).id, published(session, world).id
    bring_up_to_date(settings)
    actor, change_id = world.actor("city_reviewer"), _record(world)
    assert decide(change_id, 1, [first], actor, START, outdated=True) == 1
    assert decide(change_id, 2, [second], actor, START, outdated=False) == 1
    assert _open(session, settings, actor, change_id) == []
    assert outdated_ids(session) == {first}
    assert [e.id for e in marked_by(session, actor, _change(session, change_id))] == [first]
    assert [(row.change.id, row.marked) for row in policy_changes(session, actor)] == [
        (change_id, 1)
    ]
    events = session.execute(
        sa.select(Event.action, Event.subject, Event.reason).where(
            Event.subject == f"policy_change:{change_id}"
        )
    ).all()
    assert [event.action for event in events] == [
        "record_policy_change",
        "mark_outdated",
        "keep_valid",
    ]
    assert {event.reason for event in events} == {"城市照明管理办法 山府发〔2016〕8号"}


def test_a_mark_can_be_taken_off(session: Session, world: World) -> None:
    """A marked answer that still holds is confirmed; the mark of another change stays."""
    entry_id, actor = published(session, world).id, world.actor("city_reviewer")
    first, second = _record(world), _record(world)
    decide(first, 1, [entry_id], actor, START, outdated=True)
    decide(second, 1, [entry_id], actor, START, outdated=False)
    session.rollback()
    assert outdated_ids(session) == {entry_id}
    session.rollback()
    decide(first, 2, [entry_id], actor, START, outdated=False)
    session.rollback()
    assert outdated_ids(session) == frozenset()


def test_a_correction_ends_the_mark(session: Session, world: World, settings: Settings) -> None:
    """The organisation has the answer on its list until a corrected text is published."""
    entry = published(session, world)
    entry_id, letter_id = entry.id, entry.letter_id
    decide(_record(world), 1, [entry_id], world.actor("city_reviewer"), START, outdated=True)
    handler = world.actor("city_handler")
    session.rollback()
    letter = session.get_one(Letter, letter_id)
    assert [(e.id, number) for e, number in to_renew(session, handler)] == [
        (entry_id, letter.number)
    ]
    assert count_to_renew(session, world.actor("city_reviewer")) == 1
    assert count_to_renew(session, world.actor("police_handler")) == 0
    session.rollback()
    letter = session.get_one(Letter, letter_id)
    texts = CorrectedTexts(letter.title, letter.text, "您好，按新办法两日内恢复照明。")
    publication.correct(
        letter_id, letter.version, texts, "政策变动", EarlierVersions.KEPT, handler, START
    )
    redacting.mask_rest(letter_id, world.actor("city_reviewer"), START)
    session.rollback()
    letter = session.get_one(Letter, letter_id)
    assert letter.open_proposal is not None
    publication.publish(
        letter_id, letter.version, letter.open_proposal.version, world.actor("city_reviewer"), START
    )
    session.rollback()
    assert outdated_ids(session) == frozenset()
    assert count_to_renew(session, handler) == 0


def test_a_withdrawn_answer_is_marked_no_more(session: Session, world: World) -> None:
    """What leaves the web loses its mark, and cannot be marked."""
    entry = published(session, world)
    entry_id = entry.id
    change_id, actor = _record(world), world.actor("city_reviewer")
    decide(change_id, 1, [entry_id], actor, START, outdated=True)
    withdraw(session, world, session.get_one(ArchiveEntry, entry_id))
    session.rollback()
    assert session.get_one(ArchiveEntry, entry_id).policy_change_id is None
    with pytest.raises(InvalidInput) as caught:
        decide(change_id, 2, [entry_id], actor, START, outdated=True)
    assert caught.value.field == "entries"


def test_a_change_taken_back_unmarks(session: Session, world: World) -> None:
    """Taking a change back clears its marks; afterwards nothing can be decided."""
    entry_id = published(session, world).id
    change_id, actor = _record(world), world.actor("city_reviewer")
    decide(change_id, 1, [entry_id], actor, START, outdated=True)
    end_policy_change(change_id, 2, actor, START)
    session.rollback()
    assert outdated_ids(session) == frozenset()
    with pytest.raises(ActionNotAllowed):
        decide(change_id, 3, [entry_id], actor, START, outdated=True)


def test_the_slower_of_two_learns_of_the_other(session: Session, world: World) -> None:
    """A decision on a version that is past is a conflict."""
    entry_id = published(session, world).id
    change_id, actor = _record(world), world.actor("city_reviewer")
    decide(change_id, 1, [entry_id], actor, START, outdated=False)
    with pytest.raises(Conflict):
        decide(change_id, 1, [entry_id], actor, START, outdated=True)
    with pytest.raises(Conflict):
        end_policy_change(change_id, 1, actor, START)


def test_marks_stay_within_reach(session: Session, world: World, settings: Settings) -> None:
    """A reviewer marks answers of the subtree alone, others than reviewers none."""
    entry_id = published(session, world).id
    bring_up_to_date(settings)
    police = world.actor("police_reviewer")
    own = _record(world, "police_reviewer")
    assert _open(session, settings, police, own) == []
    with pytest.raises(InvalidInput):
        decide(own, 1, [entry_id], police, START, outdated=True)
    with pytest.raises(NotFound):
        decide(_record(world), 1, [entry_id], police, START, outdated=True)
    with pytest.raises(NotPermitted):
        _record(world, "city_handler")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"number": "1" * 61}, "number"),
        ({"cited": ""}, "cited"),
        ({"cited": "照明办"}, "cited"),
        ({"cited": "（一）（二）"}, "cited"),
        ({"cited": "\n".join(f"办法第{n}条" for n in range(10, 21))}, "cited"),
        ({"cited": "长" * 1001}, "cited"),
        ({"effective_on": date(1800, 1, 1)}, "effective_on"),
    ],
)
def test_what_is_wrong_is_named(
    session: Session, world: World, changes: dict[str, object], field: str
) -> None:
    """Each field says what is wrong with it, and nothing is recorded."""
    values = {name: getattr(NEW, name) for name in ("title", "number", "effective_on", "cited")}
    with pytest.raises(InvalidInput) as caught:
        _record(world, new=NewPolicyChange(**{**values, **changes}))
    assert caught.value.field == field
    assert session.scalars(sa.select(PolicyChange)).all() == []
