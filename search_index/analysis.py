"""The analyzer: how text becomes index terms, and the one place that knows how Chinese is cut.

Every Han character occupies one position and yields a bigram with its right neighbour, so that any
run of two or more characters is found however a segmenter cuts it. The first and the last
character of a run yield a single character too, which leaves no gap between runs and lets a phrase
continue across punctuation. A run of other letters and digits (``a3``, ``12345``) is one term at
one position, and so is an emoji, whatever its shade.

The words of a dictionary are terms of a field of their own. They decide no match, which depends on
the characters alone; they take part in the order of hits, where bigrams and words together are
better than either (``docs/search.md``).

Terms are numbers of 64 bits. Up to four Han characters are written out in their number, so that an
index can name its words (``han_words``); any other term has the highest bit set and 63 bits of its
digest, among which two of a million terms coincide once in nine million indexes.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple

import numpy as np
import rjieba
from numpy.typing import NDArray
from opencc import OpenCC

ANALYZER_VERSION = "han-bigram-words-6"
"""Version of the terms that a text gives; an index of another version is outdated."""

MAX_TOKEN = 64
"""Characters kept of a run of letters and digits."""

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_COMBINING = "\u0300-\u036f\u3099\u309a"
OTHER_CHARACTER = f"[^\\W_{_HAN}]"
"""Pattern of one letter or digit that is not Han."""

_EMOJI = "[\u2600-\u27bf\U0001f000-\U0001f3fa\U0001f400-\U0001faff]"
_RUN = re.compile(f"([{_HAN}]+)|({OTHER_CHARACTER}+|{_EMOJI})")
_OTHERS = re.compile(f"{OTHER_CHARACTER}+|{_EMOJI}")
_WORD = re.compile(f"[{_HAN}]|{OTHER_CHARACTER}")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_HAS_COMBINING = re.compile(f"[{_COMBINING}]")
_HYPHEN = re.compile("(?<=[a-z])[-\u2010](?=[a-z])")
_SIMPLIFIED = OpenCC("t2s")
_CLUSTER = re.compile(f".[{_COMBINING}]*", re.DOTALL)
_CHARACTER_BITS = 21
_CHARACTER = (1 << _CHARACTER_BITS) - 1
_LONGEST_WRITTEN = 4
"""Han characters of the longest term that is written out in its number."""
_FOUR, _QUARTER_BITS, _FIRST_HAN = 1 << 62, 15, 0x3400
_QUARTER = (1 << _QUARTER_BITS) - 1
_DIGEST = 1 << 63
_REMEMBERED = 200_000


def _han_table() -> NDArray[np.bool_]:
    table = np.zeros(0x323B1, np.bool_)
    for first, last in re.findall("(.)(?:-(.))?", _HAN):
        table[ord(first) : ord(last or first) + 1] = True
    return table


_IS_HAN = _han_table()


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
            if is_han(folded):
                folded = _SIMPLIFIED.convert(folded)
        self[code] = folded
        return folded


_FOLDING = _Folding()


_UNKNOWN, _UNEVEN = 0xFFFF_FFFF, 0xFFFF_FFFE
"""Marks in the table of folded characters: one not met yet, and one that folds not to one character
or that goes with its neighbour."""
_FOLDED = np.full(sys.maxunicode + 1, _UNKNOWN, np.uint32)


def _learn(code: int) -> None:
    folded = _FOLDING[code]
    even = len(folded) == 1 and not _HAS_COMBINING.match(chr(code))
    _FOLDED[code] = ord(folded) if even else _UNEVEN


def _folded_evenly(text: str) -> str | None:
    """Return the folded characters of ``text``, or ``None`` where their places differ.

    A table takes a fifth of the time of ``str.translate``.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded = _FOLDED[codes]
    highest = int(folded.max(initial=0))
    if highest == _UNKNOWN:
        for code in set(codes[folded == _UNKNOWN].tolist()):
            _learn(code)
        folded = _FOLDED[codes]
        highest = int(folded.max(initial=0))
    return None if highest >= _UNEVEN else folded.tobytes().decode("utf-32-le")


def normalise(text: str) -> str:
    """Return ``text`` in NFKC, case-folded, in simplified characters, and without what is invisible.

    Controls become spaces. Every character (with its combining marks) is folded by itself, so that
    the result never depends on what surrounds it; only a hyphen between two Latin letters goes, so
    that Wi-Fi and wifi are one word.
    """
    folded = _folded_evenly(text)
    if folded is None:
        if _HAS_COMBINING.search(text):
            text = unicodedata.normalize("NFC", text)
        folded = text.translate(_FOLDING)
    return _HYPHEN.sub("", folded) if _has_hyphen(folded) else folded


def _has_hyphen(text: str) -> bool:
    return "-" in text or "\u2010" in text


@cache
def _written_forms() -> dict[str, str]:
    found: dict[str, str] = {}
    for code in chain(range(0x20, 0x2E00), range(0x3400, 0xA000), range(0xF900, 0x10000)):
        folded = _FOLDING[code]
        if len(folded) == 1:
            found[folded] = found.get(folded, "") + chr(code)
    return found


def written_forms(character: str) -> str:
    """Return the characters that fold to a normalised one, such as 开開, itself among them.

    Of the common planes: width, case, traditional and compatible forms.
    """
    return _written_forms().get(character, character)


def normalise_with_offsets(text: str) -> tuple[str, Sequence[int]]:
    """Return the normalised text and, for each of its characters, the offset in ``text``.

    There is one offset more than characters: the length of ``text``.
    """
    # Texts in ordinary Chinese keep their length, and folding them whole is ten times as fast.
    folded = _folded_evenly(text)
    if folded is not None:
        return _without_hyphens(folded, range(len(text) + 1))
    if _HAS_COMBINING.search(text):
        pieces = [(m.start(), normalise(m.group())) for m in _CLUSTER.finditer(text)]
    else:
        pieces = [(i, _FOLDING[ord(character)]) for i, character in enumerate(text)]
    offsets = [start for start, folded in pieces for _ in folded]
    offsets.append(len(text))
    return _without_hyphens("".join(folded for _, folded in pieces), offsets)


def _without_hyphens(folded: str, offsets: Sequence[int]) -> tuple[str, Sequence[int]]:
    if not _has_hyphen(folded):
        return folded, offsets
    kept = list(offsets)
    for match in reversed(list(_HYPHEN.finditer(folded))):
        del kept[match.start()]
    return _HYPHEN.sub("", folded), kept


def runs(normalised: str) -> Iterator[Run]:
    """Yield the runs of Han characters and of other letters and digits, in order."""
    for match in _RUN.finditer(normalised):
        yield Run(match.group(), match.start(), match.group(1) is not None)


def is_emoji(word: str) -> bool:
    """Return whether ``word`` is a single emoji."""
    return re.fullmatch(_EMOJI, word) is not None


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


def dictionary_words(normalised: str) -> list[str]:
    """Return the words of a normalised text in order, repetitions included."""
    return [word[:MAX_TOKEN] for word in rjieba.cut(normalised, hmm=False) if _WORD.match(word)]


def term_number(term: str) -> int:
    """Return the number of a term: written out for one to four Han characters, else a digest.

    Four characters are written out where each lies less than 2¹⁵ behind U+3400, as nearly all do.
    """
    codes = [ord(character) for character in term]
    if len(codes) <= _LONGEST_WRITTEN and all(map(is_han, term)):
        if len(codes) == 1:
            return codes[0] << _CHARACTER_BITS
        if len(codes) < _LONGEST_WRITTEN:
            return _joined(codes, _CHARACTER_BITS)
        if max(codes) - _FIRST_HAN <= _QUARTER and min(codes) >= _FIRST_HAN:
            return _FOUR | _joined([code - _FIRST_HAN for code in codes], _QUARTER_BITS)
    digest = blake2b(term.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") | _DIGEST


def _joined(parts: list[int], bits: int) -> int:
    number = 0
    for part in parts:
        number = number << bits | part
    return number


def han_words(
    numbers: NDArray[np.uint64],
) -> dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the words of two to four Han characters among terms, by their length.

    Of each length: their places in ``numbers``, and a row of character codes for each.
    """
    found = {}
    tops = (1 << _CHARACTER_BITS, 1 << 2 * _CHARACTER_BITS, _FOUR, _DIGEST)
    for length in range(2, _LONGEST_WRITTEN + 1):
        within = (numbers >= tops[length - 2]) & (numbers < tops[length - 1])
        if length == 2:
            within &= (numbers & np.uint64(_CHARACTER)) > 0
        places = np.flatnonzero(within)
        bits, first, most = _CHARACTER_BITS, 0, _CHARACTER
        if length == _LONGEST_WRITTEN:
            bits, first, most = _QUARTER_BITS, _FIRST_HAN, _QUARTER
        shifts = np.arange(length - 1, -1, -1, dtype=np.uint64) * np.uint64(bits)
        codes = (numbers[places, None] >> shifts & np.uint64(most)).astype(np.int64) + first
        found[length] = places, codes
    return found


def numbers_beginning_with(character: str) -> tuple[int, int]:
    """Return the first number of a term that begins with a Han character, and the next after all."""
    return ord(character) << _CHARACTER_BITS, (ord(character) + 1) << _CHARACTER_BITS


class _TermNumbers(dict[str, int]):
    """Term to number, filled as terms are met and emptied when it is large."""

    def __missing__(self, term: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[term] = number = term_number(term)
        return number


_NUMBERS = _TermNumbers()


def term_numbers(terms: Sequence[str]) -> NDArray[np.uint64]:
    """Return the numbers of ``terms`` in their order."""
    return np.fromiter(map(_NUMBERS.__getitem__, terms), np.uint64, len(terms))


class Occurrences(NamedTuple):
    """The terms of some texts: three arrays of one element for each occurrence.

    ``texts`` are the places of the texts in the sequence, ``positions`` those in the text;
    ``lengths`` has the number of positions of each text. In a text the positions of a term rise.
    """

    terms: NDArray[np.uint64]
    texts: NDArray[np.int64]
    positions: NDArray[np.int64]
    lengths: NDArray[np.int64]


def occurrences(normalised: Sequence[str]) -> Occurrences:
    """Return the terms of normalised texts with their positions.

    Positions count characters, a run of letters and digits as one; they begin at 0 in each text.
    """
    joined = "".join(text + "\n" for text in normalised)
    codes = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
    sizes = np.fromiter((len(text) + 1 for text in normalised), np.int64, len(normalised))
    texts = np.repeat(np.arange(len(sizes)), sizes)
    han = _IS_HAN[np.minimum(codes, len(_IS_HAN) - 1)]
    runs_of_others = [(m.start(), m.group()[:MAX_TOKEN]) for m in _OTHERS.finditer(joined)]
    others = np.fromiter((start for start, _ in runs_of_others), np.int64, len(runs_of_others))
    takes_place = han.copy()
    takes_place[others] = True
    before: NDArray[np.int64] = np.cumsum(takes_place) - takes_place
    ends = np.cumsum(sizes)
    lengths = np.add.reduceat(takes_place, ends - sizes, dtype=np.int64)
    positions = before - (np.cumsum(lengths) - lengths)[texts]
    follows = np.zeros_like(han)
    follows[:-1] = han[1:]
    preceded = np.zeros_like(han)
    preceded[1:] = han[:-1]
    pairs = np.flatnonzero(han & follows)
    singles = np.flatnonzero(han & ~(preceded & follows))
    wide = codes.astype(np.uint64) << np.uint64(_CHARACTER_BITS)
    places = np.concatenate([pairs, singles, others])
    terms = np.concatenate(
        [
            wide[pairs] | codes[pairs + 1],
            wide[singles],
            term_numbers([run for _, run in runs_of_others]),
        ]
    )
    return Occurrences(terms, texts[places], positions[places], lengths)
