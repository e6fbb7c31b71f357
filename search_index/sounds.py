"""How Han characters are spoken: their syllables without tones, for suggestions.

Syllables are numbers. Those that sound alike to many speakers (zh and z, n and l, ang and an …) share
a number in ``Sounds.alike``.
"""

import re
import unicodedata
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FIRST, LAST = 0x3400, 0x9FFF
"""Characters that have sounds here; rarer ones have none."""

READINGS = 3
"""Readings kept of a character, the usual ones first."""

NONE = -1
"""Number of a reading that is not there."""

_VOWELS = re.compile("[aeiouv]")
"""What every syllable has; some readings are interjections such as hng."""

MOST_SYLLABLES = 8
_MOST_CUTS = 8


class Sounds(NamedTuple):
    """The sounds of all characters.

    ``syllables``
        the number of each spelling
    ``readings``
        the numbers of up to ``READINGS`` readings of each character from ``FIRST`` on, a row for each
    ``letters``
        the code of the first letter of each syllable; at the end 0 for ``NONE``
    ``alike``
        the number that stands for a syllable and those that sound much like it; at the end ``NONE``
    """

    syllables: dict[str, int]
    readings: NDArray[np.int16]
    letters: NDArray[np.uint8]
    alike: NDArray[np.int16]

    def of(self, codes: NDArray[Any]) -> NDArray[np.int16]:
        """Return the readings of characters, along a further axis; ``NONE`` of those without."""
        # The last row is that of characters without sounds.
        known = (codes >= FIRST) & (codes <= LAST)
        found: NDArray[np.int16] = self.readings[np.where(known, codes, LAST + 1) - FIRST]
        return found


@cache
def sounds() -> Sounds:
    """Return the sounds of all characters, read from pypinyin's dictionary once in a process."""
    # Not read before they are needed: the package takes fifty megabytes.
    dictionary: dict[int, str] = import_module("pypinyin.pinyin_dict").pinyin_dict
    syllables: dict[str, int] = {}
    readings = np.full((LAST - FIRST + 2, READINGS), NONE, np.int16)
    for code, spoken in dictionary.items():
        if not FIRST <= code <= LAST:
            continue
        plain = list(dict.fromkeys(map(_without_tone, spoken.split(","))))[:READINGS]
        for place, syllable in enumerate(filter(_VOWELS.search, plain)):
            readings[code - FIRST, place] = syllables.setdefault(syllable, len(syllables))
    classes: dict[str, int] = {}
    alike = [classes.setdefault(_blurred(syllable), len(classes)) for syllable in syllables]
    letters = [ord(syllable[0]) for syllable in syllables]
    return Sounds(
        syllables,
        readings,
        np.array([*letters, 0], np.uint8),
        np.array([*alike, NONE], np.int16),
    )


@cache
def _without_tone(syllable: str) -> str:
    spelled = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
    spelled = spelled.replace("u\u0308", "v").replace("\u0261", "g")
    return "".join(each for each in spelled if not unicodedata.combining(each))


def _blurred(syllable: str) -> str:
    for spelled, like in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")):
        if syllable.startswith(spelled):
            syllable = like + syllable.removeprefix(spelled)
            break
    for ending in ("ang", "eng", "ing"):
        if syllable.endswith(ending):
            return syllable.removesuffix("g")
    return syllable


def syllable_cuts(letters: str) -> list[list[int]]:
    """Return the ways in which ``letters`` are a row of syllables, long ones first.

    Up to eight ways of up to ``MOST_SYLLABLES``; none where the letters are no row of syllables.
    """
    known = sounds().syllables
    found: list[list[int]] = []
    dead: set[tuple[int, int]] = set()

    def cut(start: int, before: list[int]) -> bool:
        if start == len(letters):
            found.append(before)
            return True
        if len(before) == MOST_SYLLABLES or (start, len(before)) in dead:
            return False
        reached = False
        for end in range(min(len(letters), start + 6), start, -1):
            number = known.get(letters[start:end].replace("lue", "lve").replace("nue", "nve"))
            if number is not None and len(found) < _MOST_CUTS:
                reached = cut(end, [*before, number]) or reached
        if not reached:
            dead.add((start, len(before)))
        return reached

    cut(0, [])
    return found[:_MOST_CUTS]
