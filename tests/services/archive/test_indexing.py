"""From the archive table to the index: in order, without loss, whatever breaks on the way."""

import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.letters.states import Publication
from portal.models import ArchiveEntry, Model, OutboxRow, OutboxStatus
from portal.services.archive.indexing import ATTEMPTS, drain, ensure_index, rebuild, revive_dead
from portal.services.core.unit import writing
from tests.archive import (
    LATER,
    bring_up_to_date,
    entry_of,
    found,
    generation,
    index_jobs,
    index_of,
    published,
    withdraw,
)
from tests.builders import World, a_letter, a_published
from tests.databases import ON_POSTGRES


def live(session: Session) -> dict[int, int]:
    """Return id and revision of what is public."""
    session.rollback()
    query = sa.select(ArchiveEntry.id, ArchiveEntry.revision)
    return dict(session.execute(query.where(ArchiveEntry.unpublished_at.is_(None))).all())


def test_the_index_equals_the_archive_after_the_drain(
    session: Session, world: World, settings: Settings
) -> None:
    """Entries published and withdrawn leave an index that holds exactly what is public."""
    published(session, world)
    published(session, world)
    a_letter(session, world, publication=Publication.UNPUBLISHED)
    index = bring_up_to_date(settings)
    assert index.ids_and_revisions() == live(session)
    assert len(live(session)) == 2
    assert index_jobs(session) == []


def test_ids_beyond_32_bits_are_published_and_found(
    app: Flask, session: Session, world: World, settings: Settings
) -> None:
    """An entry whose id and letter have ids of 34 bits is searched, listed, shown and withdrawn."""
    earlier = entry_of(session, a_published(session, world))
    with writing() as unit:
        for table, row in (("archive_entry", earlier.id), ("letter", earlier.letter_id)):
            far_ids(unit, table, row)
    entry = published(session, world, text="白鹭湾的路灯坏了，晚上看不清路。")
    assert min(entry.id, entry.letter_id) > 2**33
    index = bring_up_to_date(settings)
    assert found(index, "白鹭湾") == [entry.id]
    assert index.ids_and_revisions() == live(session)
    client = app.test_client()
    assert f"/archive/{entry.id}" in client.get("/archive?q=白鹭湾").get_data(as_text=True)
    assert client.get(f"/archive/{entry.id}").status_code == 200
    withdraw(session, world, entry)
    assert drain(index, LATER) == 1
    assert found(index, "白鹭湾") == []


def far_ids(unit: Session, table: str, row: int) -> None:
    """Let the ids of ``table`` go on beyond 34 bits; ``row`` is there and has nothing to do with it."""
    if ON_POSTGRES:
        unit.execute(sa.text(f"SELECT setval('{table}_id_seq', {2**33})"))
        return
    # SQLite gives out the largest id and one: a row that is there is moved, with what refers to it.
    unit.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
    for each in Model.metadata.tables.values():
        for key in each.foreign_keys:
            if key.column.table.name == table:
                column = key.parent
                unit.execute(sa.update(each).where(column == row).values({column.name: 2**33}))
    unit.execute(sa.text(f"UPDATE {table} SET id = {2**33} WHERE id = {row}"))


def test_a_withdrawn_entry_leaves_the_index_for_good(
    session: Session, world: World, settings: Settings
) -> None:
    """A withdrawn entry is not found after the drain, an optimisation and a rebuild."""
    entry = published(session, world, text="白鹭湾的路灯坏了，晚上看不清路。")
    index = bring_up_to_date(settings)
    assert found(index, "白鹭湾") == [entry.id]
    withdraw(session, world, entry)
    assert drain(index, LATER) == 1
    assert found(index, "白鹭湾") == []
    index.optimise()
    assert found(index, "白鹭湾") == []
    rebuild(index)
    assert found(index, "白鹭湾") == []


def test_rows_drained_twice_do_no_harm(session: Session, world: World, settings: Settings) -> None:
    """A row that is drained again, as after a crash, changes nothing."""
    entry = published(session, world)
    index = bring_up_to_date(settings)
    with writing() as unit:
        unit.add(OutboxRow(entry_id=entry.id, created_at=LATER, available_at=LATER))
    assert drain(index, LATER) == 1
    assert index.ids_and_revisions() == live(session)


def test_a_poison_document_stops_nobody(session: Session, world: World, settings: Settings) -> None:
    """One entry that cannot be indexed ends as a dead letter; the others are found."""
    good = [published(session, world).id for _ in range(3)]
    ensure_index(index_of(settings))
    poison = published(session, world)
    good.append(published(session, world).id)
    with writing() as unit:
        unit.get_one(ArchiveEntry, poison.id).revision = -1
    index = index_of(settings)
    at = LATER
    for _ in range(ATTEMPTS):
        drain(index, at)
        at += timedelta(minutes=1)
    session.rollback()
    row = session.scalars(sa.select(OutboxRow)).one()
    assert (row.entry_id, row.status) == (poison.id, OutboxStatus.DEAD)
    assert "revision -1" in (row.last_error or "")
    assert sorted(index.ids_and_revisions()) == sorted(good)


def test_a_failed_row_waits_before_it_is_tried_again(
    session: Session, world: World, settings: Settings
) -> None:
    """A row that failed is not tried again at once."""
    ensure_index(index_of(settings))
    poison = published(session, world)
    with writing() as unit:
        unit.get_one(ArchiveEntry, poison.id).revision = -1
    drain(index_of(settings), LATER)
    drain(index_of(settings), LATER)
    session.rollback()
    assert session.scalars(sa.select(OutboxRow)).one().attempts == 1


def test_dead_rows_can_be_revived(session: Session, world: World, settings: Settings) -> None:
    """A row that was given up is drained once its cause is mended and it is revived."""
    ensure_index(index_of(settings))
    entry = published(session, world)
    with writing() as unit:
        unit.execute(sa.update(OutboxRow).values(status=OutboxStatus.DEAD, attempts=ATTEMPTS))
    assert drain(index_of(settings), LATER) == 0
    assert revive_dead(LATER) == 1
    assert drain(index_of(settings), LATER) == 1
    assert list(index_of(settings).ids_and_revisions()) == [entry.id]


def _overwrite(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for path in generation(folder).glob(name):
            path.write_bytes(b"\x80\xff\x00spam" * (path.stat().st_size // 7 + 1))

    return damage


def _cut(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for path in generation(folder).glob(name):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


DAMAGES: dict[str, Callable[[Path], object]] = {
    "folder gone": shutil.rmtree,
    "contents overwritten": _overwrite("*.toc"),
    "terms cut": _cut("*.trm"),
    "stamp of another analyzer": lambda f: (generation(f) / "stamp.json").write_text("{}") and None,
    "pointer scribbled over": lambda f: (f / "current").write_bytes(b"\xff../etc") and None,
    "generation lost": lambda f: (f / "current").write_text("generation-99") and None,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_index_is_rebuilt(
    session: Session, world: World, settings: Settings, damage: Callable[[Path], None]
) -> None:
    """What the worker does next mends an index damaged in any way, and nothing is dead."""
    published(session, world)
    bring_up_to_date(settings)
    damage(settings.index_folder)
    published(session, world)
    index = bring_up_to_date(settings)
    assert index.ids_and_revisions() == live(session)
    assert index_jobs(session) == []


@pytest.mark.parametrize(
    "damage", [DAMAGES["folder gone"], DAMAGES["contents overwritten"]], ids=["gone", "overwritten"]
)
def test_a_drain_rebuilds_by_itself(
    session: Session, world: World, settings: Settings, damage: Callable[[Path], None]
) -> None:
    """A publication that meets an index it cannot change has it rebuilt."""
    published(session, world)
    bring_up_to_date(settings)
    damage(settings.index_folder)
    published(session, world)
    assert drain(index_of(settings), LATER) == 1
    assert index_of(settings).ids_and_revisions() == live(session)


def test_nothing_is_lost_while_rebuilding(
    app: Flask, session: Session, world: World, settings: Settings
) -> None:
    """Searches go on during a rebuild, and what is published meanwhile is found after it."""
    published(session, world, text="最先公示的路灯来信，请尽快维修。")
    index = bring_up_to_date(settings)
    begun, stop, faults = threading.Event(), threading.Event(), []

    def rebuild_again() -> None:
        with app.app_context():
            while not stop.is_set():
                rebuild(index_of(settings), lambda done: begun.set())

    def search() -> None:
        while not stop.is_set():
            if not found(index, "最先公示"):
                faults.append("empty")

    threads = [threading.Thread(target=work) for work in (rebuild_again, search)]
    for thread in threads:
        thread.start()
    assert begun.wait(30)
    for _ in range(4):
        published(session, world)
        drain(index, LATER)
    stop.set()
    for thread in threads:
        thread.join()
    bring_up_to_date(settings)
    assert index.ids_and_revisions() == live(session)
    assert len(live(session)) == 5
    assert faults == []


def test_a_rebuild_settles_what_waited(session: Session, world: World, settings: Settings) -> None:
    """Rows that waited when a rebuild began are settled with it, and their entries are found."""
    entry = published(session, world, text="白鹭湾的路灯坏了，晚上看不清路。")
    index = index_of(settings)
    assert rebuild(index) == 1
    session.rollback()
    assert index_jobs(session) == []
    assert found(index, "白鹭湾") == [entry.id]
