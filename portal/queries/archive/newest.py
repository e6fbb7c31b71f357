"""What was published and withdrawn last; the index only helps to find words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchEngine, SearchIndexError, SearchRequest, parse
from portal.domain.archive.subtopics import parted
from portal.domain.letters.subjects import SUBJECTS
from portal.models import PUBLIC, ArchiveEntry
from portal.queries.archive.table import ArchiveQuery, Condition, containing, entries_query, filters
from portal.queries.synonyms import synonyms_for

FEW = 200
"""Entries whose ids one page of the index gives."""
Withdrawn = sa.Row[int, datetime | None]
"""Id of an entry and the moment at which it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Publications:
    """One page of publications and of withdrawals, each the newest first.

    ``page`` counts from 1; a page beyond ``pages`` is empty. ``updated_at`` is the last change of
    what the page holds, ``None`` where it holds nothing.
    """

    entries: list[ArchiveEntry]
    withdrawn: list[Withdrawn]
    page: int
    pages: int

    @property
    def updated_at(self) -> datetime | None:
        """The last change of what the page holds."""
        moments = [entry.updated_at for entry in self.entries]
        moments += [moment for _id, moment in self.withdrawn if moment is not None]
        return max(moments, default=None)


def publications(
    session: Session, index: SearchEngine, asked: ArchiveQuery, size: int
) -> Publications:
    """Return a page of ``size`` publications that match ``asked``, and of withdrawals.

    The texts of a withdrawn entry are gone, so that the words searched do not narrow the
    withdrawals; the filters do.
    """
    narrow = list(filters(session, asked).values())
    words, total = _words(session, index, asked)
    found = [PUBLIC, *narrow, *words]
    gone = [ArchiveEntry.unpublished_at.is_not(None), *narrow]
    offset = (asked.page - 1) * size
    entries = session.scalars(
        entries_query()
        .where(*found)
        .order_by(ArchiveEntry.published_at.desc(), ArchiveEntry.id.desc())
        .limit(size)
        .offset(offset)
    )
    withdrawn = session.execute(
        sa.select(ArchiveEntry.id, ArchiveEntry.unpublished_at)
        .where(*gone)
        .order_by(ArchiveEntry.unpublished_at.desc(), ArchiveEntry.id.desc())
        .limit(size)
        .offset(offset)
    )
    most = max(_count(session, found) if total is None else total, _count(session, gone))
    return Publications(list(entries), list(withdrawn), asked.page, max(1, -(-most // size)))


def _words(
    session: Session, index: SearchEngine, asked: ArchiveQuery
) -> tuple[list[Condition], int | None]:
    """Return the conditions of the words of ``asked``, and how many entries fulfil them if known.

    The index knows the few entries that hold rare words; frequent ones are soon met in the table,
    in the order of publication, and must not be counted there.
    """
    if not asked.text:
        return [], None
    synonyms = synonyms_for(session, exact=asked.exact)
    query = parse(asked.text, synonyms)
    if not query.understood and not query.blank:
        return [sa.false()], 0
    request = SearchRequest(
        asked.text,
        organisation_id=asked.organisation_id,
        kind=str(asked.kind) if asked.kind else None,
        topic=asked.topic,
        place=asked.place_id,
        rating=str(asked.rating) if asked.rating else None,
        year=asked.year,
        sort="date",
        per_page=FEW,
        synonyms=synonyms,
    )
    try:
        hits = index.search(request)
    except SearchIndexError:
        return containing(session, query), None
    if hits.total <= len(hits.hits):
        return [ArchiveEntry.id.in_([hit.entry_id for hit in hits.hits])], None
    return containing(session, query), hits.total


def _count(session: Session, conditions: list[Condition]) -> int:
    return session.scalar(sa.select(sa.func.count(ArchiveEntry.id)).where(*conditions)) or 0


def known_topic(session: Session, topic: str) -> bool:
    """Return whether ``topic`` is a subject of the product or of an entry, or a sub-topic of one."""
    topic, _ = parted(topic)
    if topic in SUBJECTS:
        return True
    query = sa.select(ArchiveEntry.id).where(ArchiveEntry.category == topic).limit(1)
    return session.scalar(query) is not None
