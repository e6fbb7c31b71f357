"""Similar letters: the specific terms of a text, searched as one ranked query.

All terms of a letter would take seconds in a large archive, so only the most specific are searched:
those of highest weight × idf, until the posting lists to read reach a budget. In a small archive
that is nearly the whole letter, in a large one about two dozen rare terms, and the time stays the
same.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence

from search_index.analysis import bigrams, is_han, normalise
from search_index.embedded.postings import Leaf
from search_index.embedded.ranking import average_length, best, inverse_document_frequencies, score
from search_index.query import STOP_WORDS, weighted_terms, words_of
from search_index.results import SimilarHit

BUDGET = 15_000
"""Postings read for one text; a list costs ``LIST_COST`` more in each segment."""

LIST_COST = 60
MAX_TERMS = 120
EXAMINED = 200
"""Terms whose frequency is looked up in all segments; the largest segment selects them."""

MAX_TEXT = 3_000
"""Characters of the text that are considered."""

TITLE_WEIGHT = 6.0
SHARED_TERMS = 6


def similar(
    leaves: Sequence[Leaf], title: str, text: str, limit: int, exclude: int | None
) -> list[SimilarHit]:
    """Return up to ``limit`` live documents closest to a letter, best first."""
    title, text = normalise(title[:MAX_TEXT]), normalise(text[:MAX_TEXT])
    weights = key_terms(leaves, title, text)
    average = average_length(leaves)
    found: list[tuple[float, int, int]] = []
    where: dict[int, tuple[Leaf, int]] = {}
    for leaf in leaves:
        entry_ids, days = leaf.columns.entry_ids, leaf.columns.days
        scores = score(leaf, weights, average)
        ranked = best(
            ((value, days[n], n) for n, value in scores.items() if _live(leaf, n)), limit + 1
        )
        for value, day, number in ranked:
            where[entry_ids[number]] = leaf, number
            found.append((value, day, entry_ids[number]))
    hits = [hit for hit in best(found, limit + 1) if hit[2] != exclude][:limit]
    words = _shown_words(title + "\n" + text, weights)
    return [SimilarHit(entry, value, _shared(*where[entry], words)) for value, _, entry in hits]


def key_terms(leaves: Sequence[Leaf], title: str, text: str) -> dict[str, float]:
    """Return the most specific terms of a normalised letter with their weights × idf."""
    counts = {term: TITLE_WEIGHT * count for term, count in weighted_terms(title).items()}
    for term, count in weighted_terms(text).items():
        counts[term] = counts.get(term, 0.0) + count
    largest = max(leaves, key=lambda leaf: leaf.columns.count, default=None)
    if largest is None:
        return {}
    estimated = inverse_document_frequencies([largest], counts)
    unseen = max((idf for idf, _ in estimated.values()), default=1.0) if len(leaves) > 1 else 0.0
    specific = {
        term: math.log1p(count) * estimated.get(term, (unseen, 0))[0]
        for term, count in counts.items()
    }
    candidates = sorted(specific, key=lambda term: (-specific[term], term))[:EXAMINED]
    statistics = inverse_document_frequencies(leaves, candidates)
    chosen: dict[str, float] = {}
    budget = BUDGET
    for term in candidates:
        idf, frequency = statistics.get(term, (0.0, BUDGET))
        cost = frequency + LIST_COST * len(leaves)
        if cost <= budget and len(chosen) < MAX_TERMS:
            budget -= cost
            chosen[term] = math.log1p(counts[term]) * idf
    return chosen


def _live(leaf: Leaf, number: int) -> bool:
    return leaf.live is None or number in leaf.live


def _shown_words(text: str, weights: dict[str, float]) -> list[tuple[str, list[str]]]:
    """Return the words that a reader recognises, most specific first, with their terms."""
    shown: dict[str, list[str]] = {}
    for word in words_of(text):
        terms = bigrams(word) if is_han(word) else [word]
        specific = word not in STOP_WORDS and terms and all(term in weights for term in terms)
        if word not in shown and specific:
            shown[word] = terms
    return sorted(shown.items(), key=lambda item: -max(weights[term] for term in item[1]))


def _shared(leaf: Leaf, number: int, words: list[tuple[str, list[str]]]) -> tuple[str, ...]:
    shared: list[str] = []
    for word, terms in words:
        if all(_holds(leaf.numbers(term), number) for term in terms):
            shared.append(word)
            if len(shared) == SHARED_TERMS:
                break
    return tuple(shared)


def _holds(numbers: list[int], number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number
