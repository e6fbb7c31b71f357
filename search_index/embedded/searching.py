"""One search over the open segments: match, filter, count, order, cut a page."""

from collections import Counter
from collections.abc import Sequence

from search_index.embedded.matching import filtered, matching
from search_index.embedded.postings import Leaf
from search_index.embedded.ranking import average_length, best, inverse_document_frequencies, score
from search_index.engine import SearchRequest
from search_index.query import ParsedQuery, weighted_terms
from search_index.results import Facets, Hit, SearchPage

MAX_PER_PAGE = 200
RANKING_TERMS = 40
"""Terms that take part in ranking, the most specific ones of a long query."""


def search(leaves: Sequence[Leaf], query: ParsedQuery, request: SearchRequest) -> SearchPage:
    """Return the page that ``request`` asks for; ``query`` is its text, parsed."""
    page, per_page = max(1, request.page), min(MAX_PER_PAGE, max(1, request.per_page))
    found = [matching(leaf, query, match_any=request.match == "any") for leaf in leaves]
    chosen = [filtered(leaf, docs, request) for leaf, docs in zip(leaves, found, strict=True)]
    total = sum(map(len, chosen))
    hits: list[Hit] = []
    if (page - 1) * per_page < total:
        ordered = _ordered(leaves, chosen, query, request, page * per_page)
        hits = [Hit(entry, value) for value, _, entry in ordered[(page - 1) * per_page :]]
    return SearchPage(
        total=total,
        hits=hits,
        facets=_facets(leaves, found, request),
        understood=query.understood,
        page=page,
        pages=-(-total // per_page),
        truncated=query.truncated,
    )


def _ordered(
    leaves: Sequence[Leaf],
    chosen: list[set[int]],
    query: ParsedQuery,
    request: SearchRequest,
    count: int,
) -> list[tuple[float, int, int]]:
    by_date = request.sort == "date" or query.blank
    weights = {} if by_date else _ranking_weights(leaves, query)
    average = average_length(leaves)
    candidates: list[tuple[float, int, int]] = []
    for leaf, documents in zip(leaves, chosen, strict=True):
        days, entry_ids = leaf.columns.days, leaf.columns.entry_ids
        scores = score(leaf, weights, average, documents)
        candidates += best(((v, days[n], entry_ids[n]) for n, v in scores.items()), count)
    return best(candidates, count)


def _ranking_weights(leaves: Sequence[Leaf], query: ParsedQuery) -> dict[str, float]:
    counts = weighted_terms(query.text)
    statistics = inverse_document_frequencies(leaves, counts)
    weights = {term: counts[term] * idf for term, (idf, _) in statistics.items()}
    specific = sorted(weights, key=lambda term: (-weights[term], term))[:RANKING_TERMS]
    return {term: weights[term] for term in specific}


def _facets(leaves: Sequence[Leaf], found: list[set[int]], request: SearchRequest) -> Facets:
    kinds: Counter[str] = Counter()
    days: Counter[int] = Counter()
    paths: Counter[tuple[int, ...]] = Counter()
    for leaf, documents in zip(leaves, found, strict=True):
        columns = leaf.columns
        kinds.update(
            map(columns.kinds.__getitem__, filtered(leaf, documents, request, without="kind"))
        )
        days.update(
            map(columns.years.__getitem__, filtered(leaf, documents, request, without="year"))
        )
        within = filtered(leaf, documents, request, without="organisation")
        paths.update(map(columns.organisations.__getitem__, within))
    organisations: Counter[int] = Counter()
    for path, count in paths.items():
        for organisation in set(path):
            organisations[organisation] += count
    return Facets(dict(kinds), dict(days), dict(organisations))
