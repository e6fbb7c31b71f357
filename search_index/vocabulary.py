"""A vocabulary that is asked for the words that something typed may mean.

It is a table of characters for each length. A question looks through those words alone that have
the right sound or character in one place; nothing has to be kept up to date.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import is_han
from search_index.sounds import NONE, sounds
from search_index.synonyms import Synonyms

MOST_CANDIDATES = 8
"""Words that one question gives, the most frequent ones."""

SAME, SWAPPED, LIKE, ONE_OFF = 1.0, 0.5, 0.3, 0.1
"""Weight of a word: it sounds the same, has the same characters in another order, sounds much like
it or does so with an unusual reading, has another character in one place."""

LEAST_ONE_OFF = 4
"""Characters of the shortest word that may be meant by one with another character in it."""

Codes = NDArray[np.int64]
Readings = NDArray[np.int16]


class Candidate(NamedTuple):
    """A word that may be meant, in how many documents it is, and how well it fits, up to 1."""

    word: str
    documents: int
    fit: float


class _Rows:
    """In which rows of a table of numbers each value stands."""

    def __init__(self, table: NDArray[Any]) -> None:
        values, rows = table.T.ravel(), np.tile(np.arange(len(table)), table.shape[1])
        order = np.lexsort((rows, values))
        values, rows = values[order], rows[order]
        first = np.ones(len(rows), np.bool_)
        first[1:] = (values[1:] != values[:-1]) | (rows[1:] != rows[:-1])
        self._values, self._rows = values[first], rows[first]

    def of(self, value: int) -> NDArray[np.int64]:
        """Return the rows with ``value``, ascending."""
        first, last = self._values.searchsorted((value, value + 1))
        return self._rows[first:last]


class _Words:
    """Words of one length: a row of character codes for each, and how many documents have it."""

    def __init__(self, codes: Codes, counts: NDArray[np.int64]) -> None:
        order = np.argsort(-counts, kind="stable")
        self.codes = codes[order].astype(np.int32)
        self.counts = counts[order]

    @cached_property
    def alike(self) -> list[Readings]:
        """The readings of the first characters, of the second ones …, those that sound alike as one."""
        return [sounds().alike[sounds().of(column)] for column in self.codes.T]

    @cached_property
    def letters(self) -> NDArray[np.uint8]:
        """The first letters of the usual readings, as their codes."""
        return sounds().letters[sounds().of(self.codes)[:, :, 0]]

    @cached_property
    def by_sound(self) -> _Rows:
        """The words by each of the readings of their first characters."""
        return _Rows(self.alike[0])

    @cached_property
    def in_order(self) -> Codes:
        """The characters of each word in the order of their codes."""
        return np.sort(self.codes, axis=1)

    @cached_property
    def by_least(self) -> _Rows:
        """The words by the character with the lowest code."""
        return _Rows(self.in_order[:, :1])

    @cached_property
    def by_beginning(self) -> list[_Rows]:
        """The words by their first and by their second character."""
        return [_Rows(self.codes[:, place, None]) for place in (0, 1)]

    def beginning_like(self, wanted: Readings) -> NDArray[np.int64]:
        """Return the places of the words whose first character has one of ``wanted``, ascending."""
        return _union(self.by_sound.of(each) for each in {*wanted.tolist()} - {NONE})

    def candidates(self, places: NDArray[np.int64], fit: float) -> list[Candidate]:
        """Return the most frequent words in ``places``, which ascend."""
        chosen = places[:MOST_CANDIDATES]
        return [
            Candidate("".join(map(chr, codes)), count, fit)
            for codes, count in zip(
                self.codes[chosen].tolist(), self.counts[chosen].tolist(), strict=True
            )
        ]


def _any_equal(readings: Readings, wanted: Readings) -> NDArray[np.bool_]:
    """Return which rows of ``readings`` have one of ``wanted``."""
    found = np.zeros(len(readings), np.bool_)
    for number in wanted[wanted != NONE]:
        found |= (readings == number).any(axis=1)
    return found


def _union(places: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    found = [each for each in places if len(each)]
    if len(found) < 2:
        return found[0] if found else np.zeros(0, np.int64)
    return np.unique(np.concatenate(found))


class Vocabulary:
    """Words of Han characters by their length, with the number of documents that have each."""

    def __init__(self, words: Mapping[int, tuple[Codes, NDArray[np.int64]]]) -> None:
        self._words = {length: _Words(*each) for length, each in words.items()}

    def spoken(self, readings: Sequence[Readings]) -> list[Candidate]:
        """Return words that sound as the syllables say: for each character its possible readings.

        Where they sound the same, it is by the usual readings.
        """
        words = self._words.get(len(readings))
        if words is None:
            return []
        places = words.beginning_like(sounds().alike[readings[0]])
        for alike, wanted in zip(words.alike[1:], readings[1:], strict=True):
            if not len(places):
                return []
            places = places[_any_equal(alike[places], sounds().alike[wanted])]
        usual = sounds().of(words.codes[places])[:, :, 0]
        same = (usual == [wanted[0] for wanted in readings]).all(axis=1)
        return words.candidates(places[same], SAME) + words.candidates(places[~same], LIKE)

    def abbreviated(self, letters: str) -> list[Candidate]:
        """Return words whose characters are usually spoken with these first letters."""
        words = self._words.get(len(letters))
        if words is None:
            return []
        places = np.arange(len(words.codes))
        for column, letter in enumerate(letters):
            places = places[words.letters[places, column] == ord(letter)]
        return words.candidates(places, SAME)

    def looking_like(self, word: str) -> list[Candidate]:
        """Return words with the characters of ``word`` in another order, or but for one of them."""
        words = self._words.get(len(word))
        if words is None:
            return []
        codes = np.array([ord(character) for character in word], np.int32)
        in_order = np.sort(codes)
        places = words.by_least.of(in_order[0])
        same = (words.in_order[places] == in_order).all(axis=1)
        moved = (words.codes[places] != codes).any(axis=1)
        found = words.candidates(places[same & moved], SWAPPED)
        if len(word) >= LEAST_ONE_OFF:
            # But for one character the first or the second is the same.
            places = _union(map(_Rows.of, words.by_beginning, codes))
            equal = (words.codes[places] == codes).sum(axis=1)
            found += words.candidates(places[equal == len(word) - 1], ONE_OFF)
        return found


@lru_cache(maxsize=4)
def words_with_synonyms(synonyms: Synonyms) -> Vocabulary:
    """Return the vocabulary of the words that have synonyms; how many documents have them is 0."""
    by_length: dict[int, list[list[int]]] = {}
    for word in synonyms.words:
        if len(word) > 1 and all(map(is_han, word)):
            by_length.setdefault(len(word), []).append([ord(character) for character in word])
    return Vocabulary(
        {
            length: (np.array(codes, np.int64), np.zeros(len(codes), np.int64))
            for length, codes in by_length.items()
        }
    )
