"""Entries about the same matter, as the worker gathers them and the public reads them."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.archive.matters import CLOSE, NEARLY
from portal.models import ArchiveEntry, Matter, MatterEntry
from portal.queries.archive.matters import answers, asked_most, matter_of, matters
from portal.services.archive import matters as service
from portal.services.archive.indexing import rebuild
from portal.services.archive.matters import place_entries
from portal.services.core.unit import writing
from tests.archive import bring_up_to_date, index_of, published, withdraw
from tests.builders import START, World

BUS = {
    "title": "建议恢复夜间公交线路",
    "text": "晚上十点以后回大学城没有公交车，建议恢复夜间线路，方便加班的人乘车回家。",
}
DAY = date(2016, 6, 1)


def _gather(settings: Settings) -> int:
    index = bring_up_to_date(settings)
    total = 0
    while placed := place_entries(index):
        total += placed
    return total


def _members(session: Session) -> list[set[int]]:
    session.rollback()
    found: dict[int, set[int]] = {}
    query = sa.select(MatterEntry).where(MatterEntry.matter_id.is_not(None))
    for row in session.scalars(query):
        assert row.matter_id is not None
        found.setdefault(row.matter_id, set()).add(row.entry_id)
    return list(found.values())


def test_letters_about_the_same_matter_are_gathered(
    session: Session, world: World, settings: Settings
) -> None:
    """Letters that say the same are one matter; one about something else is none."""
    lamps = {published(session, world).id for _ in range(3)}
    published(session, world, **BUS)
    assert _gather(settings) == 4
    assert _members(session) == [lamps]


def test_titles_that_are_alike_bring_letters_together(
    session: Session, world: World, settings: Settings
) -> None:
    """Letters that are a little less close are one matter where their titles are alike, not otherwise."""
    lamp = published(session, world).id
    alike = published(session, world, title="邮筒旁的路灯什么时候能修好").id
    published(session, world, title="关于照明设施的咨询")
    _gather(settings)
    assert _members(session) == [{lamp, alike}]
    nearest = session.scalar(sa.select(sa.func.min(MatterEntry.similarity)))
    assert nearest is not None
    assert NEARLY <= nearest < CLOSE


def test_a_later_letter_joins(session: Session, world: World, settings: Settings) -> None:
    """What was compared is not compared again; a new entry joins the matter of the others."""
    first = {published(session, world).id for _ in range(2)}
    assert _gather(settings) == 2
    assert _gather(settings) == 0
    later = published(session, world).id
    assert _gather(settings) == 1
    assert _members(session) == [first | {later}]


def test_a_withdrawn_entry_leaves_at_once(
    session: Session, world: World, settings: Settings
) -> None:
    """A withdrawn entry is gone before the worker runs; two that are left become a matter again."""
    entries = [published(session, world) for _ in range(3)]
    ids = [entry.id for entry in entries]
    _gather(settings)
    centre = session.scalars(sa.select(Matter.centre_id)).one()
    withdraw(session, world, next(entry for entry in entries if entry.id == centre))
    assert _members(session) == []
    assert matter_of(session, centre) is None
    _gather(settings)
    assert _members(session) == [set(ids) - {centre}]


def test_a_single_entry_is_no_matter(session: Session, world: World, settings: Settings) -> None:
    """Where one of two is withdrawn, no matter is left."""
    first, second = published(session, world), published(session, world)
    kept = first.id
    _gather(settings)
    withdraw(session, world, second)
    assert matter_of(session, kept) is None
    assert session.scalars(sa.select(Matter)).all() == []
    _gather(settings)
    assert _members(session) == []


def test_a_changed_entry_is_compared_again(
    session: Session, world: World, settings: Settings
) -> None:
    """An entry whose text was corrected to something else leaves its matter."""
    ids = [published(session, world).id for _ in range(3)]
    _gather(settings)
    centre = session.scalars(sa.select(Matter.centre_id)).one()
    changed = next(i for i in ids if i != centre)
    session.rollback()
    with writing() as unit:
        entry = unit.get_one(ArchiveEntry, changed)
        entry.title, entry.text = BUS["title"], BUS["text"]
        entry.updated_at += timedelta(minutes=1)
        entry.revision += 1
    index = index_of(settings)
    rebuild(index)
    while place_entries(index):
        pass
    assert _members(session) == [set(ids) - {changed}]


def test_a_batch_ends_and_the_next_goes_on(
    session: Session, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One call places a batch; the next one begins behind it."""
    ids = {published(session, world).id for _ in range(3)}
    monkeypatch.setattr(service, "BATCH", 2)
    index = bring_up_to_date(settings)
    assert [place_entries(index) for _ in range(3)] == [2, 1, 0]
    assert _members(session) == [ids]


def test_without_an_index_nothing_is_placed(
    session: Session, world: World, settings: Settings
) -> None:
    """While the index is away the entries wait."""
    published(session, world)
    assert place_entries(index_of(settings)) == 0
    assert session.scalars(sa.select(MatterEntry)).all() == []


def test_what_is_asked_most_comes_first(session: Session, world: World, settings: Settings) -> None:
    """Matters with most letters of the last 90 days come first; the home page has no others."""
    for _ in range(3):
        published(session, world)
    for _ in range(2):
        published(session, world, now=START + timedelta(days=91), **BUS)
    _gather(settings)
    early = matters(session, DAY, 1, 20)
    assert [(row.answers, row.recent) for row in early.rows] == [(3, 3), (2, 2)]
    late = matters(session, DAY + timedelta(days=91), 1, 20)
    assert [(row.title, row.answers, row.recent) for row in late.rows] == [
        (BUS["title"], 2, 2),
        ("小区门口的路灯什么时候能修好", 3, 0),
    ]
    assert [row.title for row in asked_most(session, DAY + timedelta(days=91), 5)] == [BUS["title"]]
    page = matters(session, DAY, 9, 1)
    assert (page.page, page.pages, page.total, len(page.rows)) == (2, 2, 2, 1)


def test_the_most_helpful_answer_comes_first(
    session: Session, world: World, settings: Settings
) -> None:
    """Of the answers of a matter the one that helped most is first, then the newest."""
    days = [START, START + timedelta(days=2), START + timedelta(days=1)]
    ids = [published(session, world, now=day).id for day in days]
    _gather(settings)
    found = matter_of(session, ids[0])
    assert found is not None
    matter, size = found
    assert size == 3
    assert [e.id for e in answers(session, matter, 1, 20).rows] == [ids[1], ids[2], ids[0]]
    session.rollback()
    with writing() as unit:
        unit.get_one(ArchiveEntry, ids[0]).helpful = 1
        unit.get_one(ArchiveEntry, ids[1]).unhelpful = 1
    assert [e.id for e in answers(session, matter, 1, 20).rows] == [ids[0], ids[2], ids[1]]
    assert [e.id for e in answers(session, matter, 2, 2).rows] == [ids[1]]
