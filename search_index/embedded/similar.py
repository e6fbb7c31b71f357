"""Similar letters: the specific terms of a text, searched as one ranked query.

All terms of a letter would take seconds in a large archive, so only the most specific are searched:
those of highest weight × idf, until the posting lists to read reach a budget. In a small archive
that is nearly the whole letter, in a large one about two dozen rare terms, and the time stays the
same.

The ``CANDIDATES`` closest of these are ordered again by the sum of three: the cosine of the vectors
of words, which compares the whole letters; the cosine of the titles, which say what a letter is
about; and the first score as a share of the highest.
"""

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import bigrams, dictionary_words, is_han, normalise
from search_index.embedded.lists import OCCURRENCES, TEXT, TITLE_OCCURRENCES, WORDS, idf
from search_index.embedded.ranking import Weighted, best, field_scores, gains
from search_index.embedded.snapshot import Numbers, Snapshot, Term
from search_index.engine import Nearness
from search_index.query import STOP_WORDS, ranking_terms, words_of
from search_index.results import SimilarHit

BUDGET = 15_000
"""Postings read for one text; a list costs ``LIST_COST`` more."""

LIST_COST = 60
MAX_TERMS = 120
EXAMINED = 200
"""Terms whose frequency is looked up in all segments; the largest segment selects them."""

CANDIDATES = 50
"""Entries ordered again; a longer list is asked for where nothing is shown of it."""

FIRST_WEIGHT = 0.6
TITLES_WEIGHT = 0.5
MEANING_WEIGHT = 5.0
"""Weight of a difference in meaning, where it is known."""

MAX_TEXT = 3_000
"""Characters of the text that are considered."""

TITLE_WEIGHT = 6.0
SHARED_TERMS = 12


def similar(
    snapshot: Snapshot,
    title: str,
    text: str,
    limit: int,
    exclude: int | None,
    nearness: Nearness | None = None,
) -> list[SimilarHit]:
    """Return up to ``limit`` live documents closest to a letter, best first."""
    title, text = normalise(title[:MAX_TEXT]), normalise(text[:MAX_TEXT])
    chosen = key_terms(snapshot, title, text)
    found = np.zeros(snapshot.count, np.bool_)
    for term, _ in chosen.values():
        found[term.numbers] = True
    found &= snapshot.live
    found[snapshot.entry_ids == (exclude or 0)] = False
    documents = np.flatnonzero(found)
    values = field_scores(snapshot, TEXT, list(chosen.values()), documents)
    places = best(snapshot, values, documents, max(limit, CANDIDATES))
    documents, values = documents[places], values[places]
    cosines = np.zeros(len(documents))
    known: Mapping[int, float] = {}
    if len(documents):
        cosines = _cosines(snapshot, title, text, documents)
        values = FIRST_WEIGHT * values / values[0] + cosines
        if nearness is not None:
            known = nearness(snapshot.entry_ids[documents].tolist())
            values += gains(snapshot, known, documents, MEANING_WEIGHT)
    places = best(snapshot, values, documents, limit)
    shared_words = _shared(snapshot, _shown_words(title + "\n" + text, chosen), documents[places])
    entry_ids = snapshot.entry_ids[documents].tolist()
    highest = 1 + (TITLES_WEIGHT if dictionary_words(title) else 0)
    return [
        SimilarHit(
            entry_ids[place],
            float(values[place]),
            shared,
            float(cosines[place]) / highest,
            known.get(entry_ids[place]),
        )
        for place, shared in zip(places.tolist(), shared_words, strict=True)
    ]


def _cosines(snapshot: Snapshot, title: str, text: str, documents: Numbers) -> NDArray[np.float64]:
    """Return the cosine of each document's words with a letter's, and of the titles, weighted."""
    titles, whole = Counter(dictionary_words(title)), Counter(dictionary_words(title + "\n" + text))
    names = list(whole)
    found = snapshot.terms(WORDS, names)
    terms = [found.get(name, Term([])) for name in names]
    idfs = idf(snapshot.count, np.array([term.frequency for term in terms]))
    order = np.argsort(documents)
    counts = np.empty((len(names), len(documents)), np.uint8)
    counts[:, order] = snapshot.counts(terms, documents[order])
    close = np.zeros(len(documents))
    for weight, asked, weights, norms in (
        (1.0, whole, OCCURRENCES, snapshot.norms[documents, 0]),
        (TITLES_WEIGHT, titles, TITLE_OCCURRENCES, snapshot.norms[documents, 1]),
    ):
        vector = np.array([1 + math.log(asked[n]) if n in asked else 0.0 for n in names]) * idfs
        products = (vector * idfs) @ weights[counts]
        lengths = float(np.sqrt(vector @ vector)) * norms
        close += weight * np.divide(
            products, lengths, out=np.zeros_like(products), where=lengths > 0
        )
    return close


def key_terms(snapshot: Snapshot, title: str, text: str) -> dict[str, Weighted]:
    """Return the most specific terms of a normalised letter with their weights × idf."""
    counts = {term: TITLE_WEIGHT * count for term, count in ranking_terms(title).items()}
    for term, count in ranking_terms(text).items():
        counts[term] = counts.get(term, 0.0) + count
    if not counts or not snapshot.count:
        return {}
    names = sorted(counts)
    frequencies = snapshot.estimated_frequencies(TEXT, names)
    largest = snapshot.largest()
    idfs = np.log(1 + (largest - frequencies + 0.5) / (frequencies + 0.5))
    if largest == snapshot.count:
        idfs[frequencies == 0] = 0
    specific = np.log1p([counts[name] for name in names]) * idfs
    candidates = [names[at] for at in np.argsort(-specific, kind="stable")[:EXAMINED]]
    chosen: dict[str, Weighted] = {}
    budget = BUDGET
    for name, found in snapshot.terms(TEXT, candidates).items():
        cost = found.frequency + LIST_COST
        if cost <= budget and len(chosen) < MAX_TERMS:
            budget -= cost
            chosen[name] = (
                found,
                math.log1p(counts[name]) * float(idf(snapshot.count, found.frequency)),
            )
    return chosen


def _shown_words(text: str, chosen: Mapping[str, Weighted]) -> list[tuple[str, list[Term]]]:
    """Return the words that a reader recognises, most specific first, with their terms."""
    shown: dict[str, tuple[float, list[Term]]] = {}
    for word in words_of(text):
        names = bigrams(word) if is_han(word) else [word]
        specific = word not in STOP_WORDS and names and all(name in chosen for name in names)
        if word not in shown and specific:
            weight = max(chosen[name][1] for name in names)
            shown[word] = weight, [chosen[name][0] for name in names]
    ordered = sorted(shown.items(), key=lambda item: -item[1][0])
    return [(word, terms) for word, (_, terms) in ordered]


def _shared(
    snapshot: Snapshot, words: list[tuple[str, list[Term]]], documents: Numbers
) -> list[tuple[str, ...]]:
    """Return for each of ``documents`` the first ``SHARED_TERMS`` of ``words`` whose terms it all holds."""
    if not words or not len(documents):
        return [()] * len(documents)
    order = np.argsort(documents)
    counts = snapshot.counts([term for _, terms in words for term in terms], documents[order])
    firsts = np.cumsum([0, *(len(terms) for _, terms in words[:-1])])
    held = np.empty((len(words), len(documents)), np.bool_)
    held[:, order] = np.logical_and.reduceat(counts > 0, firsts)
    return [
        tuple(words[place][0] for place in np.flatnonzero(column)[:SHARED_TERMS].tolist())
        for column in held.T
    ]
