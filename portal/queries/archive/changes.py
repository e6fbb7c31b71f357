"""The archive table for programs that read all of it, piece by piece, by a place that stays valid."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from portal.models import ArchiveEntry
from portal.queries.archive.table import NEWEST_FIRST, ArchiveQuery, entries_query, filters

AnsweredPlace = tuple[date, int]
"""Day of answer and id of the last entry read."""
ChangedPlace = tuple[datetime, int]
"""Last change and id of the last entry read."""


def entries_after(
    session: Session, asked: ArchiveQuery, place: AnsweredPlace | None, size: int
) -> tuple[list[ArchiveEntry], AnsweredPlace | None]:
    """Return the next ``size`` public entries of the filters after ``place``, newest answer first.

    The second value is the place of the last of them, ``None`` where nothing follows.
    """
    query = entries_query().where(*filters(session, asked).values())
    if place is not None:
        day, entry_id = place
        query = query.where(
            sa.or_(
                ArchiveEntry.answered_on < day,
                sa.and_(ArchiveEntry.answered_on == day, ArchiveEntry.id < entry_id),
            )
        )
    rows = list(session.scalars(query.order_by(*NEWEST_FIRST).limit(size + 1)))
    shown = rows[:size]
    return shown, (shown[-1].answered_on, shown[-1].id) if len(rows) > size else None


def changes_after(
    session: Session, asked: ArchiveQuery, since: datetime, place: ChangedPlace | None, size: int
) -> tuple[list[ArchiveEntry], ChangedPlace | None]:
    """Return the next ``size`` entries changed from ``since`` on, the earliest change first.

    Unpublished entries are among them, with empty texts. ``place`` and the second value are as
    those of :func:`entries_after`.
    """
    query = sa.select(ArchiveEntry).options(lazyload(ArchiveEntry.organisation))
    query = query.where(ArchiveEntry.updated_at >= since, *filters(session, asked).values())
    if place is not None:
        moment, entry_id = place
        query = query.where(
            sa.or_(
                ArchiveEntry.updated_at > moment,
                sa.and_(ArchiveEntry.updated_at == moment, ArchiveEntry.id > entry_id),
            )
        )
    query = query.order_by(ArchiveEntry.updated_at, ArchiveEntry.id).limit(size + 1)
    rows = list(session.scalars(query))
    shown = rows[:size]
    return shown, (shown[-1].updated_at, shown[-1].id) if len(rows) > size else None
