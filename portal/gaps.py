"""Texts with gaps: ``{name}`` stands for a value; every other brace stands for itself.

Operators write such texts (words of messages, the body of a gateway's request), so there is nothing
in them to call or to look into. It is at the bottom of the architecture because settings need it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_GAP = re.compile(r"\{([a-z_]+)\}")


def gaps(text: str) -> set[str]:
    """Return the names of the gaps of ``text``."""
    return set(_GAP.findall(text))


def fill(
    text: str, values: Mapping[str, str], escape: Callable[[str], str] = lambda value: value
) -> str:
    """Return ``text`` with each gap filled by its value after ``escape``.

    What a value holds is never looked at for gaps. Raises ``KeyError`` for a gap without a value.
    """
    return _GAP.sub(lambda gap: escape(values[gap[1]]), text)
