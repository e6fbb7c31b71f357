"""What staff look at: one row for the same thing within minutes, from where, in which session."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.events import ActorKind, ReadAction
from portal.models import ReadEvent
from portal.services.audit.reads import Read, record_reads
from tests.builders import START, World

HERE = Actor(ActorKind.STAFF, 7, address="203.0.113.1", session_id=3)


def read(minutes: float = 0, actor: Actor = HERE, letter: int | None = 5, **said: str) -> Read:
    """Return that a letter was shown."""
    at = START + timedelta(minutes=minutes)
    return Read(actor, ReadAction.READ_LETTER, at, letter, **said)


def kept(session: Session) -> list[ReadEvent]:
    """Return the rows, in order."""
    session.rollback()
    return list(session.scalars(sa.select(ReadEvent).order_by(ReadEvent.id)))


def test_a_read_says_who_what_and_from_where(session: Session, world: World) -> None:
    """The row holds person, letter, moment, address and session."""
    record_reads([read(detail="q=路灯", subject="x")])
    (row,) = kept(session)
    assert (row.actor_id, row.action, row.letter_id) == (7, ReadAction.READ_LETTER, 5)
    assert (row.recorded_at, row.address, row.session_id) == (START, "203.0.113.1", 3)
    assert (row.detail, row.subject) == ("q=路灯", "x")


def test_the_same_within_minutes_is_one_row(session: Session, world: World) -> None:
    """For five minutes from the row on; then it is another one."""
    record_reads([read(), read()])
    record_reads([read(4.9)])
    assert len(kept(session)) == 1
    record_reads([read(5)])
    record_reads([read(9)])
    assert [row.recorded_at - START for row in kept(session)] == [
        timedelta(0),
        timedelta(minutes=5),
    ]


def test_what_differs_has_a_row_of_its_own(session: Session, world: World) -> None:
    """Another letter, session, person, search or subject."""
    others = [
        read(letter=6),
        read(actor=Actor(ActorKind.STAFF, 7, address="203.0.113.1", session_id=4)),
        read(actor=Actor(ActorKind.STAFF, 8, address="203.0.113.1", session_id=3)),
        read(detail="q=路灯"),
        read(subject="disclosure:1"),
        read(letter=None),
    ]
    record_reads([read(), *others])
    record_reads([read(1), *others])
    assert len(kept(session)) == 1 + len(others)


def test_what_was_searched_for_is_encrypted_at_rest(session: Session, world: World) -> None:
    """A bare name does not stand in the database; equal searches within minutes are one row all the same."""
    for minutes in (0, 1):
        record_reads([read(minutes, detail="q=周晓兰; found=1")])
    stored = session.execute(sa.text("SELECT detail FROM read_event")).scalars().all()
    assert len(stored) == 1
    assert "周晓兰" not in stored[0]
    assert [row.detail for row in kept(session)] == ["q=周晓兰; found=1"]
