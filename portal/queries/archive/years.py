"""The archive by years of answer, for the files of open data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import PUBLIC, ArchiveEntry
from portal.queries.archive.table import entries_query

State = tuple[int, int, int, int]
"""How many entries are public, the sum of their revisions, how many are under revision, and the sum of
the ids of those that may no longer hold."""
_YEAR = sa.extract("year", ArchiveEntry.answered_on)


def states_by_year(session: Session) -> dict[int, State]:
    """Return by year what changes with every change of its content."""
    # By its name: PostgreSQL takes every expression with parameters for a different one.
    year = _YEAR.label("year")
    suspended = sa.func.sum(sa.case((ArchiveEntry.under_revision, 1), else_=0))
    marked = ArchiveEntry.policy_change_id.is_not(None)
    outdated = sa.func.sum(sa.case((marked, ArchiveEntry.id), else_=0))
    query = sa.select(
        year,
        sa.func.count(ArchiveEntry.id),
        sa.func.sum(ArchiveEntry.revision),
        suspended,
        outdated,
    )
    rows = session.execute(query.where(PUBLIC).group_by(sa.text("year")))
    return {
        int(year): (count, int(sums), int(open_), int(old))
        for year, count, sums, open_, old in rows
    }


def entries_of_year(session: Session, year: int) -> Iterator[ArchiveEntry]:
    """Yield the public entries answered in ``year``, the oldest answer first, a few at a time."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    query = (
        entries_query()
        .where(ArchiveEntry.answered_on.between(first, last))
        .order_by(ArchiveEntry.answered_on, ArchiveEntry.id)
        .execution_options(yield_per=500)
    )
    for entry in session.scalars(query):
        yield entry
        session.expunge(entry)


def changed_since(session: Session, moment: datetime) -> dict[int, int]:
    """Return id and revision of entries corrected or withdrawn from ``moment`` on."""
    query = sa.select(ArchiveEntry.id, ArchiveEntry.revision)
    changed = query.where(ArchiveEntry.updated_at >= moment, ArchiveEntry.revision > 1)
    return dict(session.execute(changed).all())
