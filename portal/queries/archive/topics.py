"""The topics of the archive: subjects of letters, how many entries each has, which are asked of now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.periods import civil_date, month_of
from portal.domain.statistics.quality_measures import SMALLEST_PUBLIC
from portal.models import HELPFULNESS, PUBLIC, ArchiveEntry, RateFact
from portal.queries.archive.table import entries_query

MOST = 15
LATELY = timedelta(days=30)
MOST_ASKED = 5
_CONSIDERED = 200
"""The newest entries of a topic among which the most helpful is looked for."""


@dataclass(frozen=True, slots=True)
class AskedLately:
    """A topic, how many letters about it were received lately, and its most helpful answer."""

    topic: str
    letters: int
    entry: ArchiveEntry


def topics(session: Session) -> list[tuple[str, int]]:
    """Return the topics with the most public entries, and how many; entries without one are left out.

    An index on topic answers alone, so that the texts are not read.
    """
    count = sa.func.count()
    query = (
        sa.select(ArchiveEntry.category, count)
        .where(PUBLIC, ArchiveEntry.category > "")
        .group_by(ArchiveEntry.category)
        .order_by(count.desc(), ArchiveEntry.category)
        .limit(MOST)
    )
    return [(topic, int(entries)) for topic, entries in session.execute(query) if topic]


def asked_lately(session: Session, now: datetime) -> list[AskedLately]:
    """Return the topics of which most letters were received within ``LATELY``, most letters first.

    Counted are letters that were not withdrawn, by their topic alone; a topic with fewer than
    ``SMALLEST_PUBLIC`` letters or without a public entry is left out.
    """
    since, letters = now - LATELY, sa.func.count()
    query = (
        sa.select(RateFact.category, letters)
        .where(
            RateFact.received_month >= month_of(civil_date(since)),
            RateFact.received_at >= since,
            RateFact.received_at < now,
            RateFact.opening,
            RateFact.withdrawn_at.is_(None),
            RateFact.category > "",
        )
        .group_by(RateFact.category)
        .having(letters >= SMALLEST_PUBLIC)
        .order_by(letters.desc(), RateFact.category)
    )
    found: list[AskedLately] = []
    for topic, count in session.execute(query).all():
        if len(found) == MOST_ASKED:
            break
        entry = _most_helpful(session, topic or "")
        if entry is not None:
            found.append(AskedLately(entry.category or "", int(count), entry))
    return found


def _most_helpful(session: Session, topic: str) -> ArchiveEntry | None:
    """Return the newest of the most helpful among the newest entries of a topic."""
    newest = (
        sa.select(ArchiveEntry.id)
        .where(PUBLIC, ArchiveEntry.category == topic)
        .order_by(ArchiveEntry.id.desc())
        .limit(_CONSIDERED)
    )
    query = entries_query().where(ArchiveEntry.id.in_(newest))
    return session.scalar(query.order_by(HELPFULNESS.desc(), ArchiveEntry.id.desc()).limit(1))
