"""The index at one commit: all segments as one sequence of documents, for many requests.

Documents are numbered through, segment after segment, deleted ones included; every document number
outside ``segment`` and ``lists`` is one of these. A snapshot never changes, so that one serves all
threads; the next commit makes another.
"""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate, chain
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import han_words, numbers_beginning_with, term_numbers
from search_index.embedded.lists import FIELDS, TEXT, WORDS, Lists
from search_index.embedded.segment import Segment
from search_index.vocabulary import Vocabulary

TITLE_WEIGHT = 3
"""Weight of an occurrence in the title; one in the letter or in the reply weighs 1."""

K1 = 0.8
B = 0.9

T = TypeVar("T", bound=Hashable)
Numbers = NDArray[np.int64]

_WEIGHTED = np.array([TITLE_WEIGHT * (n >> 4) + (n & 15) for n in range(256)], np.float64)


class Term:
    """A term of a field in the segments that have it; its list is read when it is asked for."""

    def __init__(self, found: list[tuple[Lists, int, int]]) -> None:
        self._found = found
        self.frequency = sum(
            int(lists.starts[at + 1]) - int(lists.starts[at]) for lists, at, _ in found
        )

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers of the documents with the term, ascending, deleted ones included."""
        return _together(
            [
                lists.numbers[lists.starts[at] : lists.starts[at + 1]].astype(np.int64) + base
                for lists, at, base in self._found
            ]
        )

    @cached_property
    def counts(self) -> NDArray[np.uint8]:
        """The occurrences in each of ``numbers``: those in the title × 16 + those elsewhere."""
        return _together(
            [lists.counts[lists.starts[at] : lists.starts[at + 1]] for lists, at, _ in self._found]
        )

    def frequencies(self) -> NDArray[np.float64]:
        """Return the occurrences in each of ``numbers``, those in the title weighted."""
        return _WEIGHTED[self.counts]

    def frequencies_at(self, places: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the same for those of ``numbers`` in these places."""
        return _WEIGHTED[self.counts[places]]

    def places(self) -> Numbers:
        """Return all occurrences as document × 2¹⁷ + position, ascending."""
        found = []
        for lists, at, base in self._found:
            first, last = int(lists.place_starts[at]), int(lists.place_starts[at + 1])
            bits = np.unpackbits(lists.firsts[first // 8 : last // 8 + 1])
            firsts = bits[first % 8 : first % 8 + last - first]
            numbers = lists.numbers[lists.starts[at] : lists.starts[at + 1]].astype(np.int64)
            owners = numbers[np.cumsum(firsts, dtype=np.int64) - 1] + base
            found.append((owners << 17) + lists.places[first:last])
        return _together(found)


class Snapshot:
    """All segments of one commit; ``deleted`` are the numbers withdrawn in each.

    ``kinds``, ``topics``, ``places``, ``ratings`` and ``paths`` are the distinct values, ``kind_of``,
    ``topic_of``, ``place_of``, ``rating_of`` and ``path_of`` where each document has its own in them.
    """

    def __init__(self, segments: Sequence[Segment], deleted: Sequence[Iterable[int]]) -> None:
        self._segments = segments
        self._bases = [0, *accumulate(segment.count for segment in segments)]
        self.count = self._bases[-1]
        self.entry_ids = _together([s.entry_ids for s in segments])
        self.revisions = _together([s.revisions for s in segments])
        self.days = _together([s.days for s in segments])
        self.live = np.ones(self.count, np.bool_)
        for base, numbers in zip(self._bases, deleted, strict=False):
            self.live[[base + number for number in numbers]] = False
        self.live_numbers: Numbers = np.flatnonzero(self.live)
        self.kinds, self.kind_of = _coded(chain.from_iterable(s.kinds for s in segments))
        self.topics, self.topic_of = _coded(chain.from_iterable(s.topics for s in segments))
        self.places, self.place_of = _coded(chain.from_iterable(s.places for s in segments))
        self.ratings, self.rating_of = _coded(chain.from_iterable(s.ratings for s in segments))
        self.paths, self.path_of = _coded(chain.from_iterable(s.paths for s in segments))

    def terms(self, field: str, names: Sequence[str]) -> dict[str, Term]:
        """Return the terms of a field that occur in the index, by name, in the order asked."""
        asked = term_numbers(names)
        found: dict[str, list[tuple[Lists, int, int]]] = {}
        for segment, base in zip(self._segments, self._bases, strict=False):
            lists = segment.lists(field)
            places = segment.find(field, asked)
            for at in np.flatnonzero(places >= 0).tolist():
                found.setdefault(names[at], []).append((lists, int(places[at]), base))
        return {name: Term(found[name]) for name in names if name in found}

    def frequencies(self, field: str, terms: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the number of documents with each of ``terms``, deleted ones included."""
        total = np.zeros(len(terms), np.int64)
        for segment in self._segments:
            places = segment.find(field, terms)
            has = places >= 0
            starts = segment.lists(field).starts
            total[has] += starts[places[has] + 1].astype(np.int64) - starts[places[has]]
        return total

    def counts(self, field: str, names: Sequence[str], documents: Numbers) -> NDArray[np.uint8]:
        """Return the counts of each term (a row) in each of some ascending documents (a column)."""
        terms = term_numbers(names)
        found = np.zeros((len(names), len(documents)), np.uint8)
        for segment, base in zip(self._segments, self._bases, strict=False):
            first, last = np.searchsorted(documents, [base, base + segment.count])
            if first == last:
                continue
            lists = segment.lists(field)
            local = (documents[first:last] - base).astype(lists.numbers.dtype)
            places = segment.find(field, terms)
            for row in np.flatnonzero(places >= 0):
                begin, end = lists.starts[places[row]], lists.starts[places[row] + 1]
                numbers = lists.numbers[begin:end]
                at = numbers.searchsorted(local)
                at[at == len(numbers)] = 0
                has = numbers[at] == local
                found[row, first:last][has] = lists.counts[begin:end][at[has]]
        return found

    def with_character(self, character: str) -> Numbers:
        """Return the documents with a Han character, deleted ones included.

        Each occurrence begins a pair or is a term by itself, and the lists of these terms follow
        each other.
        """
        has = np.zeros(self.count, np.bool_)
        bounds = np.array(numbers_beginning_with(character), np.uint64)
        for segment, base in zip(self._segments, self._bases, strict=False):
            lists = segment.lists(TEXT)
            first, last = lists.starts[np.searchsorted(lists.terms, bounds)]
            has[base : base + segment.count][lists.numbers[first:last]] = True
        return np.flatnonzero(has)

    def estimated_frequencies(self, field: str, names: Sequence[str]) -> NDArray[np.int64]:
        """Return for each name the number of documents with it in the largest segment."""
        largest = max(self._segments, key=lambda segment: segment.count)
        starts = largest.lists(field).starts
        places = largest.find(field, term_numbers(names))
        found = np.diff(starts)[places] if len(starts) > 1 else np.zeros(len(names), np.int64)
        return np.where(places >= 0, found, 0)

    def largest(self) -> int:
        """Return the number of documents of the largest segment, 0 without one."""
        return max((segment.count for segment in self._segments), default=0)

    def verify(self) -> None:
        """Read all posting lists; raise where the files are damaged."""
        for segment in self._segments:
            segment.verify()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of two to four Han characters in the index, and how many documents have each.

        Deleted documents are included.
        """
        lists = [segment.lists(WORDS) for segment in self._segments]
        terms, places = np.unique(_together([each.terms for each in lists]), return_inverse=True)
        sizes = _together([np.diff(each.starts.astype(np.int64)) for each in lists])
        counts = np.bincount(places, sizes, len(terms)).astype(np.int64)
        return Vocabulary(
            {
                length: (codes, counts[at])
                for length, (at, codes) in han_words(terms.astype(np.uint64)).items()
            }
        )

    @cached_property
    def years(self) -> NDArray[np.int64]:
        """The year of the answer of each document."""
        days, places = np.unique(self.days, return_inverse=True)
        years = np.array([date.fromordinal(day).year for day in days.tolist()], np.int64)
        return years[places]

    @cached_property
    def recency(self) -> NDArray[np.int64]:
        """The place of each document by day and entry id, the oldest at 0."""
        order = np.lexsort((self.entry_ids, self.days))
        places = np.empty(self.count, np.int64)
        places[order] = np.arange(self.count)
        return places

    @cached_property
    def organisations(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The distinct organisations, and pairs of (place of a path, place of an organisation)."""
        pairs = [(n, each) for n, path in enumerate(self.paths) for each in set(path)]
        of_path = np.array([n for n, _ in pairs], np.int64)
        known, places = np.unique(
            np.array([each for _, each in pairs], np.int64), return_inverse=True
        )
        return known, of_path, places

    @cached_property
    def saturation(self) -> dict[str, NDArray[np.float64]]:
        """By field, what BM25 adds to the frequency in a document: k1 × (1 - b + b × length)."""
        return {field: _saturation(self.lengths(field)) for field in FIELDS}

    @cached_property
    def norms(self) -> NDArray[np.float64]:
        """The lengths of the word vectors of each document: of the whole, and of its title."""
        return _together([s.lists(WORDS).norms.reshape(-1, 2) for s in self._segments])

    def lengths(self, field: str) -> NDArray[np.int64]:
        """Return the number of occurrences in each document."""
        return _together([s.lists(field).lengths.astype(np.int64) for s in self._segments])


def _saturation(lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    average = max(1.0, float(lengths.mean())) if len(lengths) else 1.0
    added: NDArray[np.float64] = (K1 * (1 - B) + K1 * B / average * lengths).astype(np.float64)
    return added


def _together(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate(arrays) if arrays else np.zeros(0, np.int64)


def _coded(values: Iterable[T]) -> tuple[list[T], NDArray[np.int64]]:
    places: dict[T, int] = {}
    codes = [places.setdefault(value, len(places)) for value in values]
    return list(places), np.array(codes, np.int64)
