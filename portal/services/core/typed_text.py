"""What every text from outside goes through before it is kept.

Control and format characters go, line ends become ``\\n``, spaces at the ends are cut; emoji and
rare characters stay, and those of names that older systems kept in the private area become the
characters that GB18030-2022 gives them. Errors carry the field and say how to mend it.
"""

from __future__ import annotations

import re
import unicodedata

from portal.domain.errors import N_, InvalidInput

REASON_MAX = 500
"""Characters of a reason or note that goes with an action."""
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
_PRIVATE = "\ue7c7\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796" + (
    "\ue816\ue817\ue818\ue81e\ue826\ue82b\ue82c\ue831\ue832\ue83b\ue843\ue854\ue855\ue864"
)
_NAMED = "\u1e3f\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19" + (
    "\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6\u9fb7"
    "\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb"
)
_GB18030_2022 = str.maketrans(_PRIVATE, _NAMED)
"""Places of the private area where GB18030-2000 and older fonts put characters of names, and the
characters that stand there since GB18030-2022. Others of the area stay: their font knows them."""
_HIDDEN = frozenset("\u034f\u17b4\u17b5")
"""Marks that show nothing by themselves although their category does not say so."""
_BLANK = frozenset("\t\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that look like a space."""
_JOINER = "\u200d"
_PLAIN = re.compile(
    "[\n -~\u00b7\u2014\u2018-\u201d\u2026\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]*"
)
"""What nearly every text consists of, kept as it is."""
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str | None, *, lines: bool = True) -> str:
    """Return ``text`` without control and invisible characters; one line unless ``lines``."""
    text = _LINE_END.sub("\n", text or "")
    kept = text if _PLAIN.fullmatch(text) else _visible(text.translate(_GB18030_2022))
    if not lines:
        return " ".join(kept.split())
    return _BLANK_LINES.sub("\n\n", kept).strip()


def _visible(text: str) -> str:
    kept: list[str] = []
    for place, char in enumerate(text):
        if shown := _shown(char, kept[-1] if kept else " ", text[place + 1 : place + 2]):
            kept.append(shown)
    return "".join(kept)


def _shown(char: str, before: str, after: str) -> str:
    """Return what is kept of ``char`` between its neighbours: itself, a space or nothing."""
    if char == "\n":
        return char
    if char in _BLANK:
        return " "
    if char == _JOINER:
        return char if _is_emoji(before) and _is_emoji(after) else ""
    if _is_selector(char):
        return "" if before.isspace() or _is_selector(before) else char
    return "" if char in _HIDDEN or unicodedata.category(char) in _DROPPED else char


def _is_selector(char: str) -> bool:
    """Return whether ``char`` chooses how the character before it is drawn."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _is_emoji(char: str) -> bool:
    """Return whether ``char`` is a symbol, a skin tone or the selector of coloured emoji."""
    return bool(char) and (unicodedata.category(char) in ("So", "Sk") or char == "\ufe0f")


def required(field: str, text: str | None, most: int, *, lines: bool = True) -> str:
    """Return the cleaned text; raise :class:`InvalidInput` where it is empty or too long."""
    kept = clean(text, lines=lines)
    if not kept:
        raise InvalidInput(field, N_("请填写这一项。"))
    return limited(field, kept, most)


def optional(field: str, text: str | None, most: int) -> str:
    """Return the cleaned text, which may be empty; raise :class:`InvalidInput` if too long."""
    return limited(field, clean(text), most)


def limited(field: str, text: str, most: int) -> str:
    """Return ``text``; raise :class:`InvalidInput` where it is longer than ``most`` characters."""
    if len(text) > most:
        raise InvalidInput(field, N_("内容太长，请删减后再提交。"))
    return text
