"""One search at one commit: match, filter, count, order, cut a page."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from search_index.embedded.lists import TEXT, WORDS
from search_index.embedded.matching import filtered, matching
from search_index.embedded.ranking import Weighted, best, gains, scores, weighted
from search_index.embedded.snapshot import Numbers, Snapshot
from search_index.embedded.suggesting import suggestion
from search_index.engine import Nearness, SearchRequest
from search_index.query import ParsedQuery, ranking_terms, ranking_words
from search_index.results import Facets, Hit, SearchPage

Value = TypeVar("Value", int, str)

SYNONYM_WEIGHT = 0.1
"""Weight in ranking of a word that counts as one of the query, beside 1 of the word itself."""

LOWERED = 0.5
"""Factor of the score of an entry that is to come after others."""

RERANKED = 100
"""Hits that are ordered again by their meaning, complete and partial ones apart."""
MEANING_WEIGHT = 2.25
"""Weight of a difference in meaning beside the score as a share of the highest."""

MOST_FACETS = 64
"""Sets of filters without words whose facets are kept."""

MAX_PER_PAGE = 200
RANKING_TERMS = 40
"""Terms of each field that take part in ranking, the most specific ones of a long query."""


def search(snapshot: Snapshot, query: ParsedQuery, request: SearchRequest) -> SearchPage:
    """Return the page that ``request`` asks for; ``query`` is its text, parsed."""
    page, per_page = max(1, request.page), min(MAX_PER_PAGE, max(1, request.per_page))
    complete, partial = matching(snapshot, query, match_any=request.match == "any")
    tiers = [filtered(snapshot, numbers, request) for numbers in (complete, partial)]
    total, partial_total = map(len, tiers)
    ordered = _Order(snapshot, query, request)
    hits: list[Hit] = []
    first, last = (page - 1) * per_page, page * per_page
    for tier, is_complete in zip(tiers, (True, False), strict=True):
        if 0 <= first < len(tier):
            hits += ordered(tier, first, last, is_complete)
        first, last = max(0, first - len(tier)), last - len(tier)
        if last <= 0:
            break
    return SearchPage(
        total=total,
        partial_total=partial_total,
        hits=hits,
        facets=_facets(snapshot, query, complete if len(complete) else partial, request),
        understood=query.understood,
        page=page,
        pages=-(-(total + partial_total) // per_page),
        truncated=query.truncated,
        synonyms=query.synonyms,
        excluded=query.excluded,
        suggestion=suggestion(snapshot, request, total) if request.suggest else "",
    )


class _Order:
    """The order of the hits of one search; the terms of the query are looked up once."""

    def __init__(self, snapshot: Snapshot, query: ParsedQuery, request: SearchRequest) -> None:
        self._snapshot = snapshot
        self._query = query
        self._lowered = np.array(sorted(request.lowered), np.int64)
        self._nearness = request.nearness
        self._by_date = request.sort == "date" or query.blank
        self._terms: dict[str, list[Weighted]] | None = None

    def __call__(self, documents: Numbers, first: int, last: int, complete: bool) -> list[Hit]:
        """Return the hits from place ``first`` to before ``last``."""
        if self._by_date:
            newest = self._newest(documents, last)[first:]
            return [
                Hit(entry, 0.0, complete) for entry in self._snapshot.entry_ids[newest].tolist()
            ]
        values = scores(self._snapshot, self._ranking_terms(), documents)
        if len(self._lowered):
            values[self._is_lowered(documents)] *= LOWERED
        if self._nearness is None or first >= RERANKED:
            places = best(self._snapshot, values, documents, last)[first:]
        else:
            places = best(self._snapshot, values, documents, max(last, RERANKED))
            head = self._by_meaning(self._nearness, values, documents, places[:RERANKED])
            places = np.concatenate([head, places[RERANKED:]])[first:last]
        entry_ids = self._snapshot.entry_ids[documents[places]].tolist()
        return [
            Hit(entry, value, complete)
            for entry, value in zip(entry_ids, values[places].tolist(), strict=True)
        ]

    def _newest(self, documents: Numbers, count: int) -> Numbers:
        """Return the ``count`` newest of ``documents``."""
        snapshot = self._snapshot
        if len(documents) == len(snapshot.live_numbers):
            return snapshot.newest[:count]
        recency = snapshot.recency[documents]
        if count < len(documents):
            documents = documents[np.argpartition(recency, len(recency) - count)[-count:]]
            recency = snapshot.recency[documents]
        return documents[np.argsort(-recency)]

    def _is_lowered(self, documents: Numbers) -> NDArray[np.bool_]:
        return np.isin(self._snapshot.entry_ids[documents], self._lowered)

    def _by_meaning(
        self,
        nearness: Nearness,
        values: NDArray[np.float64],
        documents: Numbers,
        places: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Return ``places``, which stand in the order of their ``values``, ordered by meaning as well."""
        chosen = documents[places]
        known = nearness(self._snapshot.entry_ids[chosen].tolist())
        gained = gains(self._snapshot, known, chosen, MEANING_WEIGHT)
        gained[self._is_lowered(chosen)] *= LOWERED
        highest = values[places[0]] or 1.0
        reordered: NDArray[np.int64] = places[
            np.argsort(-(values[places] / highest + gained), kind="stable")
        ]
        return reordered

    def _ranking_terms(self) -> dict[str, list[Weighted]]:
        if self._terms is None:
            self._terms = {
                TEXT: self._weighted(TEXT, ranking_terms),
                WORDS: self._weighted(WORDS, ranking_words),
            }
        return self._terms

    def _weighted(self, field: str, terms_of: Callable[[str], dict[str, float]]) -> list[Weighted]:
        terms = weighted(self._snapshot, field, terms_of(self._query.text), RANKING_TERMS)
        others = terms_of(" ".join(self._query.synonyms))
        for name in terms_of(self._query.text):
            others.pop(name, None)
        for term, weight in weighted(self._snapshot, field, others, RANKING_TERMS):
            terms.append((term, SYNONYM_WEIGHT * weight))
        return terms


def _facets(
    snapshot: Snapshot, query: ParsedQuery, found: Numbers, request: SearchRequest
) -> Facets:
    """Return the facets of the hits; those of all documents are kept until the next commit."""
    if not query.blank or query.excluded:
        return _counted(snapshot, found, request)
    filters = (
        *(request.organisation_id, request.kind, request.topic),
        *(request.place, request.rating, request.year),
    )
    kept = snapshot.kept_facets.get(filters)
    if kept is None:
        kept = _counted(snapshot, found, request)
        if len(snapshot.kept_facets) >= MOST_FACETS:
            snapshot.kept_facets = {}
        snapshot.kept_facets[filters] = kept
    return kept


def _counted(snapshot: Snapshot, found: Numbers, request: SearchRequest) -> Facets:
    def counted(codes: Numbers, without: str) -> Numbers:
        counts: Numbers = np.bincount(codes[filtered(snapshot, found, request, without=without)])
        return counts

    def by_value(values: Sequence[Value], codes: Numbers, name: str) -> dict[Value, int]:
        counts = counted(codes, name)
        return {
            values[code]: int(counts[code])
            for code in np.flatnonzero(counts).tolist()
            if values[code]
        }

    years = counted(snapshot.years, "year")
    paths = counted(snapshot.path_of, "organisation")
    known, of_path, places = snapshot.organisations
    within = np.zeros(len(snapshot.paths), np.int64)
    within[: len(paths)] = paths
    organisations = np.bincount(places, within[of_path], len(known)).astype(np.int64)
    some = organisations > 0
    return Facets(
        kinds=by_value(snapshot.kinds, snapshot.kind_of, "kind"),
        years={int(year): int(years[year]) for year in np.flatnonzero(years)},
        organisations=dict(zip(known[some].tolist(), organisations[some].tolist(), strict=True)),
        topics=by_value(snapshot.topics, snapshot.topic_of, "topic"),
        places=by_value(snapshot.places, snapshot.place_of, "place"),
        ratings=by_value(snapshot.ratings, snapshot.rating_of, "rating"),
    )
