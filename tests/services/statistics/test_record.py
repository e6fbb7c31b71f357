"""The public record grows in the order of recording, and finds what is changed behind it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import Publication, State
from portal.domain.periods import midnight
from portal.domain.record.leaves import RecordKind, leaf
from portal.domain.record.tree import Growth, consistency, included_root, only_adds
from portal.models import Event, Letter, RecordHead, RecordLeaf
from portal.queries.record.check import head_faults, leaf_faults
from portal.queries.record.tree import heads_after, included, newest_head, stored
from portal.services.statistics.record import RecordKeys, extend
from tests.builders import CODE_KEY, HOUR, START, World, a_letter, a_published, new_letter, send
from tests.databases import ON_POSTGRES

KEYS = RecordKeys(bytes(range(32)), CODE_KEY)
DAY = timedelta(days=1)


def grow(now: datetime, batch: int = 2_000) -> None:
    """Extend the record until there is nothing left to do at ``now``."""
    while extend(KEYS, now, batch):
        pass


def kinds(session: Session) -> list[RecordKind]:
    """Return the kinds of all leaves, in order."""
    return list(session.scalars(sa.select(RecordLeaf.kind).order_by(RecordLeaf.position)))


def faults(session: Session) -> list[str]:
    """Return what the check finds."""
    return head_faults(session, KEYS.head) + leaf_faults(session, KEYS.code)


def test_letters_closings_and_publications_are_counted(session: Session, world: World) -> None:
    """Each of them is a leaf, in the order of recording; other events are none."""
    a_published(session, world)
    a_letter(session, world, State.DECLINED)
    a_letter(session, world, State.IN_PROGRESS)
    grow(START + 90 * DAY)
    received, closed, published = RecordKind.RECEIVED, RecordKind.CLOSED, RecordKind.PUBLISHED
    assert kinds(session) == [received, closed, published, received, closed, received]
    events = list(session.scalars(sa.select(RecordLeaf.event_id).order_by(RecordLeaf.position)))
    assert events == sorted(events)
    assert faults(session) == []


@pytest.mark.parametrize("batch", [1, 3, 2_000])
def test_each_day_has_its_head(session: Session, world: World, batch: int) -> None:
    """Days missed get theirs too; a day without letters repeats the size of the day before."""
    grow(START)
    first = newest_head(session)
    assert first is not None
    assert (first.day, first.size) == (START.date() - DAY, 0)
    for day, letters in ((0, 17), (1, 1), (3, 2)):
        for _ in range(letters):
            send(new_letter(world["city"]), START + day * DAY)
    grow(START + 4 * DAY, batch)
    found = heads_after(session, first.day, 10)
    assert [(head.day - START.date()).days for head in found] == [0, 1, 2, 3]
    assert [head.size for head in found] == [17, 18, 18, 20]
    assert faults(session) == []


def test_the_day_ends_at_midnight_in_shanghai(session: Session, world: World) -> None:
    """A letter of the last second belongs to its day, one of midnight to the next."""
    day = date(2016, 6, 2)
    grow(midnight(day))
    send(new_letter(world["city"]), midnight(day + DAY) - timedelta(seconds=1))
    send(new_letter(world["city"]), midnight(day + DAY))
    assert extend(KEYS, midnight(day + DAY) - timedelta(seconds=1)) == 0
    grow(midnight(day + DAY))
    head = newest_head(session)
    assert head is not None
    assert (head.day, head.size) == (day, 1)
    grow(midnight(day + 2 * DAY))
    assert list(session.scalars(sa.select(RecordLeaf.day).order_by(RecordLeaf.position))) == [
        day,
        day + DAY,
    ]


def test_stored_proofs_hold(session: Session, world: World) -> None:
    """Every leaf is proved against the head, every head against every later one."""
    grow(START)
    for i in range(37):
        send(new_letter(world["city"]), START + i * 6 * HOUR)
    grow(START + 20 * DAY, 5)
    head, node = newest_head(session), stored(session)
    assert head is not None
    assert head.size == 37
    for each in session.scalars(sa.select(RecordLeaf)).all():
        [proved] = included(session, each.letter_id, head)
        hashed = leaf(each.kind, each.day, each.commitment)
        root = included_root(hashed, each.position, head.size, proved.path)
        assert root is not None
        assert root.hex() == head.root
    earlier = [each for each in heads_after(session, None, 50) if each.size]
    for old in earlier:
        path = consistency(old.size, head.size, node)
        roots = bytes.fromhex(old.root), bytes.fromhex(head.root)
        assert only_adds(old.size, head.size, roots, path)


def test_leaves_tell_nothing_of_the_letter(session: Session, world: World) -> None:
    """Two letters alike have other commitments, and so have the steps of one letter."""
    a_published(session, world)
    a_published(session, world)
    grow(START + 90 * DAY)
    found = list(session.scalars(sa.select(RecordLeaf.commitment)))
    assert len(set(found)) == len(found) == 6


def _change(statement: str) -> Callable[[Session], None]:
    return lambda session: void(session.execute(sa.text(statement)))


def void(_: object) -> None:
    """Take a value that nobody needs."""


def _delete_letter(session: Session) -> None:
    number = session.scalar(sa.select(sa.func.min(Letter.id)))
    connection = session.connection()
    if ON_POSTGRES:
        connection.exec_driver_sql("SET session_replication_role = replica")
    else:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql(f"DELETE FROM event WHERE letter_id = {number}")
    connection.exec_driver_sql(f"DELETE FROM letter WHERE id = {number}")


def _insert(session: Session) -> None:
    """Make a closing that nobody took of an event that was none."""
    row = session.scalars(sa.select(Event).where(Event.action == "accept")).first()
    assert row is not None
    row.to_state = "closed"


CLOSING = "id = (SELECT max(id) FROM event WHERE action = 'sign')"
RECEIPT = "id = (SELECT min(id) FROM event WHERE action = 'submit')"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_delete_letter, "its event"),
        (_change(f"DELETE FROM event WHERE {CLOSING}"), "leaf 4 (closed"),
        (_change(f"UPDATE event SET to_state = 'in_progress' WHERE {CLOSING}"), "no longer closed"),
        (
            _change(f"UPDATE event SET occurred_at = '2016-01-01 00:00:00+00:00' WHERE {RECEIPT}"),
            "another moment or letter",
        ),
        (
            _change("UPDATE letter SET received_at = '2016-01-01 00:00:00+00:00'"),
            "another moment of receipt",
        ),
        (
            _change(
                "UPDATE event SET letter_id = (SELECT min(id) FROM letter) "
                "WHERE letter_id = (SELECT max(id) FROM letter)"
            ),
            "its letter is gone",
        ),
        (_insert, "is not in the record, but later ones are"),
        (_change("DELETE FROM record_leaf WHERE position = 5"), "the leaf 5 is missing"),
        (_change("UPDATE record_leaf SET day = '2016-01-01' WHERE position = 0"), "another root"),
        (_change("UPDATE record_head SET size = size - 1"), "not signed by the key"),
    ],
)
def test_what_is_changed_afterwards_is_found(
    session: Session, world: World, change: Callable[[Session], None], said: str
) -> None:
    """Deleting, moving, inserting or editing below the record is a fault that names its place."""
    a_published(session, world)
    a_published(session, world)
    grow(START + 90 * DAY)
    change(session)
    session.commit()
    assert [line for line in faults(session) if said in line]


def test_a_head_of_another_key_is_found(session: Session, world: World) -> None:
    """Who signs everything again needs the key."""
    a_letter(session, world, publication=Publication.NOT_PROPOSED)
    grow(START + 90 * DAY)
    [found] = head_faults(session, KEYS.head[::-1])
    assert "not signed by the key" in found
    assert session.scalar(sa.select(sa.func.count()).select_from(RecordHead)) == 1


def test_a_tree_goes_on_where_it_was(session: Session, world: World) -> None:
    """The stored hashes are those of a tree that was made at once."""
    for _ in range(40):
        send(new_letter(world["city"]), START)
    grow(START + DAY, 7)
    grown = Growth()
    for each in session.scalars(sa.select(RecordLeaf).order_by(RecordLeaf.position)):
        list(grown.add(leaf(each.kind, each.day, each.commitment)))
    head = newest_head(session)
    assert head is not None
    assert head.root == grown.root.hex()
