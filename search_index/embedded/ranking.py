"""Ranking: BM25F over one text field, in which title, text and reply have different weights.

The weights are applied to the term frequencies before saturation (Robertson, Zaragoza, Taylor:
Simple BM25 extension to multiple weighted fields, 2004); ``schema`` writes them at indexing time.
"""

import heapq
import math
from collections.abc import Iterable, Mapping, Sequence

from search_index.embedded.postings import Leaf
from search_index.embedded.schema import TEXT

K1 = 1.2
B = 0.75


def inverse_document_frequencies(
    leaves: Sequence[Leaf], terms: Iterable[str]
) -> dict[str, tuple[float, int]]:
    """Return term → (idf, number of documents) over all segments; unknown terms are left out."""
    total = sum(leaf.columns.count for leaf in leaves)
    found = {}
    for term in terms:
        frequency = sum(leaf.frequency(TEXT, term) for leaf in leaves)
        if frequency:
            idf = math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
            found[term] = idf, frequency
    return found


def average_length(leaves: Sequence[Leaf]) -> float:
    """Return the mean number of terms of a document, at least 1."""
    documents = sum(leaf.columns.count for leaf in leaves)
    return max(1.0, sum(leaf.columns.terms for leaf in leaves) / max(1, documents))


def score(
    leaf: Leaf, weights: Mapping[str, float], average: float, among: set[int] | None = None
) -> dict[int, float]:
    """Return document number → BM25F score for ``weights`` (idf × weight in the query).

    With ``among``, exactly those documents get a score, even 0.0; without it, every document that
    contains a term, deleted ones included.
    """
    lengths = leaf.columns.lengths
    fixed = K1 * (1 - B)
    by_length = K1 * B / average
    scores: dict[int, float] = dict.fromkeys(among, 0.0) if among is not None else {}
    for term, weight in weights.items():
        postings = leaf.postings(term)
        if postings is None:
            continue
        factor = weight * (K1 + 1)
        for number, frequency in zip(postings.numbers, postings.weights, strict=True):
            if among is None or number in scores:
                scores[number] = scores.get(number, 0.0) + factor * frequency / (
                    frequency + fixed + by_length * lengths[number]
                )
    return scores


def best(scored: Iterable[tuple[float, int, int]], count: int) -> list[tuple[float, int, int]]:
    """Return the ``count`` highest (score, day, entry id): equal scores newest first."""
    return heapq.nlargest(count, scored)
