"""Fold a text for the detectors, and lead their offsets back to the original.

Detectors see one spelling of everything: NFKC, every script's decimal digits as ASCII, no
invisible characters. ``Folded`` remembers for each folded character where it came from.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache

CHINESE_DIGITS = str.maketrans(
    "〇○零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖OoIl", "00012345678911234567890011"
)

# Invisible: format characters, and marks that only dress another character (key caps, variation
# selectors, strokes).
_INVISIBLE = frozenset({"Cf", "Mn", "Me"})
# A single ringed number opens a list item and must not grow together with the number behind it.
_RINGED = "①-⑳❶-❿➀-➓⓪"
_LONE_RINGED = re.compile(f"(?<![{_RINGED}])[{_RINGED}](?![{_RINGED}])")
_PLACEHOLDER = "\ue000"


@dataclass(frozen=True)
class Folded:
    """A folded text as two views of equal length, with the way back to the original.

    ``plain`` has ASCII digits where any digit stood; ``digits`` also shows Chinese numerals (一 幺 〇)
    and the letters typed for them (O, l)
    as ASCII digits. ``starts[i]`` is the original offset of folded character i; None where both
    texts have the same offsets.
    """

    plain: str
    length: int
    starts: list[int] | None = None
    digits: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digits", self.plain.translate(CHINESE_DIGITS))

    @property
    def views(self) -> tuple[str, ...]:
        """The distinct views in which numbers are looked for."""
        return (self.plain,) if self.plain == self.digits else (self.plain, self.digits)

    def original_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the original range of folded characters ``start`` to ``end``; ``end`` must exceed ``start``.

        Characters that fold to several are always taken whole, invisible ones inside or directly
        behind included.
        """
        if self.starts is None:
            return start, end
        behind = self.starts[end] if end < len(self.starts) else self.length
        return self.starts[start], max(behind, self.starts[end - 1] + 1)


def fold(text: str) -> Folded:
    """Fold ``text``; linear in its length."""
    source = _LONE_RINGED.sub(_PLACEHOLDER, text)
    table = {char: _fold_character(char) for char in set(source)}
    if all(len(folded) == 1 for folded in table.values()):
        return Folded(source.translate({ord(k): v for k, v in table.items()}), len(text))
    plain: list[str] = []
    starts: list[int] = []
    for offset, char in enumerate(source):
        folded = table[char]
        plain.append(folded)
        if len(folded) == 1:
            starts.append(offset)
        else:
            starts.extend([offset] * len(folded))
    return Folded("".join(plain), len(text), starts)


@cache
def _fold_character(char: str) -> str:
    if char.isascii():
        return char
    folded = unicodedata.normalize("NFKC", char)
    return "".join(
        str(unicodedata.decimal(part)) if part.isdecimal() else part
        for part in folded
        if unicodedata.category(part) not in _INVISIBLE
    )
