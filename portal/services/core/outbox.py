"""The outbox, which jobs of all kinds share: put in, taken, done, tried again, given up.

A job is put in by the transaction that makes it necessary. Who takes one keeps others from it for
the time of a lease; a worker that dies leaves it to the next one after that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import Unavailable
from portal.models import (
    ANNOUNCE,
    INDEX,
    ArchiveEntry,
    Event,
    OutboxRow,
    OutboxStatus,
    OutgoingMessage,
    db,
)
from portal.services.core.unit import writing

T = TypeVar("T")
INSISTING_SECONDS = 60.0
_PAUSE_SECONDS = 0.2
LEASE = timedelta(minutes=3)
"""How long a job that was taken is kept from others."""
_earlier = sa.orm.aliased(OutboxRow)


def enqueue(session: Session, entry: ArchiveEntry, now: datetime) -> None:
    """Ask the worker to bring the index up to date with ``entry``."""
    session.flush()
    session.add(OutboxRow(queue=INDEX, entry_id=entry.id, created_at=now, available_at=now))


def enqueue_event(session: Session, event: Event, now: datetime) -> None:
    """Ask the worker to announce ``event`` to whom it concerns."""
    session.flush()
    session.add(OutboxRow(queue=ANNOUNCE, event_id=event.id, created_at=now, available_at=now))


def enqueue_message(
    session: Session, message: OutgoingMessage, queue: str, recipient: str, now: datetime
) -> None:
    """Ask the worker to hand ``message`` over, after all earlier ones to ``recipient``."""
    session.add(message)
    session.flush()
    row = OutboxRow(queue=queue, message_id=message.id, recipient=recipient)
    row.created_at = row.available_at = now
    session.add(row)


def take_jobs(queue: str, most: int, now: datetime) -> list[int]:
    """Take at most ``most`` waiting jobs of a queue, oldest first, and return their ids.

    An attempt is counted when a job is taken, so that one which ends its worker is not tried without
    end. A job whose recipient has an earlier one that waits is left.
    """
    blocked = (
        sa.select(_earlier.id)
        .where(
            _earlier.recipient == OutboxRow.recipient,
            _earlier.id < OutboxRow.id,
            _earlier.status == OutboxStatus.WAITING,
        )
        .correlate(OutboxRow)
        .exists()
    )
    query = (
        sa.select(OutboxRow.id)
        .where(waiting(queue), OutboxRow.available_at <= now, ~blocked)
        .order_by(OutboxRow.id)
        .limit(most)
    )
    # Looking costs no lock, and most of the time there is nothing to do.
    found = db.session().scalar(query.limit(1))
    db.session().rollback()
    if found is None:
        return []
    with writing() as session:
        ids = list(session.scalars(query.with_for_update(skip_locked=True, of=OutboxRow)))
        if ids:
            session.execute(
                sa.update(OutboxRow)
                .where(OutboxRow.id.in_(ids))
                .values(available_at=now + LEASE, attempts=OutboxRow.attempts + 1)
            )
    return ids


def waiting(queue: str) -> sa.ColumnElement[bool]:
    """Return the condition for the jobs of a queue that wait."""
    return sa.and_(OutboxRow.queue == queue, OutboxRow.status == OutboxStatus.WAITING)


def give_back(ids: Sequence[int], at: datetime) -> None:
    """Return jobs that were taken and not begun: from ``at`` on they can be taken as if nothing was."""
    if ids:
        with writing() as session:
            session.execute(
                sa.update(OutboxRow)
                .where(OutboxRow.id.in_(ids), OutboxRow.status == OutboxStatus.WAITING)
                .values(available_at=at, attempts=OutboxRow.attempts - 1)
            )


def insist(write: Callable[[], T]) -> T:
    """Return what ``write`` returns, called again for a minute while the database is busy.

    For what must be recorded because it has happened outside: a message that was handed over and
    is not recorded would be sent again. Raises :class:`Unavailable` at last.
    """
    end = time.monotonic() + INSISTING_SECONDS
    while True:
        try:
            return write()
        except Unavailable:
            if time.monotonic() > end:
                raise
        time.sleep(_PAUSE_SECONDS)


def give_up(row: OutboxRow, said: str) -> None:
    """Make a dead letter of a job; it waits for an administrator."""
    row.status, row.last_error = OutboxStatus.DEAD, said[:500]


def try_again(row: OutboxRow, now: datetime) -> None:
    """Give a job a whole round of attempts."""
    row.status, row.attempts = OutboxStatus.WAITING, 0
    row.available_at = row.created_at = now
