"""Words that count as one another in a search: office language, everyday speech, short forms."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from search_index.analysis import normalise

MOST_ALTERNATIVES = 12
"""Alternatives that one word of a query may have."""


class Group(NamedTuple):
    """``words`` find each other, and what has one of ``narrower``, which do not find them."""

    words: Sequence[str]
    narrower: Sequence[str] = ()


class Synonyms:
    """The alternatives of words; it never changes, so that one serves all threads."""

    def __init__(self, groups: Iterable[Group] = ()) -> None:
        found: dict[str, dict[str, None]] = {}
        narrower: dict[str, dict[str, None]] = {}
        for group in groups:
            words = [normalise(word) for word in group.words]
            others = [*words, *map(normalise, group.narrower)]
            for word in words:
                found.setdefault(word, {}).update(dict.fromkeys(others))
                narrower.setdefault(word, {}).update(dict.fromkeys(others[len(words) :]))
        self._narrower = {word: tuple(others) for word, others in narrower.items()}
        self._others = {
            word: tuple(other for other in others if other != word)[:MOST_ALTERNATIVES]
            for word, others in found.items()
        }
        self._longest = max(map(len, self._others), default=0)

    @property
    def words(self) -> tuple[str, ...]:
        """The normalised words that have alternatives."""
        return tuple(self._others)

    def of(self, word: str) -> tuple[str, ...]:
        """Return the alternatives of a normalised word; none for most words."""
        return self._others.get(word, ())

    def only_narrower(self, word: str) -> tuple[str, ...]:
        """Return the narrower words of a normalised word, without those of equal standing."""
        return self._narrower.get(word, ())

    def spans(self, words: Sequence[str]) -> Iterable[tuple[int, int]]:
        """Yield (first, after last) of the longest runs of neighbouring ``words`` with alternatives."""
        first = 0
        while first < len(words):
            span, size = "", 0
            for number, word in enumerate(words[first:], start=1):
                span += word
                if len(span) > self._longest:
                    break
                if span in self._others:
                    size = number
            if size:
                yield first, first + size
            first += size or 1


NO_SYNONYMS = Synonyms()
