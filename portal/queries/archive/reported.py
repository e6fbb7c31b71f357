"""Published letters by the day on which they were written, as Open311 asks for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.models import PUBLIC, ArchiveEntry
from portal.queries.archive.table import entries_query


@dataclass(frozen=True, slots=True)
class Reported:
    """Which letters: by ids alone, or by kinds, days (both included) and whether work goes on.

    What is ``None`` or empty does not narrow. ``page`` counts from 1.
    """

    ids: Collection[int] = ()
    kinds: Collection[Kind] = ()
    first: date | None = None
    last: date | None = None
    under_revision: bool | None = None
    page: int = 1
    size: int = 1000


def reported(session: Session, asked: Reported) -> list[ArchiveEntry]:
    """Return the public entries of ``asked``, the letter written last first."""
    query = entries_query()
    if asked.ids:
        query = query.where(ArchiveEntry.id.in_(asked.ids))
    if asked.kinds:
        query = query.where(ArchiveEntry.kind.in_(asked.kinds))
    if asked.first is not None:
        query = query.where(ArchiveEntry.asked_on >= asked.first)
    if asked.last is not None:
        query = query.where(ArchiveEntry.asked_on <= asked.last)
    if asked.under_revision is not None:
        query = query.where(ArchiveEntry.under_revision.is_(asked.under_revision))
    query = query.order_by(ArchiveEntry.asked_on.desc(), ArchiveEntry.id.desc())
    return list(session.scalars(query.limit(asked.size).offset((asked.page - 1) * asked.size)))


def last_reported(session: Session) -> date | None:
    """Return the day of the letter written last, ``None`` in an empty archive."""
    return session.scalar(sa.select(sa.func.max(ArchiveEntry.asked_on)).where(PUBLIC))
