"""Ranking: the sum of two BM25, over the characters in pairs and over the words.

Each is BM25F with title, letter and reply weighted before saturation (Robertson, Zaragoza, Taylor:
Simple BM25 extension to multiple weighted fields, 2004). Pairs find what the dictionary cuts
otherwise, words know which characters belong together; the sum is better than either.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from search_index.embedded.lists import idf
from search_index.embedded.snapshot import K1, WEIGHTED, Numbers, Snapshot, Term

RARITY = 1.4
"""Power of the idf in the weight of a term: rare terms count more than in plain BM25."""

WHOLE_LISTS = 8
"""A list is read as a whole where it is up to this many times as long as the documents scored."""

Weighted = tuple[Term, float]


def weighted(
    snapshot: Snapshot, field: str, counts: Mapping[str, float], most: int
) -> list[Weighted]:
    """Return the ``most`` telling terms of a query with their weights: idf ^ ``RARITY`` × weight in the query."""
    terms = snapshot.terms(field, list(counts))
    weights = {
        name: counts[name] * float(idf(snapshot.count, term.frequency)) ** RARITY
        for name, term in terms.items()
    }
    specific = sorted(weights, key=lambda name: (-weights[name], name))[:most]
    return [(terms[name], weights[name]) for name in specific]


def scores(
    snapshot: Snapshot, queries: Mapping[str, list[Weighted]], documents: Numbers
) -> NDArray[np.float64]:
    """Return the score of each of ``documents``, the sum over the fields of ``queries``."""
    total = np.zeros(len(documents))
    for field, terms in queries.items():
        total += field_scores(snapshot, field, terms, documents)
    return total


def field_scores(
    snapshot: Snapshot, field: str, terms: list[Weighted], documents: Numbers
) -> NDArray[np.float64]:
    """Return the BM25F score of each of ``documents`` for the terms of one field."""
    added = snapshot.saturation[field]
    total = np.zeros(len(documents))
    long = [(t, w) for t, w in terms if t.frequency > WHOLE_LISTS * len(documents)]
    if long and len(documents):
        frequencies = WEIGHTED[snapshot.counts([term for term, _ in long], documents)]
        factors = np.array([weight * (K1 + 1) for _, weight in long])[:, None]
        total += (factors * frequencies / (frequencies + added[documents])).sum(axis=0)
    if len(long) < len(terms):
        many = np.zeros(snapshot.count)
        for term, weight in terms:
            if term.frequency <= WHOLE_LISTS * len(documents):
                of_term = term.frequencies()
                many[term.numbers] += weight * (K1 + 1) * of_term / (of_term + added[term.numbers])
        total += many[documents]
    return total


def gains(
    snapshot: Snapshot, known: Mapping[int, float], documents: Numbers, weight: float
) -> NDArray[np.float64]:
    """Return what each of ``documents`` gains by its meaning: ``weight`` × how much closer it is than the farthest.

    ``known`` has the nearness by entry id; an entry that is missing gains as much as the others do on average.
    """
    if not known:
        return np.zeros(len(documents))
    average = sum(known.values()) / len(known)
    entries = snapshot.entry_ids[documents].tolist()
    values = np.array([known.get(entry, average) for entry in entries])
    gained: NDArray[np.float64] = weight * (values - values.min())
    return gained


def best(
    snapshot: Snapshot, values: NDArray[np.float64], documents: Numbers, count: int
) -> NDArray[np.int64]:
    """Return the places of the ``count`` highest ``values``; equal ones newest first."""
    recency = snapshot.recency[documents]
    if count < len(values):
        least = np.partition(values, len(values) - count)[len(values) - count]
        above = np.flatnonzero(values > least)
        level = np.flatnonzero(values == least)
        rest = count - len(above)
        if rest < len(level):
            level = level[np.argpartition(recency[level], len(level) - rest)[len(level) - rest :]]
        chosen = np.concatenate([above, level])
    else:
        chosen = np.arange(len(values))
    order = np.lexsort((-recency[chosen], -values[chosen]))
    places: NDArray[np.int64] = chosen[order]
    return places
