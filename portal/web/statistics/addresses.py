"""Where the numbers of a page lead: the same page asked otherwise, and the letters behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from portal.queries.statistics.overview import Asked
from portal.web.statistics.query import UNSORTED

Address = Callable[..., str]
"""Makes the address of the same page with some of its words changed; None takes a word away."""

Behind = Callable[..., str]
"""Makes the address of the letters that a measure counts; changes narrow them further."""
Letters = Callable[[Asked, str | None], Behind | None]
"""Makes that for what is asked of an organisation's code; None where nobody may look."""


def with_words(path: str, words: dict[str, Any]) -> str:
    """Return ``path`` with the words that say something as its query."""
    query = urlencode([(name, value) for name, value in words.items() if value not in (None, "")])
    return f"{path}?{query}" if query else path


def category_word(category: str | None) -> str | None:
    """Return how an address names a subject."""
    return UNSORTED if category == "" else category


def words_of(asked: Asked, code: str | None) -> dict[str, Any]:
    """Return the words that ask for exactly the same letters, for ``code`` of an organisation."""
    return {
        "organisation": code,
        "period": asked.period.code,
        "as_of": asked.as_of.day.isoformat() if asked.as_of.asked else None,
        "basis": None if asked.basis is Basis.COHORT else asked.basis.value,
        "view": None if asked.view is View.RECEIVING else asked.view.value,
        "kind": asked.kind.value if asked.kind else None,
        "category": category_word(asked.category),
        "group": asked.group.value if asked.group else None,
        "own": 1 if asked.unit else None,
    }
