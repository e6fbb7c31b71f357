"""Inverting documents: from the terms of each document to the documents of each term.

Documents arrive with ascending numbers. Some hundred at a time are inverted by one stable sort; at
the end the lists of these runs are put behind each other, term by term, which needs no sorting of
postings. The number of documents in a segment bounds the memory.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import (
    dictionary_words,
    normalise,
    occurrences,
    term_numbers,
)
from search_index.embedded.lists import FIELDS, TEXT, WORDS, Lists, joined

GAP = 8
"""Positions left free between title, text and reply, so that no phrase spans two of them."""

LAST_POSITION = 65_535
"""Positions are 16 bits wide; beyond this character words are found and phrases are not."""

MOST_COUNTED = 15
"""Occurrences of a term counted in a title, and in the rest of a document."""

RUN_CHARACTERS = 500_000
"""Characters inverted in one go: some fifty megabytes of memory."""

Parts = tuple[str, str, str]
_NONE: NDArray[Any] = np.zeros(0, np.uint8)


class Inverter:
    """The posting lists of a segment while it is written."""

    def __init__(self) -> None:
        self._waiting: list[Parts] = []
        self._characters = 0
        self._documents = 0
        self._runs: dict[str, list[Lists]] = {field: [] for field in FIELDS}

    def add(self, title: str, text: str, reply: str) -> None:
        """Add the next document."""
        parts = normalise(title), normalise(text), normalise(reply)
        self._waiting.append(parts)
        self._characters += sum(map(len, parts))
        if self._characters >= RUN_CHARACTERS:
            self._invert()

    def add_lists(self, lists: dict[str, Lists], kept: NDArray[np.int64]) -> None:
        """Add the documents ``kept`` of another segment, which are numbered in this order."""
        self._invert()
        for field, run in lists.items():
            self._runs[field].append(run.kept(kept, self._documents))
        self._documents += len(kept)

    def finish(self) -> dict[str, Lists]:
        """Return the lists of all documents, by field; the inverter is of no use afterwards."""
        self._invert()
        return {field: joined(self._runs.pop(field)) for field in FIELDS}

    def _invert(self) -> None:
        if not self._waiting:
            return
        first, parts = self._documents, list(chain.from_iterable(self._waiting))
        self._documents += len(self._waiting)
        self._waiting, self._characters = [], 0
        self._runs[TEXT].append(_inverted_text(parts, first))
        self._runs[WORDS].append(_inverted_words(parts, first))


def _inverted_text(parts: Sequence[str], first: int) -> Lists:
    found = occurrences(parts)
    ends = found.lengths + GAP
    ends[2::3] = 0
    begins = np.zeros_like(ends)
    begins[1::3] = ends[::3]
    begins[2::3] = ends[::3] + ends[1::3]
    positions = np.minimum(found.positions + begins[found.texts], LAST_POSITION)
    lengths = np.bincount(found.texts // 3, minlength=len(parts) // 3)
    order = np.argsort(found.terms, kind="stable")
    return _inverted(
        found.terms[order], found.texts[order], first, lengths, positions[order].astype(np.uint16)
    )


def _inverted_words(parts: Sequence[str], first: int) -> Lists:
    found = [dictionary_words(part) for part in parts]
    sizes = np.fromiter(map(len, found), np.int64, len(found))
    terms = term_numbers(list(chain.from_iterable(found)))
    texts = np.repeat(np.arange(len(found)), sizes)
    order = np.argsort(terms, kind="stable")
    return _inverted(terms[order], texts[order], first, sizes.reshape(-1, 3).sum(axis=1))


def _inverted(
    terms: NDArray[np.uint64],
    texts: NDArray[np.int64],
    first: int,
    lengths: NDArray[np.int64],
    positions: NDArray[np.uint16] | None = None,
) -> Lists:
    """Return the lists of sorted occurrences; ``texts`` are documents × 3 + part."""
    numbers = texts // 3
    begins = np.ones(len(terms), np.bool_)
    begins[1:] = (terms[1:] != terms[:-1]) | (numbers[1:] != numbers[:-1])
    at = np.flatnonzero(begins)
    in_title = np.add.reduceat(texts % 3 == 0, at, dtype=np.int64) if len(at) else at
    elsewhere = np.diff(at, append=len(terms)) - in_title
    counts = (np.minimum(in_title, MOST_COUNTED) << 4) | np.minimum(elsewhere, MOST_COUNTED)
    of_posting = terms[at]
    term_begins = np.ones(len(at), np.bool_)
    term_begins[1:] = of_posting[1:] != of_posting[:-1]
    lists = np.flatnonzero(term_begins)
    return Lists(
        terms=of_posting[lists],
        starts=np.append(lists, len(at)),
        numbers=(numbers[at] + first).astype(np.uint32),
        counts=counts.astype(np.uint8),
        place_starts=_NONE if positions is None else np.append(at[lists], len(terms)),
        places=_NONE if positions is None else positions,
        firsts=_NONE if positions is None else begins,
        lengths=lengths.astype(np.uint32),
    )
