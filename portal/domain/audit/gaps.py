"""Ids that were given out and are not there: rows that were given up, or that still come.

PostgreSQL gives out ids before the transactions that take them end. What is missing before a row that
was sealed is remembered until every transaction that ran then has ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.domain.audit.rows import ChainKind

SURE_AFTER = 60
"""Seconds a gap is remembered at least: a transaction may take an id a moment before its number."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Ids of rows of a kind from ``first`` to ``last``, which transactions below ``horizon`` may have taken.

    ``seen_at`` is when they were found missing, in seconds.
    """

    kind: ChainKind
    first: int
    last: int
    horizon: int
    seen_at: int

    def is_over(self, oldest: int, now: int) -> bool:
        """Return whether nothing comes any more where ``oldest`` is the oldest running transaction."""
        return oldest >= self.horizon and now - self.seen_at >= SURE_AFTER

    def without(self, ids: Iterable[int]) -> list[Gap]:
        """Return what is left of the gap when rows with ``ids``, ascending, have come."""
        spans = missing(self.first - 1, ids, self.last)
        return [replace(self, first=first, last=last) for first, last in spans]


def missing(after: int, ids: Iterable[int], last: int) -> list[tuple[int, int]]:
    """Return the spans of ids beyond ``after``, up to ``last``, that are not in ``ids`` (ascending)."""
    spans = []
    for each in ids:
        if each > after + 1:
            spans.append((after + 1, each - 1))
        after = each
    if after < last:
        spans.append((after + 1, last))
    return spans


def write_gaps(gaps: Iterable[Gap]) -> str:
    """Return gaps as text."""
    return json.dumps([[g.kind, g.first, g.last, g.horizon, g.seen_at] for g in gaps])


def read_gaps(text: str) -> list[Gap]:
    """Return the gaps of :func:`write_gaps`."""
    return [Gap(ChainKind(kind), *numbers) for kind, *numbers in json.loads(text)]
