"""Whether a reply speaks of what a letter is about, by the rare words that both have.

Texts are compared as vectors over pairs of Chinese characters and over Latin words and numbers; a word
weighs more the fewer letters and replies hold it. The weights come from public letters to governments,
so that they hold for the first reply of an installation as well.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

OFF_TOPIC = 0.019
"""Relevance below which a reply hardly speaks of its letter: 5 % of true replies are below, and seven in
eight replies to another letter (docs/replies.md)."""
LEAST_WORDS = 12
"""Different words that letter and reply need each, to be compared at all."""
_EVERYWHERE = 10_000
_RARE = 53
"""How many of 10,000 texts hold a word that is in no list."""
_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")


def off_topic(title: str, text: str, reply: str) -> bool:
    """Return whether ``reply`` hardly speaks of a letter; texts too short to say are taken as fitting."""
    if min(len(words(f"{title}\n{text}")), len(words(reply))) < LEAST_WORDS:
        return False
    return relevance(title, text, reply) < OFF_TOPIC


def relevance(title: str, text: str, reply: str) -> float:
    """Return how near a reply is to a letter, from 0 to 2: to all of it, and once more to its title."""
    said = _vector(reply)
    return _cosine(_vector(f"{title}\n{text}"), said) + _cosine(_vector(title), said)


def words(text: str) -> set[str]:
    """Return pairs of Chinese characters, and Latin words and numbers, in width and case folded."""
    found: set[str] = set()
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if "\u4e00" <= run[0] <= "\u9fff":
            found.update(run[i : i + 2] for i in range(len(run) - 1))
        else:
            found.add(run)
    return found


def weight(word: str) -> float:
    """Return how much a word says of what a text is about, 0 where most texts hold it."""
    frequency = _held_by().get(word, _RARE)
    return 0.0 if frequency >= _EVERYWHERE else math.log(_EVERYWHERE / frequency)


def _vector(text: str) -> dict[str, float]:
    weights = {word: weight(word) for word in words(text)}
    length = math.sqrt(sum(value * value for value in weights.values())) or 1.0
    return {word: value / length for word, value in weights.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(value * other.get(word, 0.0) for word, value in one.items())


@cache
def _held_by() -> Mapping[str, int]:
    lines = (files("portal.domain.words") / "pairs.txt").read_text("utf-8").splitlines()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return {pair: int(frequency) for pair, frequency in rows}
