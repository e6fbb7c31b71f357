"""Judging the index now and then, so that ``/readyz`` need not open it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.adapters.archive_index import SearchEngine, SearchIndexError
from portal.models import PUBLIC, ArchiveEntry, IndexVerdict, db
from portal.services.core.unit import writing
from portal.services.core.upsert import upsert

_ONLY = 1
"""The id of the one row."""


def judge(index: SearchEngine, now: datetime) -> int:
    """Check the index, compare it with the public entries, and keep what was found; return 0."""
    public = sa.select(sa.func.count()).where(PUBLIC)
    live = db.session.scalar(public.select_from(ArchiveEntry)) or 0
    outcome, documents = "ok", 0
    try:
        index.check()
        documents = index.document_count()
    except SearchIndexError as error:
        outcome = type(error).__name__
    row = {"id": _ONLY, "outcome": outcome, "difference": live - documents, "found_at": now}
    with writing() as session:
        session.execute(
            upsert(
                session,
                IndexVerdict,
                [row],
                [IndexVerdict.id],
                lambda new: {name: new[name] for name in ("outcome", "difference", "found_at")},
            )
        )
    return 0
