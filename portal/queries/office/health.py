"""The health of the instance: database, outbox, and what the worker found of the index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ANNOUNCE, INDEX, IndexVerdict, OutboxRow, OutboxStatus
from portal.queries.keys import running_rotation

OUTBOX_AGE_MOST = 60.0
"""Seconds after which waiting rows mean that no worker runs."""
VERDICT_AGE_MOST = 300.0
"""Seconds after which an old verdict on the index means the same."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The answer of ``/readyz``; ``outbox_age`` and ``index_checked`` are in seconds.

    ``index`` is what the worker found so long ago: ok, the kind of error, or unknown before it has
    looked; ``index_count_difference`` is the number of public entries less the documents of the
    index at that time. ``rotation_left`` is the number of values that are still to be re-encrypted.
    ``outbox_waiting`` and ``outbox_age`` are about jobs that nobody but the worker
    holds up; ``messages_waiting`` counts what waits for a mail server, a gateway or a webhook.
    """

    database: bool
    index: str
    index_checked: float | None
    index_count_difference: int
    outbox_waiting: int
    outbox_age: float
    messages_waiting: int
    dead_letters: int
    rotation_left: int

    @property
    def faults(self) -> list[str]:
        """The parts that are faulty or behind; none of them takes the site down."""
        stale = self.index_checked is None or self.index_checked > VERDICT_AGE_MOST
        found = {
            "index": self.index not in ("ok", "unknown"),
            "outbox": self.outbox_age > OUTBOX_AGE_MOST,
            "dead_letters": self.dead_letters > 0,
            "worker": stale,
        }
        return [name for name, wrong in found.items() if wrong]


def readiness(session: Session, now: datetime) -> Readiness:
    """Read readiness; raises the database's error where it cannot be reached."""
    own = OutboxRow.queue.in_((INDEX, ANNOUNCE))
    is_waiting = OutboxRow.status == OutboxStatus.WAITING
    waiting, oldest, messages, dead = session.execute(
        sa.select(
            sa.func.count().filter(own, is_waiting),
            sa.func.min(OutboxRow.created_at).filter(own, is_waiting),
            sa.func.count().filter(~own, is_waiting),
            sa.func.count().filter(~is_waiting),
        ).select_from(OutboxRow)
    ).one()
    verdict = session.scalar(sa.select(IndexVerdict))
    rotation = running_rotation(session)
    return Readiness(
        database=True,
        index=verdict.outcome if verdict else "unknown",
        index_checked=(now - verdict.found_at).total_seconds() if verdict else None,
        index_count_difference=verdict.difference if verdict else 0,
        outbox_waiting=waiting,
        outbox_age=(now - oldest).total_seconds() if oldest else 0.0,
        rotation_left=max(0, rotation.total - rotation.done) if rotation else 0,
        messages_waiting=messages,
        dead_letters=dead,
    )
