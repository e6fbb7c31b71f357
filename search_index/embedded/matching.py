"""Matching: which documents contain the words and phrases of a query.

Sets of documents are arrays of ascending numbers.
"""

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import MAX_TOKEN, bigrams, is_han, runs
from search_index.embedded.lists import TEXT, idf
from search_index.embedded.snapshot import Numbers, Snapshot
from search_index.engine import SearchRequest
from search_index.query import ParsedQuery

NOTHING: Numbers = np.zeros(0, np.int64)

HELD_LEAST = 0.1
"""Share of the weight of a query that a document must hold to be found without all of it."""

_LEAST_WEIGHT = 0.01
"""Weight of a word that nearly every document contains."""


def matching(snapshot: Snapshot, query: ParsedQuery, *, match_any: bool) -> tuple[Numbers, Numbers]:
    """Return the live documents that match, and those that hold most of the query only.

    The first contain all words and phrases of the query, or any of them with ``match_any``, which
    leaves nothing for the second. The second hold at least ``HELD_LEAST`` of the weight of those
    words that occur at all, where a word weighs its idf; if no document does, any word will do.
    """
    allowed = snapshot.live.copy()
    for needle in query.excluded:
        allowed[holding(snapshot, needle)] = False
    if query.blank:
        return np.flatnonzero(allowed), NOTHING
    groups = query.groups
    if match_any:
        # A single character occurs in nearly every letter.
        groups = tuple(g for g in groups if any(len(needle) > 1 for needle in g)) or groups
    found = [_any_of(snapshot, group, query.years.get(group[0])) for group in groups]
    if len(found) == 1:
        return found[0][allowed[found[0]]], NOTHING
    known = [documents for documents in found if len(documents)]
    held = np.zeros(snapshot.count)
    weights = [max(_LEAST_WEIGHT, idf(snapshot.count, len(documents))) for documents in known]
    for documents, weight in zip(known, weights, strict=True):
        held[documents] += weight
    whole, any_word = sum(weights), (held > 0) & allowed
    if match_any:
        return np.flatnonzero(any_word), NOTHING
    all_words = (held > whole - _LEAST_WEIGHT / 2) & any_word
    complete = np.flatnonzero(all_words) if len(known) == len(found) else NOTHING
    most = (held >= HELD_LEAST * whole) & any_word
    most[complete] = False
    partial = np.flatnonzero(most)
    return complete, partial if len(partial) or len(complete) else np.flatnonzero(any_word)


def _any_of(snapshot: Snapshot, needles: Sequence[str], year: int | None) -> Numbers:
    """Return the documents that contain one of ``needles`` or were answered in ``year``.

    Deleted ones are included.
    """
    found = [holding(snapshot, needle) for needle in needles]
    if year is not None:
        found.append(np.flatnonzero(snapshot.years == year))
    if len(found) == 1:
        return found[0]
    # Long lists are joined over all documents: sorting them takes many times as long.
    has = np.zeros(snapshot.count, np.bool_)
    for documents in found:
        has[documents] = True
    return np.flatnonzero(has)


def holding(snapshot: Snapshot, needle: str) -> Numbers:
    """Return the documents that contain a normalised word or phrase without a gap.

    Deleted documents are included. The array is shared by searches and not to be changed.
    """
    places = term_places(needle)
    if not places:
        return NOTHING
    if len(places) == 1 and not _is_character(places):
        # One list is read as quickly as what is kept.
        terms = snapshot.terms(TEXT, [places[0][1]])
        return terms[places[0][1]].numbers if terms else NOTHING
    return snapshot.kept.of(needle, lambda: _holding(snapshot, places))


def number_holding(snapshot: Snapshot, needle: str) -> int:
    """Return how many documents contain a normalised word or phrase, deleted ones included."""
    places = term_places(needle)
    if len(places) == 1 and not _is_character(places):
        terms = snapshot.terms(TEXT, [places[0][1]])
        return sum(term.frequency for term in terms.values())
    return len(holding(snapshot, needle))


def _is_character(places: list[tuple[int, str]]) -> bool:
    """Return whether a needle is a single Han character, which begins many terms."""
    return len(places) == 1 and len(places[0][1]) == 1 and is_han(places[0][1])


def _holding(snapshot: Snapshot, places: list[tuple[int, str]]) -> Numbers:
    names = list(dict.fromkeys(name for _, name in places))
    if _is_character(places):
        return snapshot.with_character(names[0])
    terms = snapshot.terms(TEXT, names)
    if len(terms) < len(names):
        return NOTHING
    rarest_first = sorted(places, key=lambda place: terms[place[1]].frequency)
    offset, name = rarest_first[0]
    starts = terms[name].places() - offset
    for offset, name in rarest_first[1:]:
        starts = starts[among(terms[name].places(), starts + offset)]
        if not len(starts):
            return NOTHING
    return distinct(starts >> 17)


def among(ascending: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of ``values`` occur in ``ascending``."""
    if not len(ascending):
        return np.zeros(len(values), np.bool_)
    places = np.searchsorted(ascending, values)
    places[places == len(ascending)] = 0
    occurs: NDArray[np.bool_] = ascending[places] == values
    return occurs


def distinct(ascending: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ``ascending`` without repetition."""
    new = np.ones(len(ascending), np.bool_)
    new[1:] = ascending[1:] != ascending[:-1]
    return ascending[new]


def term_places(needle: str) -> list[tuple[int, str]]:
    """Return the (relative position, term) pairs that a document with ``needle`` must have."""
    places: list[tuple[int, str]] = []
    position = 0
    for run, _, han in runs(needle):
        if not han:
            places.append((position, run[:MAX_TOKEN]))
            position += 1
        elif len(run) == 1:
            places.append((position, run))
            position += 1
        else:
            places.extend((position + i, pair) for i, pair in enumerate(bigrams(run)))
            position += len(run)
    return places


def _is_below(topic: object, wanted: object) -> bool:
    """Return whether ``topic`` is a sub-topic of ``wanted``: ``wanted/sub-topic``."""
    return str(topic).startswith(f"{wanted}/")


def filtered(
    snapshot: Snapshot, found: Numbers, request: SearchRequest, *, without: str = ""
) -> Numbers:
    """Return those of ``found`` that match the filters of ``request`` except ``without``."""
    columns = (
        ("kind", request.kind, snapshot.kinds, snapshot.kind_of),
        ("topic", request.topic, snapshot.topics, snapshot.topic_of),
        ("place", request.place, snapshot.places, snapshot.place_of),
        ("rating", request.rating, snapshot.ratings, snapshot.rating_of),
    )
    for name, wanted, values, codes in columns:
        if wanted is not None and without != name:
            fits = np.array(
                [
                    value == wanted or (name == "topic" and _is_below(value, wanted))
                    for value in values
                ],
                np.bool_,
            )
            found = found[fits[codes[found]]]
    if request.organisation_id is not None and without != "organisation":
        paths = np.array([request.organisation_id in path for path in snapshot.paths], np.bool_)
        found = found[paths[snapshot.path_of[found]]]
    if request.year is not None and without != "year":
        year = request.year if MINYEAR <= request.year <= MAXYEAR else 0
        found = found[snapshot.years[found] == year]
    return found
