"""What differs between two versions of a text, in pieces that a reader follows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import takewhile

_SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]+|[^。！？；!?;\n]+")
_WORD = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
MOST_SENTENCES = 400
"""Differing sentences on either side that are compared; of more than that all counts as changed."""
MOST_WORDS = 300
"""Words on either side of a change that are compared, so that no text takes long."""


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text and what became of it."""

    change: Change
    text: str


def text_changes(before: str, after: str) -> list[Piece]:
    """Return the pieces that make ``before`` (same, removed) and ``after`` (same, added), in order.

    Sentences are compared first, and of those that differ the words; a Chinese character is a word.
    """
    pieces: list[Piece] = []
    for piece in _compared(_SENTENCE.findall(before), _SENTENCE.findall(after), MOST_SENTENCES):
        if isinstance(piece, Piece):
            _put(pieces, piece)
        else:
            old, new = (_WORD.findall(text) for text in piece)
            for part in _compared(old, new, MOST_WORDS):
                _put(pieces, *([part] if isinstance(part, Piece) else _replaced(*part)))
    return pieces


def _replaced(old: str, new: str) -> list[Piece]:
    return [Piece(Change.REMOVED, old), Piece(Change.ADDED, new)]


def _put(pieces: list[Piece], *more: Piece) -> None:
    """Add ``more`` without empty pieces; one like its neighbour goes on with it."""
    for piece in more:
        if piece.text and pieces and pieces[-1].change is piece.change:
            pieces[-1] = Piece(piece.change, pieces[-1].text + piece.text)
        elif piece.text:
            pieces.append(piece)


def _compared(
    old: Sequence[str], new: Sequence[str], most: int
) -> Iterator[Piece | tuple[str, str]]:
    """Yield what is the same as pieces, and what differs as the old and the new text of a place."""
    begin = _shared(old, new)
    end = _shared(old[begin:][::-1], new[begin:][::-1])
    ours, theirs = old[begin : len(old) - end], new[begin : len(new) - end]
    yield Piece(Change.SAME, "".join(old[:begin]))
    if max(len(ours), len(theirs)) > most:
        yield "".join(ours), "".join(theirs)
    else:
        matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
        for tag, i, j, k, m in matcher.get_opcodes():
            if tag == "equal":
                yield Piece(Change.SAME, "".join(ours[i:j]))
            else:
                yield "".join(ours[i:j]), "".join(theirs[k:m])
    yield Piece(Change.SAME, "".join(old[len(old) - end :]))


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
