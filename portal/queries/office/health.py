"""The health of the instance: database, outbox, index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchEngine, SearchIndexError
from portal.models import ArchiveEntry, OutboxRow, OutboxStatus

OUTBOX_AGE_MOST = 60.0
"""Seconds after which waiting rows mean that no worker runs."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """The answer of ``/readyz``; ``outbox_age`` is in seconds, ``index`` ok or the kind of error.

    ``index_count_difference`` is the number of public entries less the documents of the index.
    """

    database: bool
    index: str
    index_count_difference: int
    outbox_waiting: int
    outbox_age: float
    dead_letters: int

    @property
    def faults(self) -> list[str]:
        """The parts that are faulty or behind; none of them takes the site down."""
        found = {
            "index": self.index != "ok",
            "outbox": self.outbox_age > OUTBOX_AGE_MOST,
            "dead_letters": self.dead_letters > 0,
        }
        return [name for name, wrong in found.items() if wrong]


def readiness(session: Session, index: SearchEngine, now: datetime) -> Readiness:
    """Measure readiness; raises the database's error where it cannot be reached."""
    counts = {
        status: (count, oldest)
        for status, count, oldest in session.execute(
            sa.select(
                OutboxRow.status, sa.func.count(), sa.func.min(OutboxRow.created_at)
            ).group_by(OutboxRow.status)
        )
    }
    waiting, oldest = counts.get(OutboxStatus.WAITING, (0, None))
    live = session.scalar(
        sa.select(sa.func.count())
        .select_from(ArchiveEntry)
        .where(ArchiveEntry.unpublished_at.is_(None))
    )
    state, documents = "ok", 0
    try:
        index.check()
        documents = index.document_count()
    except SearchIndexError as error:
        state = type(error).__name__
    return Readiness(
        database=True,
        index=state,
        index_count_difference=(live or 0) - documents,
        outbox_waiting=waiting,
        outbox_age=(now - oldest).total_seconds() if oldest else 0.0,
        dead_letters=counts.get(OutboxStatus.DEAD, (0, None))[0],
    )
