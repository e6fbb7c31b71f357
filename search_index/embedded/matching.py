"""Matching: which documents of a segment contain the words and phrases of a query."""

from array import array
from datetime import MAXYEAR, MINYEAR, date
from functools import reduce

from search_index.analysis import MAX_TOKEN, bigrams, is_han, runs
from search_index.embedded.postings import Leaf
from search_index.engine import SearchRequest
from search_index.query import ParsedQuery


def matching(leaf: Leaf, query: ParsedQuery, *, match_any: bool) -> set[int]:
    """Return the numbers of the live documents that contain all (or any) words and phrases."""
    if query.blank:
        return leaf.documents()
    needles = query.phrases + query.terms
    if not needles:
        return set()
    if match_any:
        # A single character occurs in nearly every letter.
        needles = tuple(needle for needle in needles if len(needle) > 1) or needles
        found: set[int] = set().union(*(holding(leaf, needle) for needle in needles))
    else:
        # The longest needle is usually the rarest, which leaves few documents for the others.
        ordered = sorted(needles, key=len, reverse=True)
        found = holding(leaf, ordered[0])
        for needle in ordered[1:]:
            found &= holding(leaf, needle)
            if not found:
                break
    return found if leaf.live is None else found & leaf.live


def holding(leaf: Leaf, needle: str) -> set[int]:
    """Return the numbers of documents that contain a normalised word or phrase without a gap."""
    places = term_places(needle)
    if not places:
        return set()
    if len(places) == 1:
        term = places[0][1]
        alone = len(term) == 1 and is_han(term)
        return set(leaf.with_character(term) if alone else leaf.numbers(term))
    lists = sorted((leaf.numbers(term) for _, term in places), key=len)
    candidates = set(lists[0]).intersection(*lists[1:])
    return _adjacent(leaf, places, candidates) if candidates else candidates


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


def _adjacent(leaf: Leaf, places: list[tuple[int, str]], candidates: set[int]) -> set[int]:
    by_term = {term: leaf.positions(term, candidates) for _, term in places}
    nothing: array[int] = array("H")
    found = set()
    for number in candidates:
        starts = (
            {place - offset for place in by_term[term].get(number, nothing)}
            for offset, term in places
        )
        if reduce(set.__and__, starts):
            found.add(number)
    return found


def filtered(leaf: Leaf, found: set[int], request: SearchRequest, *, without: str = "") -> set[int]:
    """Return those of ``found`` that match the filters of ``request`` except ``without``."""
    columns = leaf.columns
    if request.kind is not None and without != "kind":
        found = {n for n in found if columns.kinds[n] == request.kind}
    if request.organisation_id is not None and without != "organisation":
        found = {n for n in found if request.organisation_id in columns.organisations[n]}
    if request.year is not None and without != "year":
        days = columns.days
        first, last = year_bounds(request.year)
        found = {n for n in found if first <= days[n] <= last}
    return found


def year_bounds(year: int) -> tuple[int, int]:
    """Return the ordinals of the first and last day of ``year``, or an empty range."""
    if not MINYEAR <= year <= MAXYEAR:
        return 1, 0
    return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
