"""Fold a text for the detectors, and lead their offsets back to the original.

Detectors see one spelling of everything: NFKC, every script's decimal digits as ASCII, simplified
characters, entities and tags of HTML resolved, no invisible characters. ``Folded`` remembers for
each folded character where it came from.
"""

import html
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache, cached_property

from opencc import OpenCC

CHINESE_DIGITS = str.maketrans(
    "〇○◯⭕零洞一二三四五六七八九幺么弌弍弎两拐勾壹贰叁肆伍陆柒捌玖OoIl",
    "000000123456789111232791234567890011",
)
"""Numerals, their readings on the telephone (幺 洞 拐 勾 两) and letters typed for digits."""

# Invisible: control and format characters, and marks that only dress another character (key caps,
# variation selectors, strokes).
_INVISIBLE = frozenset({"Cc", "Cf", "Mn", "Me"})
_BREAKS = "\t\n\r"
# Letters of other scripts that look like Latin ones, and blanks that are letters by category.
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТХаеорсухіΑΒΕΖΗΙΚΜΝΟΡΤΥΧοιİ\u3164\u115f\u1160\u2800",
    "ABEKMHOPCTXaeopcyxiABEZHIKMNOPTYXoiI    ",
)
# A single ringed number opens a list item and must not grow together with the number behind it.
_RINGED = "①-⑳❶-❿➀-➓⓪"
_CHINESE, _LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]")
_LONE_RINGED = re.compile(f"(?<![{_RINGED}])[{_RINGED}](?![{_RINGED}])")
_PLACEHOLDER = "\ue000"
# Tags with attributes stay: what stands in an attribute can be read as well.
_MARKUP = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});|</?[A-Za-z]{1,8}[0-6]? {0,2}/?>"
)
_BREAKING_TAG = re.compile(r"</?(?:br|p|div|li|tr|h[1-6])\b", re.IGNORECASE)


@dataclass(frozen=True)
class Folded:
    """A folded text as two views of equal length, with the way back to the original.

    ``plain`` has ASCII digits where any digit stood; ``digits`` also shows Chinese numerals (一 幺 〇)
    and the letters typed for them (O, l) as ASCII digits. ``starts[i]`` is the original offset of
    folded character i; None where both texts have the same offsets.
    """

    plain: str
    length: int
    starts: list[int] | None = None
    digits: str = field(init=False)
    lower: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digits", self.plain.translate(CHINESE_DIGITS))
        object.__setattr__(self, "lower", self.plain.lower())

    @property
    def views(self) -> tuple[str, ...]:
        """The distinct views in which numbers are looked for."""
        return (self.plain,) if self.plain == self.digits else (self.plain, self.digits)

    @cached_property
    def has_chinese(self) -> bool:
        """Whether any Chinese character occurs."""
        return _CHINESE.search(self.plain) is not None

    @cached_property
    def has_latin(self) -> bool:
        """Whether any Latin letter occurs."""
        return _LATIN.search(self.plain) is not None

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
    markup = list(_MARKUP.finditer(source)) if "&" in table or "<" in table else []
    if not markup and all(len(folded) == 1 for folded in table.values()):
        return Folded(source.translate({ord(k): v for k, v in table.items()}), len(text))
    plain: list[str] = []
    starts: list[int] = []
    position = 0
    for match in markup:
        _append(source, position, match.start(), table, plain, starts)
        for char in _resolved(match[0]):
            folded = _fold_character(char)
            plain.append(folded)
            starts.extend([match.start()] * len(folded))
        position = match.end()
    _append(source, position, len(source), table, plain, starts)
    return Folded("".join(plain), len(text), starts)


def _append(
    source: str, start: int, end: int, table: dict[str, str], plain: list[str], starts: list[int]
) -> None:
    for offset in range(start, end):
        folded = table[source[offset]]
        plain.append(folded)
        if len(folded) == 1:
            starts.append(offset)
        else:
            starts.extend([offset] * len(folded))


def _resolved(markup: str) -> str:
    if markup[0] == "&":
        resolved = html.unescape(markup)
        return resolved if resolved != markup else markup
    return "\n" if _BREAKING_TAG.match(markup) else ""


@cache
def _fold_character(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() or char in _BREAKS else ""
    folded = unicodedata.normalize("NFKC", char).translate(_LOOKALIKES)
    return "".join(
        str(unicodedata.decimal(part)) if part.isdecimal() else _simplified().get(part, part)
        for part in folded
        if unicodedata.category(part) not in _INVISIBLE
    )


@cache
def _simplified() -> dict[str, str]:
    """Return the simplified form of every traditional and variant character that has one."""
    characters = [chr(code) for first, last in _IDEOGRAPHS for code in range(first, last + 1)]
    forms = characters
    for step in _STEPS:
        forms = OpenCC(step).convert("\n".join(forms)).split("\n")
    return {
        char: form
        for char, form in zip(characters, forms, strict=True)
        if char != form and len(form) == 1 and char not in _ORDINARY
    }


_IDEOGRAPHS = ((0x3400, 0x9FFF), (0x20000, 0x2A6DF))
_STEPS = ("hk2t", "t2s")
_ORDINARY = frozenset("么着乾")
"""Characters of simplified texts that the tables would change."""
