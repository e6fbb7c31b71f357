"""Posting lists as plain arrays: in memory, put together, and in the two files of a segment.

``.trm``  a line of JSON that says how long the arrays are, the arrays by which a list is found
          (terms, starts, lengths), and a checksum of all of it
``.pst``  the postings and positions of all lists, which are mapped and used as they are

A list is a slice of these arrays, so that reading one decodes nothing and the cache of the system
is the only one. Whoosh keeps what belongs to each document (columns) and says which segments count.
"""

import dataclasses
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

TEXT = "text"
WORDS = "words"
FIELDS = (TEXT, WORDS)

_SLICE = 1 << 20
_NONE: NDArray[Any] = np.zeros(0, np.int64)


_COUNTS = [(n >> 4, n & 15) for n in range(256)]
OCCURRENCES = np.array([1 + math.log(t + e) if t + e else 0 for t, e in _COUNTS])
"""Weight of a word in the vector of a document, by its ``counts``."""

TITLE_OCCURRENCES = np.array([1 + math.log(t) if t else 0 for t, _ in _COUNTS])
"""The same of a title."""


def idf(documents: int, frequencies: Any) -> Any:
    """Return the inverse document frequency of BM25, above 0; of a number or an array."""
    return np.log(1 + (documents - frequencies + 0.5) / (frequencies + 0.5))


@dataclass(frozen=True, slots=True)
class Lists:
    """The posting lists of one field, by ascending term.

    ``terms``
        the numbers of the terms
    ``starts``
        where the postings of each term begin, one element more than terms
    ``numbers``, ``counts``
        document and occurrences of each posting; documents ascend in each list. ``counts`` has the
        occurrences in the title × 16 + those elsewhere
    ``place_starts``, ``places``, ``firsts``
        where the positions of each term begin, all positions, and which are the first of a posting;
        empty in fields without positions
    ``lengths``
        the number of occurrences in each document
    ``norms``
        of words, the lengths of the vectors of each document and of its title, one behind the other
    """

    terms: NDArray[Any]
    starts: NDArray[Any]
    numbers: NDArray[Any]
    counts: NDArray[Any]
    place_starts: NDArray[Any]
    places: NDArray[Any]
    firsts: NDArray[Any]
    lengths: NDArray[Any]
    norms: NDArray[Any] = dataclasses.field(default_factory=lambda: _NONE)

    def kept(self, documents: NDArray[np.int64], first: int) -> "Lists":
        """Return the lists of ``documents`` alone, which are numbered from ``first`` on."""
        renumbered = np.full(len(self.lengths), -1, np.int64)
        renumbered[documents] = np.arange(first, first + len(documents))
        numbers = renumbered[self.numbers]
        stays = numbers >= 0
        count = len(self.terms)
        sizes = np.bincount(_owners(self.starts)[stays], minlength=count)
        lasting = sizes > 0
        place_starts, places, firsts = self.place_starts, self.places, self.firsts
        if len(places):
            stay = stays[np.cumsum(firsts) - 1]
            spans = np.bincount(_owners(place_starts)[stay], minlength=count)
            place_starts, places, firsts = starts_of(spans[lasting]), places[stay], firsts[stay]
        return Lists(
            terms=self.terms[lasting],
            starts=starts_of(sizes[lasting]),
            numbers=numbers[stays].astype(np.uint32),
            counts=self.counts[stays],
            place_starts=place_starts,
            places=places,
            firsts=firsts,
            lengths=self.lengths[documents],
        )


def _owners(starts: NDArray[Any]) -> NDArray[np.int64]:
    """Return for each element of the lists the place of its list."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(starts))


def with_norms(words: Lists, others: NDArray[np.int64], count: int) -> Lists:
    """Return the lists of words with the norms of the vectors of their documents.

    ``others`` are the numbers of documents with each term in the rest of the index, which has
    ``count`` documents. The norms are those of the time of writing: a growing archive changes the
    weights of words slowly, and where the change matters the segment is soon merged.
    """
    sizes = np.diff(words.starts).astype(np.int64)
    weights = idf(count + len(words.lengths), sizes + others)
    norms = np.zeros((len(words.lengths), 2))
    for first, last in _slices(sizes):
        postings = slice(int(words.starts[first]), int(words.starts[last]))
        squares = np.repeat(weights[first:last], sizes[first:last]) ** 2
        for column, counted in enumerate((OCCURRENCES, TITLE_OCCURRENCES)):
            norms[:, column] += np.bincount(
                words.numbers[postings],
                squares * counted[words.counts[postings]] ** 2,
                len(words.lengths),
            )
    return replace(words, norms=np.sqrt(norms).ravel())


def _slices(sizes: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield ranges of lists of these sizes, about a million elements at a time."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    cuts = np.searchsorted(ends, np.arange(0, total + _SLICE, _SLICE))
    yield from pairwise(np.unique(np.append(cuts, len(sizes))).tolist())


def starts_of(sizes: NDArray[Any]) -> NDArray[np.int64]:
    """Return where parts of these sizes begin, and the end of the last."""
    starts = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def spread(begins: NDArray[Any], sizes: NDArray[Any]) -> NDArray[np.int64]:
    """Return the places of slices that begin at ``begins`` and have ``sizes`` elements."""
    starts = starts_of(sizes)
    places: NDArray[np.int64] = np.arange(starts[-1]) + np.repeat(begins - starts[:-1], sizes)
    return places


def joined(runs: Sequence[Lists]) -> Lists:
    """Return the lists of one run or more, whose documents follow each other."""
    if len(runs) == 1:
        return runs[0]
    terms = np.concatenate([run.terms for run in runs])
    order = np.argsort(terms, kind="stable")
    terms = terms[order]
    new = np.ones(len(terms), np.bool_)
    new[1:] = terms[1:] != terms[:-1]
    firsts = np.flatnonzero(new)
    ends = np.append(firsts, len(terms))
    starts = [run.starts for run in runs]
    place_starts = [run.place_starts for run in runs]
    return Lists(
        terms=terms[firsts],
        starts=_merged_starts(starts, order)[ends],
        numbers=_merged([run.numbers for run in runs], starts, order),
        counts=_merged([run.counts for run in runs], starts, order),
        place_starts=_merged_starts(place_starts, order)[ends] if len(place_starts[0]) else _NONE,
        places=_merged([run.places for run in runs], place_starts, order),
        firsts=_merged([run.firsts for run in runs], place_starts, order),
        lengths=np.concatenate([run.lengths for run in runs]),
    )


def _merged_starts(starts: list[NDArray[Any]], order: NDArray[np.int64]) -> NDArray[np.int64]:
    return starts_of(np.concatenate([np.diff(each) for each in starts])[order])


def _merged(
    arrays: list[NDArray[Any]], starts: list[NDArray[Any]], order: NDArray[np.int64]
) -> NDArray[Any]:
    """Return the slices of ``arrays`` in ``order``, gathered a million elements at a time."""
    whole = np.concatenate(arrays)
    if not len(whole):
        return whole
    bases = starts_of(np.array([len(array) for array in arrays]))
    begins = np.concatenate([s[:-1] + b for s, b in zip(starts, bases[:-1], strict=True)])[order]
    sizes = np.concatenate([np.diff(each) for each in starts])[order].astype(np.int64)
    merged = np.empty_like(whole)
    done = 0
    for first, last in _slices(sizes):
        at = spread(begins[first:last], sizes[first:last])
        merged[done : done + len(at)] = whole[at]
        done += len(at)
    return merged


_FOUND_BY = {
    "terms": "<u8",
    "starts": "<u4",
    "place_starts": "<u4",
    "lengths": "<u4",
    "norms": "<f4",
}
_HELD = {"numbers": "<u4", "counts": "u1", "places": "<u2", "firsts": "u1"}
_ALIGNED = 8


def encoded(lists: dict[str, Lists], documents: int) -> tuple[bytes, list[bytes]]:
    """Return the content of the file of terms, and of the file of postings in pieces."""
    sizes: dict[str, dict[str, list[Any]]] = {}
    head: list[bytes] = []
    body: list[bytes] = []
    numbers = "<u2" if documents <= 1 << 16 else "<u4"
    for field, each in lists.items():
        sizes[field] = {}
        for name, kind in (_FOUND_BY | _HELD | {"numbers": numbers}).items():
            array = getattr(each, name)
            if name == "firsts":
                array = np.packbits(array)
            data = array.astype(kind).tobytes()
            sizes[field][name] = [kind, len(array)]
            (head if name in _FOUND_BY else body).append(data + bytes(-len(data) % _ALIGNED))
    checksum = 0
    for piece in body:
        checksum = crc32(piece, checksum)
    said = {
        "documents": documents,
        "arrays": sizes,
        "postings": [sum(map(len, body)), checksum],
    }
    line = json.dumps(said).encode() + b"\n"
    found_by = line + bytes(-len(line) % _ALIGNED) + b"".join(head)
    return found_by + crc32(found_by).to_bytes(8, "little"), body


class ListFiles:
    """The posting lists of one segment, read where they lie.

    ``terms`` and ``postings`` are the contents of the two files. Raises ``ValueError`` where they
    do not fit; the postings themselves are read by ``verify`` alone.
    """

    def __init__(self, terms: memoryview, postings: memoryview) -> None:
        if crc32(terms[:-8]) != int.from_bytes(terms[-8:], "little"):
            raise ValueError("the file of terms does not fit its checksum")
        size = bytes(terms[: 1 << 16]).index(b"\n") + 1
        said = json.loads(bytes(terms[:size]))
        self.documents: int = said["documents"]
        self.fields: dict[str, Lists] = {}
        self._postings = postings
        self._size, self._checksum = said["postings"]
        if len(postings) < self._size:
            raise ValueError("the file of postings is shorter than it says")
        at = {True: size + -size % _ALIGNED, False: 0}
        for field, arrays in said["arrays"].items():
            found: dict[str, NDArray[Any]] = {}
            for name, (kind, count) in arrays.items():
                here = name in _FOUND_BY
                source = terms if here else postings
                found[name] = np.frombuffer(source, kind, count, at[here])
                size = found[name].nbytes
                at[here] += size + -size % _ALIGNED
            self.fields[field] = Lists(**found)

    def verify(self) -> None:
        """Raise ``ValueError`` where the postings do not fit their checksum."""
        if crc32(self._postings[: self._size]) != self._checksum:
            raise ValueError("the file of postings does not fit its checksum")

    def unpacked(self) -> dict[str, Lists]:
        """Return the lists with ``firsts`` as truth values, one for each position."""
        return {
            field: replace(
                lists, firsts=np.unpackbits(lists.firsts, count=len(lists.places)).view(np.bool_)
            )
            for field, lists in self.fields.items()
        }
