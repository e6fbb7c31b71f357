"""Similar entries: earlier public entries close to a text, for citizens and for staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchEngine, SearchIndexError, answering
from portal.adapters.embedding import Embedder
from portal.domain.archive.similarity import is_similar, telling_words
from portal.models import ArchiveEntry
from portal.queries.archive.meaning import near_letter
from portal.queries.archive.places import common_places
from portal.queries.archive.table import entries_by_id
from portal.queries.versioned import VersionedCache

SIMILAR_MOST = 5
SHARED_MOST = 6
"""Shared words that are named."""
KEPT_MOST = 2_000
"""Entries whose similar ones a process keeps, about 2 kB each."""
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
    limit: int = SIMILAR_MOST,
    embedder: Embedder | None = None,
) -> list[Similar]:
    """Return up to ``limit`` public entries about the same or a like matter, the closest first.

    With an ``embedder`` the meaning of the titles counts as well. There are few or none where no
    entry is close enough (:mod:`portal.domain.archive.similarity`). While the index is unavailable
    the list is empty: a suggestion is not worth waiting for.
    """
    try:
        found = _find(session, index, text, title, None, limit, embedder)
    except SearchIndexError as error:
        _log.warning("index_away", kind=type(error).__name__)
        return []
    return _public(session, found, limit)


def similar_to_entry(
    session: Session, index: SearchEngine, entry: ArchiveEntry, embedder: Embedder | None = None
) -> list[Similar]:
    """Return the public entries similar to a committed one; see :func:`similar_entries`.

    What was found is kept until the text, the index or the model changes. Whether an entry is still
    public and holds is asked each time, so that one that is withdrawn is gone at once.
    """
    try:
        version = entry.revision, index.last_commit(), embedder.name if embedder else ""
        found = _KEPT.get(session, entry.id, version)
        if found is None:
            found = _find(session, index, entry.text, entry.title, entry.id, SIMILAR_MOST, embedder)
            if found.is_final:
                _KEPT.put(session, entry.id, version, found)
    except SearchIndexError as error:
        _log.warning("index_away", kind=type(error).__name__)
        return []
    return _public(session, found, SIMILAR_MOST)


@dataclass(frozen=True, slots=True)
class _Found:
    """Ids of similar entries with the words they share with a letter, which is asked as ``question``.

    The list is final unless vectors of what was compared are still to come. ``sentences`` has what
    was found in replies by id and revision.
    """

    question: str
    hits: tuple[tuple[int, tuple[str, ...]], ...]
    is_final: bool
    sentences: dict[tuple[int, int], tuple[int, int] | None] = field(default_factory=dict)


_KEPT: VersionedCache[_Found] = VersionedCache(KEPT_MOST)


def _find(
    session: Session,
    index: SearchEngine,
    text: str,
    title: str,
    exclude: int | None,
    limit: int,
    embedder: Embedder | None,
) -> _Found:
    nearness = near_letter(session, embedder, title, exclude)
    is_final = nearness is not None or embedder is None or not title.strip()

    def watched(ids: Sequence[int]) -> Mapping[int, float]:
        nonlocal is_final
        known = nearness(ids) if nearness else {}
        is_final = is_final and len(known) == len(ids)
        return known

    hits = index.similar(
        text, limit + _SURPLUS, exclude, title, watched if nearness is not None else None
    )
    places = common_places(session) if hits else []
    shared = ((hit, telling_words(hit.shared_terms, places)) for hit in hits)
    near = tuple(
        (hit.entry_id, telling[:SHARED_MOST])
        for hit, telling in shared
        if is_similar(hit.similarity, hit.nearness, telling)
    )
    return _Found(f"{title}\n{text[:_ASKED_MOST]}", near, is_final)


def _public(session: Session, found: _Found, limit: int) -> list[Similar]:
    if not found.hits:
        return []
    public = entries_by_id(session, [entry_id for entry_id, _ in found.hits])
    near = [(public[entry_id], shared) for entry_id, shared in found.hits if entry_id in public]
    # An answer that may no longer hold comes after the others.
    near.sort(key=lambda pair: pair[0].policy_change_id is not None)
    return [Similar(entry, shared, _sentence(found, entry)) for entry, shared in near[:limit]]


def _sentence(found: _Found, entry: ArchiveEntry) -> tuple[int, int] | None:
    key = entry.id, entry.revision
    if key not in found.sentences:
        found.sentences[key] = answering(entry.reply, found.question)
    return found.sentences[key]
