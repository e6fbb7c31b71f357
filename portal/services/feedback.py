"""What readers say about a public entry: whether it helped, and what is wrong with it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.domain.errors import NotFound
from portal.models import ArchiveEntry, ArchiveReport
from portal.services.texts import required
from portal.services.unit import writing

REPORT_MAX = 500
"""Characters of a reader's report."""


def vote(entry_id: int, helpful: bool) -> None:
    """Count a reader's voice; raises :class:`NotFound` where the entry is not public."""
    column = ArchiveEntry.helpful if helpful else ArchiveEntry.unhelpful
    with writing() as session:
        done = session.execute(
            sa.update(ArchiveEntry)
            .where(ArchiveEntry.id == entry_id, ArchiveEntry.withdrawn_at.is_(None))
            .values({column: column + 1})
            .returning(ArchiveEntry.id)
        )
        if done.scalar() is None:
            raise NotFound


def report(entry_id: int, text: str, now: datetime) -> int:
    """Keep a reader's word that something is wrong; return the id of the report.

    Raises :class:`InvalidInput` for an empty or too long text (500 characters) and
    :class:`NotFound` where the entry is not public.
    """
    kept = required("text", text, REPORT_MAX)
    with writing() as session:
        entry = session.get(ArchiveEntry, entry_id)
        if entry is None or entry.withdrawn_at is not None:
            raise NotFound
        row = ArchiveReport(entry_id=entry_id, text=kept, created_at=now)
        session.add(row)
        session.flush()
        return row.id
