"""The search of the public archive: in the index, or in the table while the index is unavailable.

The index only gives the ids of entries; what is shown is read from the archive table if it is
public at that moment. An unpublished entry that is still in the index is therefore never shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from portal.adapters.archive_index import (
    Facets,
    SearchEngine,
    SearchIndexError,
    SearchPage,
    SearchRequest,
    answering,
    is_certain,
    parse,
)
from portal.adapters.embedding import Embedder
from portal.models import ArchiveEntry, Organisation
from portal.queries.archive.meaning import near_question
from portal.queries.archive.policy_changes import outdated_ids
from portal.queries.archive.table import ArchiveQuery, entries_by_id, facets, list_entries
from portal.queries.synonyms import synonyms_for

TOP_ORGANISATIONS = 12
"""Members of level 1 offered as filters, those with the most hits."""
_log = structlog.get_logger("portal.archive")


@dataclass(frozen=True, slots=True)
class CertainAnswer:
    """An entry that is almost surely about the question, and its sentence that answers it."""

    entry: ArchiveEntry
    sentence: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits.

    ``total`` counts all hits. The first ``complete`` of them have all words and phrases searched
    (``understood``), the others the most telling ones; ``others_from`` is the place on this page
    where these begin. ``partial`` says that no hit has all. The facets count the complete hits,
    where there is none the others. ``degraded`` that the index was unavailable and the table searched.
    ``synonyms`` counted as words searched, entries with one of ``excluded`` were left out.
    ``suggestion`` is a query that finds clearly more, "" without one; only the first page has it.
    ``answer`` is there where the first hit is certain. ``scores`` compare within one search and are
    empty where nothing was ranked.
    """

    entries: list[ArchiveEntry]
    total: int
    complete: int
    others_from: int
    page: int
    pages: int
    facets: Facets
    understood: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    truncated: bool = False
    degraded: bool = False
    suggestion: str = ""
    answer: CertainAnswer | None = None
    scores: dict[int, float] = field(default_factory=dict)

    @property
    def partial(self) -> bool:
        """Whether there are hits and none has all of the words."""
        return bool(self.total) and not self.complete


def search_archive(
    session: Session,
    index: SearchEngine,
    asked: ArchiveQuery,
    per_page: int,
    embedder: Embedder | None = None,
) -> Found:
    """Return the page of hits of a query; neither its text nor a damaged index raises.

    With an ``embedder`` the first hits are ordered by their meaning as well.
    """
    try:
        return _in_index(session, index, asked, per_page, embedder)
    except SearchIndexError as error:
        _log.warning("index_away", kind=type(error).__name__)
        return _in_table(session, asked, per_page)


def _in_index(
    session: Session,
    index: SearchEngine,
    asked: ArchiveQuery,
    per_page: int,
    embedder: Embedder | None,
) -> Found:
    request = SearchRequest(
        text=asked.text,
        organisation_id=asked.organisation_id,
        kind=str(asked.kind) if asked.kind else None,
        topic=asked.topic,
        place=asked.place_id,
        rating=str(asked.rating) if asked.rating else None,
        year=asked.year,
        sort="date" if asked.by_date else "relevance",
        page=asked.page,
        per_page=per_page,
        synonyms=synonyms_for(session, exact=asked.exact),
        suggest=asked.page == 1,
        lowered=outdated_ids(session),
        nearness=None if asked.by_date else near_question(session, embedder, asked.text),
    )
    found = _last_if_beyond(index, request)
    public = entries_by_id(session, [hit.entry_id for hit in found.hits])
    entries = [public[hit.entry_id] for hit in found.hits if hit.entry_id in public]
    others_from = sum(hit.complete for hit in found.hits if hit.entry_id in public)
    return Found(
        entries=entries,
        total=found.total + found.partial_total - (len(found.hits) - len(entries)),
        complete=found.total - (sum(hit.complete for hit in found.hits) - others_from),
        others_from=others_from,
        page=found.page,
        pages=found.pages,
        facets=found.facets,
        understood=found.understood,
        synonyms=found.synonyms,
        excluded=found.excluded,
        truncated=found.truncated,
        suggestion=found.suggestion,
        answer=_answer(asked, found, public),
        scores={hit.entry_id: hit.score for hit in found.hits},
    )


def _answer(
    asked: ArchiveQuery, found: SearchPage, public: dict[int, ArchiveEntry]
) -> CertainAnswer | None:
    """Return the sentence that answers the question, where the first hit is certain to be right."""
    if asked.by_date or found.page != 1 or not is_certain(found.hits, asked.text):
        return None
    entry = public.get(found.hits[0].entry_id)
    if entry is not None and entry.policy_change_id is not None:
        return None
    span = answering(entry.reply, asked.text) if entry else None
    return CertainAnswer(entry, entry.reply[slice(*span)].strip()) if entry and span else None


def _last_if_beyond(index: SearchEngine, request: SearchRequest) -> SearchPage:
    found = index.search(request)
    if found.pages and not found.hits:
        found = index.search(replace(request, page=found.pages))
    return found


def _in_table(session: Session, asked: ArchiveQuery, per_page: int) -> Found:
    query = parse(asked.text, synonyms_for(session, exact=asked.exact))
    words = query.understood
    if not words and not query.blank:
        return Found([], 0, 0, 0, 1, 0, Facets(), degraded=True, truncated=query.truncated)
    listing = list_entries(session, asked, per_page, query)
    return Found(
        entries=listing.entries,
        total=listing.total,
        complete=listing.total,
        others_from=len(listing.entries),
        page=listing.page,
        pages=listing.pages,
        facets=facets(session, asked, query),
        understood=words,
        synonyms=query.synonyms,
        excluded=query.excluded,
        truncated=query.truncated,
        degraded=True,
    )


def known_organisation(session: Session, organisation_id: int | None) -> Organisation | None:
    """Return the organisation to filter by, if it exists."""
    return None if organisation_id is None else session.get(Organisation, organisation_id)


def organisations_to_choose(
    session: Session, counts: dict[int, int], chosen: Organisation | None
) -> list[tuple[Organisation, int]]:
    """Return the organisations offered as filters with their hits, most hits first.

    They are the members of level 1, or the direct subordinates of the chosen one.
    """
    place = Organisation.parent_id == chosen.id if chosen else Organisation.level == 1
    rows = session.scalars(sa.select(Organisation).where(place, Organisation.id.in_(counts)))
    ordered = sorted(rows, key=lambda row: (-counts[row.id], row.id))
    return [(row, counts[row.id]) for row in ordered[:TOP_ORGANISATIONS]]
