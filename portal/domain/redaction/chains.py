"""Digits that may form one number, whatever stands between them.

A chain is a run of digits with at most a few marks, blanks or line breaks between any two of them.
Detectors look at its digits alone and ask afterwards whether the places fit: a number begins and
ends where digits are apart, and what stands inside it is no date, amount or enumeration.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

_LETTERS = r"0-9A-Za-z\u2e80-\u2fff\u3005-\u9fff\ue000\uac00-\ud7a3\U00020000-\U0003ffff"
MARK = rf"[^{_LETTERS}]"
"""What may stand between two characters of one number."""
_GAP = rf"(?:{MARK}{{1,6}}|{MARK}?杠{MARK}?)"
_CHAIN = re.compile(rf"[0-9]+(?:{_GAP}[0-9]+)*")
_DIGIT = frozenset("0123456789")
# Three stars or more stand for what is hidden already; +86 and the next item begin a number.
_BREAK = re.compile(r"\*{3,}|(?=\+86)|[;。\n] ?[0-9]{1,2}[、.)](?=[^0-9.]|$)")
# 1、13812345678: the number of an item is no part of the number behind it.
_LIST_MARKER = re.compile(r"[0-9]{1,2}[、,)] ?(?=[0-9]{4}|\+|86|[1-8][0-9]{2}[^0-9])")
_BEFORE_MARKER = ("", "\n", ":", ";", "。", ",", " ", "(")
_DATE = re.compile(
    r"(?<![0-9])(?:19|20)[0-9]{2} ?[-./] ?(?:0?[1-9]|1[0-2]) ?[-./] ?(?:[12][0-9]|3[01]|0?[1-9])(?![0-9])"
    r"|(?<![0-9])[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
)
_AMOUNT = re.compile(r"(?<![0-9])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")
_ARITHMETIC = re.compile("[÷=%<>]")
_USUAL_GROUPS = 3
_GROUP = re.compile("[0-9]+")
_FEWEST = 5


@dataclass(frozen=True)
class Chain:
    """Digits of one view of a text; ``places[i]`` is the offset of digit i in ``view``."""

    view: str
    digits: str
    places: list[int] | range

    def begins(self, index: int) -> bool:
        """Return whether a number may begin with digit ``index``."""
        return index == 0 or self.places[index] - self.places[index - 1] > 1

    def ends(self, index: int) -> bool:
        """Return whether a number may end in front of digit ``index``."""
        return index == len(self.digits) or self.begins(index)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the range in the view of digits ``start`` to ``end`` (exclusive)."""
        return self.places[start], self.places[end - 1] + 1

    def run(self, start: int, end: int) -> tuple[int, int]:
        """Return digits ``start`` to ``end`` widened to where digits are apart."""
        first = self._runs[bisect_right(self._runs, start) - 1]
        behind = bisect_right(self._runs, end - 1)
        return first, self._runs[behind] if behind < len(self._runs) else len(self.digits)

    @cached_property
    def _runs(self) -> list[int]:
        """The digits with which runs without anything between them begin."""
        if isinstance(self.places, range):
            return [0]
        return [0, *(i for i, (a, b) in enumerate(pairwise(self.places), 1) if b - a > 1)]

    @cached_property
    def _dates(self) -> list[tuple[int, int]]:
        """Ranges of dates and times in the view."""
        first, last = self.places[0], self.places[-1] + 1
        return [match.span() for match in _DATE.finditer(self.view, first, last)]

    def is_one_number(self, start: int, end: int) -> bool:
        """Return whether the digits can be one number rather than a date, amount or list."""
        first, last = self.span(start, end)
        if last - first == end - start:
            return True
        date = self._dates[bisect_right(self._dates, (last,)) - 1 :][:1]
        if date and first < date[0][1] and date[0][0] < last:
            return False
        written = self.view[first:last]
        groups = _GROUP.findall(written)
        if _AMOUNT.fullmatch(written.replace(" ", "")) or _ARITHMETIC.search(written):
            return False
        listed = written.count("、") + written.count(",") >= len(groups) - 1 >= _USUAL_GROUPS
        # Items of a list differ in length; the parts of one number do not.
        if listed and len({len(group) for group in groups[1:-1]}) > 1:
            return False
        return not _is_list(groups)


def _is_list(groups: list[str]) -> bool:
    """Return whether groups of digits count upwards, as items of an enumeration do."""
    if len(groups) < 4 or all(len(group) == 1 for group in groups):
        return False
    values = [int(group) for group in groups]
    steps = sum(a < b <= a + 4 for a, b in pairwise(values))
    return steps >= len(values) - 2


def chains(view: str) -> Iterator[Chain]:
    """Yield the chains of a view that are long enough to identify somebody; linear."""
    for match in _CHAIN.finditer(view):
        start, end = match.span()
        if end - start < _FEWEST:
            continue
        marker = _LIST_MARKER.match(view, start, end)
        pieces = list(_pieces(view, start, end))
        # The marker may also be the beginning of the number: both readings are looked at.
        if marker and view[max(0, start - 1) : start] in _BEFORE_MARKER:
            pieces += _pieces(view, marker.end(), end)
        for first, last in pieces:
            places: list[int] | range
            written = view[first:last]
            if written.isdigit():
                places = range(first, last)
                digits = written
            else:
                places = [i for i, char in enumerate(written, first) if char in _DIGIT]
                digits = "".join([char for char in written if char in _DIGIT])
            if len(digits) >= _FEWEST:
                yield Chain(view, digits, places)


def _pieces(view: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for break_ in _BREAK.finditer(view, start, end + 1):
        yield start, min(break_.start(), end)
        start = min(break_.end(), end)
    yield start, end
