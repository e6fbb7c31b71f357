"""The register of refusals: what may be published of letters that were refused publication.

Its lines are disjoint groups of letters, each large enough to name its reasons, so that nothing that
is added up or subtracted among them speaks of fewer letters than a line does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.domain.letters.states import RefusalReason
from portal.domain.statistics.quality_measures import SMALLEST_PUBLIC

Reasons = Mapping[RefusalReason, int]
Cells = Mapping[tuple[int, int], Reasons]
"""Refused letters by organisation (id) and month of receipt (``yyyymm``), counted by reason."""


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """A line of the register; without an organisation or a month it holds several of them.

    ``reasons`` is empty where the letters are too few to name any.
    """

    organisation_id: int | None
    month: int | None
    count: int
    reasons: Reasons = field(default_factory=dict)


def register_lines(cells: Cells) -> list[RefusalLine]:
    """Return ``cells`` as lines of at least ``SMALLEST_PUBLIC`` letters, those of several places last.

    A month with fewer joins the other small months of its organisation, and what is still too little
    joins other organisations; if that is not enough, the smallest line joins as well. Where there
    are too few letters altogether, one line gives their number.
    """
    lines: list[RefusalLine] = []
    rest: list[RefusalLine] = []
    for organisation_id in sorted({organisation_id for organisation_id, _month in cells}):
        own = [
            RefusalLine(organisation_id, month, sum(reasons.values()), reasons)
            for (place, month), reasons in sorted(cells.items())
            if place == organisation_id
        ]
        large, several = _pooled(own, organisation_id)
        lines += large
        if several is not None:
            (lines if several.count >= SMALLEST_PUBLIC else rest).append(several)
    large, several = _pooled([*lines, *rest], None)
    if several is None:
        return large
    if several.count < SMALLEST_PUBLIC:
        return [RefusalLine(None, None, several.count)]
    return [*large, several]


def _pooled(
    lines: list[RefusalLine], organisation_id: int | None
) -> tuple[list[RefusalLine], RefusalLine | None]:
    """Return the lines that are large enough, and the others as one, with the smallest if needed."""
    large = [line for line in lines if line.count >= SMALLEST_PUBLIC]
    small = [line for line in lines if 0 < line.count < SMALLEST_PUBLIC]
    if not small:
        return large, None
    if large and sum(line.count for line in small) < SMALLEST_PUBLIC:
        smallest = min(large, key=lambda line: line.count)
        large.remove(smallest)
        small.append(smallest)
    reasons = reasons_of(small)
    return large, RefusalLine(organisation_id, None, sum(reasons.values()), reasons)


def reasons_of(lines: Iterable[RefusalLine]) -> dict[RefusalReason, int]:
    """Return the reasons of ``lines`` added up, in their usual order, without those of no letter."""
    known = list(lines)
    sums = {reason: sum(line.reasons.get(reason, 0) for line in known) for reason in RefusalReason}
    return {reason: count for reason, count in sums.items() if count}
