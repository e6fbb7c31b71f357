"""What a detector returns: a hit in folded offsets, and how detectors look around themselves."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from portal.domain.redaction.kinds import FindingKind

# Between two digits of one number people put at most this.
SEPARATOR = r"[ \t\-.·•‧・_~()—–―‐−/*]{0,2}"

_NO_DIGITS = re.compile("[^0-9]+")
_STOPS = re.compile("[。！!？?；;\n]")


class Hit(NamedTuple):
    """A finding by folded offsets, before overlaps are settled."""

    kind: FindingKind
    start: int
    end: int
    mask: str
    keep_reason: str = ""


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return _NO_DIGITS.sub("", text)


def before(text: str, start: int, width: int) -> str:
    """Return up to ``width`` characters in front of ``start``, no further back than the sentence."""
    return _STOPS.split(text[max(0, start - width) : start])[-1]


def after(text: str, end: int, width: int) -> str:
    """Return up to ``width`` characters behind ``end``, no further than the sentence."""
    return _STOPS.split(text[end : end + width])[0]


def skip(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return where a match of ``pattern`` at ``start`` ends, or ``start`` where there is none."""
    match = pattern.match(text, start)
    return match.end() if match else start


def scan(
    pattern: re.Pattern[str], view: str, check: Callable[[re.Match[str]], Hit | None]
) -> Iterator[Hit]:
    """Yield hits of every match that ``check`` accepts.

    A refused match gives back all but its first character, so that a list number in front of a
    card number cannot hide it. Linear as long as ``pattern`` is bounded.
    """
    position = 0
    while match := pattern.search(view, position):
        hit = check(match)
        if hit is None:
            position = match.start() + 1
        else:
            yield hit
            position = max(hit.end, match.start() + 1)
