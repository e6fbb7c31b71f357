"""The audit chain in the database: whatever is changed behind it is named."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.audit.chain import START as BEGINNING
from portal.domain.audit.chain import pack, read_note
from portal.domain.events import RecordAction
from portal.domain.letters.states import Action, State
from portal.models import AuditBlock, AuditHead, AuditKeys, Event, ReadEvent
from portal.queries.audit.check import Verdict, verify
from portal.services.audit.removal import remove_reads
from portal.services.audit.sealing import ensure_chain, noted_head, seal
from portal.services.core.unit import writing
from portal.services.letters import cooperation
from tests.builders import START, World, a_letter, a_walk
from tests.services.audit.conftest import NOW, Tamper, look, seal_all, search_for

Check = Callable[..., Verdict]
DAY = timedelta(days=1)


def ids(session: Session, table: type[Event] | type[ReadEvent] = Event) -> list[int]:
    """Return the ids of all rows."""
    return list(session.scalars(sa.select(table.id).order_by(table.id)))


def position(session: Session, row_id: int) -> int:
    """Return the place of an event in a chain of one block of events."""
    return ids(session).index(row_id) + 1


def test_every_row_has_its_seal(chained: Session, verdict: Check) -> None:
    """Events and reads are sealed, nothing is left over, and nothing is found."""
    found = verdict()
    rows = len(ids(chained)) + len(ids(chained, ReadEvent))
    assert (found.faults, found.sealed, found.waiting) == ([], rows, 0)
    assert read_note(found.noted)[0] == rows
    assert seal(NOW) == 0


def test_an_invitation_is_written_whole(session: Session, world: World, verdict: Check) -> None:
    """The event that asks another organisation to help names it from the start, and has its seal."""
    ensure_chain(START)
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.invite, "city_handler", world["water"], "请查验管线")
    seal_all(1_000)
    invited = sa.select(Event.to_organisation_id).where(Event.action == Action.INVITE)
    assert session.scalars(invited).all() == [world["water"]]
    assert verdict().faults == []


@pytest.mark.parametrize("batch", [1, 4, 1_000])
def test_batches_make_one_chain(session: Session, world: World, verdict: Check, batch: int) -> None:
    """However many rows are sealed at a time, the chain holds them all in order."""
    ensure_chain(START)
    letter = a_letter(session, world, State.CLOSED)
    look(world.people["city_handler"], letter.id)
    seal_all(batch)
    assert verdict().faults == []
    assert verdict().sealed == len(ids(session)) + 1
    sizes = session.scalars(sa.select(AuditBlock.size)).all()
    assert max(sizes) <= batch and sum(sizes) == verdict().sealed


def test_older_events_are_taken_into_the_chain(
    session: Session, world: World, tamper: Tamper, verdict: Check
) -> None:
    """Events from before the chain have no stamp; they are sealed, and guarded from then on."""
    a_letter(session, world, State.CLOSED)
    tamper("UPDATE event SET stamp = NULL")
    ensure_chain(START)
    ensure_chain(START + DAY)
    assert verdict().faults == []
    seal_all()
    assert (verdict().faults, verdict().waiting) == ([], 0)
    edited = ids(session)[2]
    tamper("UPDATE event SET action = 'fly' WHERE id = :id", id=edited)
    assert verdict().faults == [f"position 3: event {edited} was edited"]


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'other'",
        "actor_id = NULL",
        "recorded_at = '2016-06-03 00:00:00'",
        "stamp = NULL",
        "address = '203.0.113.99'",
    ],
)
def test_an_edited_row_is_named(
    chained: Session, tamper: Tamper, verdict: Check, change: str
) -> None:
    """Whichever column was changed."""
    edited = ids(chained)[-2]
    place = position(chained, edited)
    tamper(f"UPDATE event SET {change} WHERE id = :id", id=edited)
    assert verdict().faults == [f"position {place}: event {edited} was edited"]


def test_an_edited_read_is_named(chained: Session, tamper: Tamper, verdict: Check) -> None:
    """Rows of reads are guarded like events."""
    edited, total = ids(chained, ReadEvent)[1], len(ids(chained))
    tamper("UPDATE read_event SET letter_id = 77 WHERE id = :id", id=edited)
    assert verdict().faults == [f"position {total + 2}: read {edited} was edited"]


@pytest.mark.parametrize("stored", ["q=别的", "", None])
@pytest.mark.parametrize("sealed", [True, False])
def test_a_search_edited_in_the_database_is_named(
    chained: Session, tamper: Tamper, verdict: Check, stored: str | None, sealed: bool
) -> None:
    """What cannot be decrypted is told like any other edit, before and after sealing."""
    search_for("q=周晓兰; found=1")
    if sealed:
        seal_all()
    edited, total = ids(chained, ReadEvent)[-1], len(ids(chained)) + len(ids(chained, ReadEvent))
    tamper("UPDATE read_event SET detail = :stored WHERE id = :id", id=edited, stored=stored)
    assert verdict().faults == [
        f"position {total}: read {edited} was edited"
        if sealed
        else f"read {edited} was inserted or edited before it was sealed"
    ]


def test_deleted_rows_are_named(chained: Session, tamper: Tamper, verdict: Check) -> None:
    """In the middle and at the end, the first one first."""
    rows = ids(chained)
    for gone in (rows[3], rows[-1]):
        tamper("DELETE FROM event WHERE id = :id", id=gone)
    assert verdict().faults == [
        f"position 4: event {rows[3]} was deleted",
        f"position {len(rows)}: event {rows[-1]} was deleted",
    ]


def test_rows_that_change_places_are_named(
    chained: Session, tamper: Tamper, verdict: Check
) -> None:
    """Two rows with each other's ids are both found."""
    one, other = ids(chained)[2:4]
    for before, after in ((one, -1), (other, one), (-1, other)):
        tamper("UPDATE event SET id = :after WHERE id = :before", before=before, after=after)
    assert verdict().faults == [
        f"position 3: event {one} was edited",
        f"position 4: event {other} was edited",
    ]


@pytest.mark.parametrize("row_id", [-5, -(2**63)])
def test_a_row_put_in_between_is_named(
    chained: Session, tamper: Tamper, verdict: Check, row_id: int
) -> None:
    """A row in the place of one that never was there, with whatever stamp, down to the lowest id."""
    tamper(_INSERTED, id=row_id)
    assert f"event {row_id} was inserted" in verdict().faults


def test_seals_of_strange_rows_are_no_crash(
    chained: Session, tamper: Tamper, verdict: Check
) -> None:
    """Seals that were made up for a row below 1 are named, as the block is."""
    tamper(_INSERTED, id=-5)
    tamper("UPDATE audit_block SET seals = :seals WHERE number = 1", seals=pack([(-5, bytes(16))]))
    faults = verdict().faults
    assert "position 1: event -5 was edited" in faults
    assert any(line.startswith("block 1 ") for line in faults)


_INSERTED = (
    "INSERT INTO event (id, action, axis, actor_kind, occurred_at, recorded_at)"
    " VALUES (:id, 'sign', 'handling', 'staff', '2016-06-01', '2016-06-01')"
)


def test_a_row_added_by_somebody_else_is_named_before_and_after_sealing(
    chained: Session, tamper: Tamper, verdict: Check
) -> None:
    """A row without the stamp of the letterbox gets no seal."""
    added = ids(chained)[-1] + 1
    tamper(
        "INSERT INTO event (id, action, axis, actor_kind, occurred_at, recorded_at, stamp)"
        " SELECT :id, action, axis, actor_kind, occurred_at, :at, stamp"
        " FROM event WHERE id = :before",
        id=added,
        at="2016-06-02 00:00:00",
        before=added - 1,
    )
    before = f"event {added} was inserted or edited before it was sealed"
    assert verdict().faults == [before, f"event {added} is a copy of event {added - 1}"]
    seal_all()
    after = f"event {added} was inserted"
    assert verdict().faults == [after, f"event {added} is a copy of event {added - 1}"]


def test_a_copy_of_a_row_is_named(chained: Session, tamper: Tamper, verdict: Check) -> None:
    """A row that the letterbox wrote cannot be written a second time."""
    last = ids(chained, ReadEvent)[-1]
    tamper(
        "INSERT INTO read_event (id, action, actor_id, letter_id, recorded_at, address,"
        " session_id, stamp) SELECT :id, action, actor_id, letter_id, recorded_at, address,"
        " session_id, stamp FROM read_event WHERE id = :last",
        id=last + 1,
        last=last,
    )
    seal_all()
    assert verdict().faults == [f"read {last + 1} is a copy of read {last}"]


def test_blocks_cut_off_at_the_end_are_named(
    chained: Session, tamper: Tamper, verdict: Check
) -> None:
    """The head says how far the chain went."""
    events, reads = len(ids(chained)), len(ids(chained, ReadEvent))
    tamper("DELETE FROM audit_block WHERE number = 2")
    tamper("DELETE FROM read_event")
    said = f"positions {events + 1} to {events + reads}: cut off, their blocks are gone at the end"
    assert verdict().faults == [said]


def test_blocks_taken_out_are_named(chained: Session, tamper: Tamper, verdict: Check) -> None:
    """A block that is missing in the middle."""
    events = len(ids(chained))
    tamper("DELETE FROM audit_block WHERE number = 1")
    assert verdict().faults == [
        f"positions 1 to {events}: cut off, their blocks are gone before block 2"
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("total = total + 1", "was changed, or the one before"),
        ("seals = digest", "has other seals than were made"),
        ("seals = NULL", "has lost its seals"),
    ],
)
def test_a_changed_block_is_named(
    chained: Session, tamper: Tamper, verdict: Check, change: str, said: str
) -> None:
    """Seals cannot be made again without the key."""
    tamper(f"UPDATE audit_block SET {change} WHERE number = 1")
    assert any(line.startswith("block 1") and line.endswith(said) for line in verdict().faults)


@pytest.mark.parametrize(
    "change", ["total = total - 1", "removed = 9", "event_id = 0", "adopted_id = 999999"]
)
def test_a_changed_head_is_named(
    chained: Session, tamper: Tamper, verdict: Check, change: str
) -> None:
    """Nor can the head."""
    tamper(f"UPDATE audit_head SET {change}")
    assert verdict().faults[0] == "the head was changed"


def test_a_chain_without_head_is_named(chained: Session, tamper: Tamper, verdict: Check) -> None:
    """The head cannot be left out."""
    tamper("DELETE FROM audit_head")
    assert verdict().faults == ["the head of the chain is gone"]
    assert noted_head() is None


def test_an_older_state_brought_back_is_found_by_a_noted_head(
    session: Session, world: World, tamper: Tamper, verdict: Check
) -> None:
    """Rows, blocks and head cut off together leave a chain that is whole, but not the noted one."""
    ensure_chain(START)
    a_letter(session, world, State.CLOSED)
    seal_all()
    kept = noted_head()
    assert kept is not None
    head = session.execute(sa.select(AuditHead.__table__)).one()._mapping
    last = ids(session)[-1]
    a_letter(session, world)
    seal_all()
    noted = read_note(noted_head() or "")
    assert verdict(noted, read_note(kept), (0, BEGINNING)).faults == []
    tamper("DELETE FROM audit_block WHERE number > :number", number=head["number"])
    with writing() as unit:
        unit.execute(sa.delete(Event).where(Event.id > last))
        unit.execute(sa.update(AuditHead).values(**head))
    assert verdict(read_note(kept)).faults == []
    (fault,) = verdict(noted).faults
    assert fault == f"the noted head {noted[0]}:{noted[1].hex()} is not in the chain"


def test_rows_wait_for_their_seal_and_are_named_as_such(
    chained: Session, world: World, verdict: Check
) -> None:
    """Until the worker comes they have only their stamps; it is said how long they wait."""
    a_letter(chained, world)
    found = verdict()
    assert (found.faults, found.waiting) == ([], 1)
    assert found.waiting_since == START
    assert not found.is_overdue
    chained.rollback()
    soon, late = NOW + timedelta(minutes=10), NOW + timedelta(minutes=11)
    assert not verify(chained, AuditKeys.loaded(), soon).is_overdue
    assert verify(chained, AuditKeys.loaded(), late).is_overdue


def test_a_worker_that_dies_between_batches_leaves_a_whole_chain(
    session: Session, world: World, verdict: Check
) -> None:
    """What was sealed stays, what was not is sealed by the next one, and nothing twice."""
    ensure_chain(START)
    a_letter(session, world, State.CLOSED)
    seal(NOW, 2)
    with pytest.raises(KeyboardInterrupt), writing():
        assert seal(NOW, 2) == 2
        raise KeyboardInterrupt
    assert (verdict().faults, verdict().sealed) == ([], 2)
    seal_all(2)
    assert (verdict().faults, verdict().sealed) == ([], len(ids(session)))


def test_reads_are_removed_when_their_time_is_over(
    chained: Session, world: World, verdict: Check
) -> None:
    """Their rows and seals go, the chain stays whole, and the removal is on record."""
    look(world.people["city_handler"], 1, 100)
    assert remove_reads(0, NOW + 999 * DAY) == 0
    assert remove_reads(184, NOW + 184 * DAY) == 0
    later = NOW + 184 * DAY + timedelta(seconds=1)
    assert remove_reads(184, later) == 3
    assert remove_reads(184, later) == 0
    assert len(ids(chained, ReadEvent)) == 1
    event = chained.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.action, event.reason) == (RecordAction.REMOVE_READS, "3 rows, to 2016-06-02")
    assert (verdict().faults, verdict().removed) == ([], 3)
    seal_all()
    assert (verdict().faults, verdict().removed) == ([], 3)


def test_reads_that_are_removed_by_somebody_else_are_named(
    chained: Session, tamper: Tamper, verdict: Check
) -> None:
    """Only what the head says may be gone."""
    tamper("DELETE FROM read_event")
    tamper("UPDATE audit_block SET seals = NULL WHERE number = 2")
    assert verdict().faults == ["block 2 has lost its seals"]
