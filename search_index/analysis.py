"""The analyzer: how text becomes index terms, and the one place that knows how Chinese is cut.

Every Han character occupies one position and yields a bigram with its right neighbour, so that any
run of two or more characters is found however a segmenter cuts it. The first and the last
character of a run yield a single character too, which leaves no gap between runs and lets a phrase
continue across punctuation. A run of other letters and digits (``a3``, ``12345``) is one term at
one position.

Words of a dictionary are not indexed: on real letters they improved neither known-item search nor
similar letters (``tests/bench/bench_search_relevance.py``) and made the index larger and dependent
on the version of the dictionary. The dictionary serves queries: it says which characters belong
together.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import rjieba

ANALYZER_VERSION = "han-bigram-2"
"""Version of the terms that a text gives; an index of another version is outdated."""

MAX_TOKEN = 64
"""Characters kept of a run of letters and digits."""

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_COMBINING = "\u0300-\u036f\u3099\u309a"
OTHER_CHARACTER = f"[^\\W_{_HAN}]"
"""Pattern of one letter or digit that is not Han."""

_RUN = re.compile(f"([{_HAN}]+)|({OTHER_CHARACTER}+)")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_HAS_COMBINING = re.compile(f"[{_COMBINING}]")
_CLUSTER = re.compile(f".[{_COMBINING}]*", re.DOTALL)


class Run(NamedTuple):
    """Neighbouring characters of one sort; ``start`` is the offset in the normalised text."""

    text: str
    start: int
    is_han: bool


class _Folding(dict[int, str]):
    """Character to its folded form, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Cf", "Cs"):
            folded = ""
        elif category == "Cc":
            folded = " "
        else:
            folded = unicodedata.normalize("NFKC", character).casefold()
        self[code] = folded
        return folded


_FOLDING = _Folding()


def normalise(text: str) -> str:
    """Return ``text`` in NFKC, case-folded; invisible characters dropped, controls become spaces.

    Every character (with its combining marks) is folded by itself, so that the result never
    depends on what surrounds it.
    """
    if _HAS_COMBINING.search(text):
        text = unicodedata.normalize("NFC", text)
    return text.translate(_FOLDING)


def normalise_with_offsets(text: str) -> tuple[str, list[int]]:
    """Return the normalised text and, for each of its characters, the offset in ``text``.

    The list has one element more than the normalised text: the length of ``text``.
    """
    if _HAS_COMBINING.search(text):
        pieces = [(m.start(), normalise(m.group())) for m in _CLUSTER.finditer(text)]
    else:
        pieces = [(i, _FOLDING[ord(character)]) for i, character in enumerate(text)]
    offsets = [start for start, folded in pieces for _ in folded]
    offsets.append(len(text))
    return "".join(folded for _, folded in pieces), offsets


def runs(normalised: str) -> Iterator[Run]:
    """Yield the runs of Han characters and of other letters and digits, in order."""
    for match in _RUN.finditer(normalised):
        yield Run(match.group(), match.start(), match.group(1) is not None)


def is_han(text: str) -> bool:
    """Return whether ``text`` begins with a Han character."""
    return _HAN_CHARACTER.match(text) is not None


def bigrams(run: str) -> list[str]:
    """Return the pairs of neighbouring characters of ``run``; none for a single character."""
    return [run[i : i + 2] for i in range(len(run) - 1)]


def segment(han: str) -> list[str]:
    """Cut a run of Han characters into the words of jieba's dictionary."""
    words: list[str] = rjieba.cut(han, hmm=False)
    return words


class LetterAnalyzer:
    """The analyzer of letters; it has no state, so that one instance serves all threads."""

    version = ANALYZER_VERSION

    def positions(self, text: str, first: int = 0) -> tuple[dict[str, list[int]], int]:
        """Return the terms of ``text`` with their positions, and the next free position.

        Positions count characters, a run of letters and digits as one; they begin at ``first`` and
        rise within each term.
        """
        found: dict[str, list[int]] = {}
        position = first
        for run, _, han in runs(normalise(text)):
            if not han:
                found.setdefault(run[:MAX_TOKEN], []).append(position)
                position += 1
                continue
            found.setdefault(run[0], []).append(position)
            for term in bigrams(run):
                found.setdefault(term, []).append(position)
                position += 1
            if len(run) > 1:
                found.setdefault(run[-1], []).append(position)
            position += 1
        return found, position

    def characters(self, text: str) -> set[str]:
        """Return the distinct Han characters of ``text``."""
        return set(_HAN_CHARACTER.findall(normalise(text)))
