"""What is not told to everybody: what few citizens said, and why few letters were refused.

Counts, days and moves are the office's own; a rating and a reason are of one citizen's letter, and
among few letters anybody who knows of one would know its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portal.domain.statistics.quality_measures import SMALLEST_TOLD
from portal.queries.statistics.detail import Detail, Mean

_RATINGS = ("attitude", "efficiency")
_REASONS = ("refusals", "declines")


def of_many(known: Detail) -> tuple[Detail, frozenset[str]]:
    """Return ``known`` without ratings and reasons of fewer than five letters, and their names."""
    withheld = {
        **{name: getattr(known, name).count for name in _RATINGS},
        **{name: sum(getattr(known, name).values()) for name in _REASONS},
    }
    names = frozenset(name for name, count in withheld.items() if 0 < count < SMALLEST_TOLD)
    empty: dict[str, Any] = {name: Mean() if name in _RATINGS else {} for name in names}
    return replace(known, **empty), names
