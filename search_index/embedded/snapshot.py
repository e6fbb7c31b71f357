"""The index at one commit: all segments as one sequence of documents, for many requests.

Documents are numbered through, segment after segment, deleted ones included; every document number
outside ``segment`` and ``lists`` is one of these. A snapshot never changes, so that one serves all
threads; the next commit makes another.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate, chain
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import han_words, numbers_beginning_with, term_numbers
from search_index.embedded.lists import FIELDS, TEXT, WORDS, Lists
from search_index.embedded.segment import Segment
from search_index.results import Facets
from search_index.vocabulary import Vocabulary

TITLE_WEIGHT = 3
"""Weight of an occurrence in the title; one in the letter or in the reply weighs 1."""

MOST_KEPT = 16_000_000
"""Bytes that are kept beside a snapshot for the next searches."""

MOST_FOUND = 20_000
"""Terms of a field of which it is remembered where their lists are: 10 MB."""

K1 = 0.8
B = 0.9

T = TypeVar("T", bound=Hashable)
Numbers = NDArray[np.int64]

WEIGHTED = np.array([TITLE_WEIGHT * (n >> 4) + (n & 15) for n in range(256)], np.float64)
"""Occurrences by the ``counts`` of a posting, those in the title weighted."""


class Found(NamedTuple):
    """The list of a term in one segment: its place, and where its postings begin and end.

    ``base`` is the number of the first document of the segment.
    """

    lists: Lists
    at: int
    first: int
    last: int
    base: int

    @property
    def numbers(self) -> NDArray[Any]:
        """The numbers of the documents within the segment."""
        return self.lists.numbers[self.first : self.last]

    @property
    def counts(self) -> NDArray[np.uint8]:
        """The occurrences in each of ``numbers``."""
        return self.lists.counts[self.first : self.last]


class Term:
    """A term of a field in the segments that have it; its list is read when it is asked for."""

    def __init__(self, found: list[Found]) -> None:
        self.found = found
        if len(found) == 1:
            self.frequency = found[0].last - found[0].first
        else:
            self.frequency = sum(each.last - each.first for each in found)

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers of the documents with the term, ascending, deleted ones included."""
        numbers = np.empty(self.frequency, np.int64)
        end = 0
        for each in self.found:
            begin, end = end, end + each.last - each.first
            np.add(each.numbers, each.base, out=numbers[begin:end], dtype=np.int64)
        return numbers

    @cached_property
    def counts(self) -> NDArray[np.uint8]:
        """The occurrences in each of ``numbers``: those in the title × 16 + those elsewhere."""
        return _together([each.counts for each in self.found])

    def frequencies(self) -> NDArray[np.float64]:
        """Return the occurrences in each of ``numbers``, those in the title weighted."""
        return WEIGHTED[self.counts]

    def places(self) -> Numbers:
        """Return all occurrences as document × 2¹⁷ + position, ascending."""
        found = []
        for each in self.found:
            first, last = each.lists.place_starts[each.at : each.at + 2].tolist()
            bits = np.unpackbits(each.lists.firsts[first // 8 : last // 8 + 1])
            firsts = bits[first % 8 : first % 8 + last - first]
            numbers = (each.numbers + np.int64(each.base)) << 17
            owners = numbers[np.cumsum(firsts, dtype=np.int64) - 1]
            found.append(owners + each.lists.places[first:last])
        return _together(found)


class KeptNumbers:
    """The documents that hold what was searched lately; all is forgotten where it is too much."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._kept: dict[str, NDArray[Any]] = {}
        self._bytes = 0

    def of(self, needle: str, find: Callable[[], Numbers]) -> Numbers:
        """Return the documents with ``needle``, which ``find`` finds where they are not known.

        The array is not to be changed.
        """
        kept = self._kept.get(needle)
        if kept is None:
            numbers = find()
            self._keep(needle, numbers)
            return numbers
        return np.flatnonzero(np.unpackbits(kept)) if kept.dtype == np.uint8 else kept

    def _keep(self, needle: str, numbers: Numbers) -> None:
        kept: NDArray[Any] = numbers
        if numbers.nbytes > self._count // 8:
            bits = np.zeros(self._count, np.bool_)
            bits[numbers] = True
            kept = np.packbits(bits)
        if self._bytes + kept.nbytes > MOST_KEPT:
            self._kept, self._bytes = {}, 0
        self._bytes += kept.nbytes
        self._kept[needle] = kept


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
        self.kept = KeptNumbers(self.count)
        self.kept_facets: dict[Hashable, Facets] = {}
        self._found: dict[str, dict[str, list[Found]]] = {field: {} for field in FIELDS}

    def terms(self, field: str, names: Sequence[str]) -> dict[str, Term]:
        """Return the terms of a field that occur in the index, by name, in the order asked."""
        known = self._found[field]
        if len(known) > MOST_FOUND:
            known = self._found[field] = {}
        unknown = [name for name in names if name not in known]
        if unknown:
            known.update(self._find(field, unknown))
        return {name: Term(known[name]) for name in names if known[name]}

    def _find(self, field: str, names: Sequence[str]) -> dict[str, list[Found]]:
        asked = term_numbers(names)
        found: dict[str, list[Found]] = {name: [] for name in names}
        for segment, base in zip(self._segments, self._bases, strict=False):
            lists = segment.lists(field)
            for name, at in zip(names, segment.find(field, asked).tolist(), strict=True):
                if at >= 0:
                    first, last = lists.starts[at : at + 2].tolist()
                    found[name].append(Found(lists, at, first, last, base))
        return found

    def frequencies(self, field: str, terms: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the number of documents with each of ``terms``, deleted ones included."""
        total = np.zeros(len(terms), np.int64)
        for segment in self._segments:
            places = segment.find(field, terms)
            has = places >= 0
            starts = segment.lists(field).starts
            total[has] += starts[places[has] + 1].astype(np.int64) - starts[places[has]]
        return total

    def counts(self, terms: Sequence[Term], documents: Numbers) -> NDArray[np.uint8]:
        """Return the counts of each term (a row) in each of some ascending documents (a column)."""
        counts = np.zeros((len(terms), len(documents)), np.uint8)
        bounds = documents.searchsorted(self._bases).tolist()
        of_segment = {
            base: (first, last, (documents[first:last] - base).astype(segment.number_type))
            for segment, base, first, last in zip(
                self._segments, self._bases, bounds, bounds[1:], strict=False
            )
            if first < last
        }
        for row, term in zip(counts, terms, strict=True):
            for found in term.found:
                if found.base not in of_segment:
                    continue
                first, last, local = of_segment[found.base]
                numbers = found.numbers
                at = numbers.searchsorted(local)
                has = numbers.take(at, mode="clip") == local
                np.multiply(found.counts.take(at, mode="clip"), has, out=row[first:last])
        return counts

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
        found = np.zeros(len(names), np.int64)
        has = places >= 0
        found[has] = starts[places[has] + 1].astype(np.int64) - starts[places[has]]
        return found

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
    def newest(self) -> Numbers:
        """The live documents, the newest first."""
        newest: Numbers = self.live_numbers[np.argsort(-self.recency[self.live_numbers])]
        return newest

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
