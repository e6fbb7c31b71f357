"""Similar entries: earlier public entries close to a text, for citizens and for staff."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchEngine, SearchIndexError, answering
from portal.adapters.embedding import Embedder
from portal.domain.archive.similarity import is_similar, telling_words
from portal.models import ArchiveEntry
from portal.queries.archive.meaning import near_letter
from portal.queries.archive.places import common_places
from portal.queries.archive.table import entries_by_id

SIMILAR_MOST = 5
SHARED_MOST = 6
"""Shared words that are named."""
_ASKED_MOST = 500
"""Characters of a letter that are compared with the sentences of a reply."""
_SURPLUS = 5
"""Hits requested beyond those shown, in place of entries that are no longer public."""
_log = structlog.get_logger("portal.archive")


@dataclass(frozen=True, slots=True)
class Similar:
    """An entry with the words it shares with the text, the most specific first.

    ``answer`` is where the sentence stands in the reply that answers the text, if one does.
    """

    entry: ArchiveEntry
    shared: tuple[str, ...]
    answer: tuple[int, int] | None = None


def similar_entries(
    session: Session,
    index: SearchEngine,
    text: str,
    title: str = "",
    *,
    exclude: int | None = None,
    limit: int = SIMILAR_MOST,
    embedder: Embedder | None = None,
) -> list[Similar]:
    """Return up to ``limit`` public entries about the same or a like matter, the closest first.

    With an ``embedder`` the meaning of the titles counts as well. There are few or none where no
    entry is close enough (:mod:`portal.domain.archive.similarity`). While the index is unavailable
    the list is empty: a suggestion is not worth waiting for.
    """
    try:
        nearness = near_letter(session, embedder, title, exclude)
        hits = index.similar(text, limit + _SURPLUS, exclude, title, nearness)
    except SearchIndexError as error:
        _log.warning("index_away", kind=type(error).__name__)
        return []
    public = entries_by_id(session, [hit.entry_id for hit in hits])
    places = common_places(session)
    meant = ((hit, telling_words(hit.shared_terms, places)) for hit in hits)
    near = [
        (public[hit.entry_id], telling[:SHARED_MOST])
        for hit, telling in meant
        if hit.entry_id in public and is_similar(hit.similarity, hit.nearness, telling)
    ]
    # An answer that may no longer hold comes after the others.
    near.sort(key=lambda pair: pair[0].policy_change_id is not None)
    question = f"{title}\n{text[:_ASKED_MOST]}"
    return [
        Similar(entry, shared, answering(entry.reply, question)) for entry, shared in near[:limit]
    ]
