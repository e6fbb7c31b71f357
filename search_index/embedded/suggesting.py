"""Did you mean: another query in place of one that finds nothing, or clearly less.

Letters are read as pinyin or as the first letters of its syllables. Of Chinese, what the dictionary
cuts into single characters, and words that no document has, may be words mistyped: words that
sound alike, with characters exchanged or in another order. The words offered are those of the
index, and those with synonyms.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_index.analysis import runs, segment
from search_index.embedded.matching import filtered, matching, number_holding
from search_index.embedded.snapshot import Snapshot
from search_index.engine import SearchRequest
from search_index.query import STOP_WORDS, folded, parse
from search_index.sounds import sounds, syllable_cuts
from search_index.vocabulary import SAME, Candidate, Vocabulary, words_with_synonyms

CLEARLY_MORE = 10
"""A suggestion finds at least so many times what the query as typed finds."""

MOST_PLACES = 4
"""Words and stretches of a query that are replaced."""

MOST_STRETCHES = 24
"""Stretches of a query that are compared with the vocabulary."""

LONGEST = 6
"""Characters of the longest stretch, and letters of the longest abbreviation."""

LONGEST_QUERY = 40
"""Characters of a query that is compared; a longer one is a sentence, of which nothing has all words."""

SUBJECT = 5
"""A word with synonyms counts as so many times as frequent: it is what people write about."""

_LETTERS = re.compile("[a-z]{2,40}")


Ask = Callable[[Vocabulary], list[Candidate]]


class _Meant(NamedTuple):
    """What may be meant by the characters from ``start`` to before ``end``."""

    start: int
    end: int
    word: str
    weight: float


def suggestion(snapshot: Snapshot, request: SearchRequest, total: int) -> str:
    """Return a query that finds clearly more than the ``total`` complete hits of ``request``, or "".

    It is compared with the hits that hold together, as a phrase, what it replaces, too: 公 and 基金
    apart are no 公基金.
    """
    typed = folded(request.text)
    if len(typed) > LONGEST_QUERY or 2 * total > len(snapshot.live_numbers):
        return ""
    meant = list(islice(_meant(_Words(snapshot, request), typed), MOST_PLACES))
    if not meant:
        return ""
    other = quoted = typed
    for start, end, word, _ in reversed(meant):
        other = other[:start] + word + other[end:]
        quoted = f'{quoted[:start]} "{quoted[start:end]}" {quoted[end:]}'

    def found(text: str) -> int:
        complete, _ = matching(snapshot, parse(text, request.synonyms), match_any=False)
        return len(filtered(snapshot, complete, request))

    number = found(other)
    if number > total and number >= CLEARLY_MORE * found(quoted):
        return " ".join(other.split())
    return ""


class _Words:
    """The words that may be meant, of the index and of the synonyms."""

    def __init__(self, snapshot: Snapshot, request: SearchRequest) -> None:
        self._snapshot = snapshot
        self._synonyms = request.synonyms
        self._subjects = words_with_synonyms(request.synonyms)

    def count(self, word: str) -> int:
        """Return how many documents have ``word``."""
        return number_holding(self._snapshot, word)

    def doubtful(self, parts: list[str]) -> list[bool]:
        """Return which of neighbouring ``parts`` may be mistyped: no subjects, nor parts of one."""
        known: set[int] = set()
        for first, last in self._synonyms.spans(parts):
            known.update(range(first, last))
        return [
            place not in known
            and part not in STOP_WORDS
            and (len(part) == 1 or not self.count(part))
            for place, part in enumerate(parts)
        ]

    def subjects(self, ask: Ask) -> list[Candidate]:
        """Return the candidates among the words with synonyms, counted and favoured."""
        return [
            each._replace(documents=SUBJECT * self.count(each.word)) for each in ask(self._subjects)
        ]

    def best(self, typed: str, ask: Ask, *, subjects_only: bool = False) -> Candidate | None:
        """Return the likeliest word that clearly more documents have than ``typed``."""
        found = self.subjects(ask)
        if not subjects_only:
            found += ask(self._snapshot.vocabulary)
        found = [each for each in found if each.documents and each.word != typed]
        if not found:
            return None
        least = CLEARLY_MORE * self.count(typed)
        likely = [each for each in found if each.documents >= least]
        return max(likely, key=lambda each: each.documents * each.fit, default=None)


def _meant(words: _Words, typed: str) -> Iterator[_Meant]:
    """Yield what to replace in ``typed``, from left to right."""
    for text, start, han in runs(typed):
        if han:
            for each in _meant_by_characters(words, text):
                yield each._replace(start=start + each.start, end=start + each.end)
        elif _LETTERS.fullmatch(text):
            word = _meant_by_letters(words, text)
            if word:
                yield _Meant(start, start + len(text), word, 1.0)


def _meant_by_letters(words: _Words, letters: str) -> str:
    cuts = [[np.array([each], np.int16) for each in cut] for cut in syllable_cuts(letters)]
    best = words.best(
        letters, lambda vocabulary: [each for cut in cuts for each in vocabulary.spoken(cut)]
    )
    if best is None and len(letters) <= LONGEST:
        # Two letters may stand for a hundred words: only subjects are offered.
        best = words.best(
            letters,
            lambda vocabulary: vocabulary.abbreviated(letters),
            subjects_only=len(letters) == 2,
        )
    return best.word if best else _two_words(words, cuts)


def _two_words(words: _Words, cuts: list[list[NDArray[np.int16]]]) -> str:
    """Return two words that together sound like the first of ``cuts``, the likeliest ones, or ""."""
    found: dict[str, int] = {}
    for cut in cuts[:1]:
        for size in range(2, len(cut) - 1):
            first = words.best("", partial(_spoken, cut[:size]))
            second = words.best("", partial(_spoken, cut[size:])) if first else None
            if first and second:
                found[first.word + second.word] = min(first.documents, second.documents)
    return max(found, key=lambda pair: found[pair], default="")


def _spoken(readings: list[NDArray[np.int16]], vocabulary: Vocabulary) -> list[Candidate]:
    return vocabulary.spoken(readings)


def _meant_by_characters(words: _Words, run: str) -> list[_Meant]:
    """Return what to replace in a run of Han characters, stretches that do not overlap."""
    parts = segment(run)
    doubtful = words.doubtful(parts)
    found: list[_Meant] = []
    for first, last in islice(_stretches(parts, doubtful), MOST_STRETCHES):
        start, stretch = len("".join(parts[:first])), "".join(parts[first:last])
        best = words.best(stretch, partial(_candidates, stretch, last - first > 1))
        if best:
            weight = sum(doubtful[first:last]) * len(stretch) * best.fit
            found.append(_Meant(start, start + len(stretch), best.word, weight))
    return sorted(_apart(found))


def _candidates(stretch: str, no_word: bool, vocabulary: Vocabulary) -> list[Candidate]:
    """Return the words that may be meant by ``stretch``; one that is a word is likely to be right."""
    readings = sounds().of(np.array([ord(each) for each in stretch], np.int32))
    found = vocabulary.spoken(list(readings))
    if len(stretch) == 2 or not no_word:
        return [each for each in found if each.fit == SAME]
    return found + vocabulary.looking_like(stretch)


def _apart(found: list[_Meant]) -> list[_Meant]:
    """Return the likeliest of ``found`` that do not overlap."""
    chosen: list[_Meant] = []
    for each in sorted(found, key=lambda meant: (-meant.weight, meant.start)):
        if all(each.end <= other.start or each.start >= other.end for other in chosen):
            chosen.append(each)
    return chosen


def _stretches(parts: list[str], doubtful: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield (first, after last) of the neighbouring ``parts`` that may be one word mistyped."""
    for first in range(len(parts)):
        size = 0
        for last in range(first, len(parts)):
            size += len(parts[last])
            if size > LONGEST:
                break
            if size > 1 and any(doubtful[first : last + 1]):
                yield first, last + 1
