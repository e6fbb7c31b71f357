"""A name found once is a name everywhere: other places of the letter where it stands."""

import re
from collections.abc import Iterable, Iterator

from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import COVER, mask_name
from portal.domain.redaction.names.shapes import DOTTED
from portal.domain.redaction.names.surnames import COMMON_WORDS, COMPOUND_SURNAMES

_NO_LETTER = re.compile(r"[^A-Za-z\u4e00-\u9fff]+")
# Blanks and marks people put between the characters of a name.
_GAPS = frozenset(" \t\n\r·•‧・.∙●⋅-_*")
_LONGEST = 24
_SHORTEST_FIRST_PART = 3
"""Characters of a first part alone; shorter ones are other words too (古丽, 买买)."""


def known_names(folded: Folded, hits: Iterable[Hit]) -> Iterator[str]:
    """Yield the names among ``hits``, without blanks and marks, and the first part of dotted ones."""
    for hit in hits:
        if hit.kind is FindingKind.NAME and not hit.keep_reason:
            written = folded.plain[hit.start : hit.end]
            if first := first_part(written):
                yield first
            name = _NO_LETTER.sub("", written)
            if 2 <= len(name) <= _LONGEST and name not in COMMON_WORDS:
                yield name.lower()


def first_part(name: str) -> str:
    """Return what is in front of the first dot of a transcribed name, by which people call it."""
    first, dot, _ = DOTTED.sub("·", name).partition("·")
    return first if dot and len(first) >= _SHORTEST_FIRST_PART and not first.isascii() else ""


def find_repeated(folded: Folded, names: frozenset[str]) -> Iterator[Hit]:
    """Yield every place where one of ``names`` stands, with or without blanks; linear in the text."""
    text = folded.plain
    present = [name for name in names if name[0] in text or name[0].isascii()]
    if not present:
        return
    firsts = frozenset(name[0] for name in present)
    lengths = sorted({len(name) for name in present}, reverse=True)
    kept = [at for at, char in enumerate(text) if char not in _GAPS]
    squeezed = "".join([text[at] for at in kept]).lower()
    if len(squeezed) != len(kept):
        return
    position = 0
    for at, char in enumerate(squeezed):
        if at < position or char not in firsts:
            continue
        for length in lengths:
            name = squeezed[at : at + length]
            if (
                at + length <= len(kept)
                and name in names
                and _stands_alone(text, kept, at, at + length)
            ):
                yield Hit(
                    FindingKind.NAME, kept[at], kept[at + length - 1] + 1, _mask(text, kept[at])
                )
                position = at + length
                break


def _stands_alone(text: str, kept: list[int], start: int, end: int) -> bool:
    """Return whether a Latin name ends where words end, and a Chinese one is not torn apart."""
    first, last = kept[start], kept[end - 1]
    if text[first].isascii():
        around = text[max(0, first - 1) : first] + text[last + 1 : last + 2]
        return not any(char.isascii() and char.isalpha() for char in around)
    return last - first < 4 * (end - start)


def _mask(text: str, start: int) -> str:
    if text[start].isascii():
        return f"{text[start].upper()}{COVER}"
    compound = text[start : start + 2] in COMPOUND_SURNAMES
    return mask_name(text[start : start + 2] if compound else text[start])
