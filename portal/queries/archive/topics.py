"""The topics of the archive: subjects of letters, each with how many public entries it has."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ArchiveEntry
from portal.queries.archive.table import PUBLIC

MOST = 15


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
