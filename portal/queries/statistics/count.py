"""Counts of one question, by organisation, by month, by kind and by category, and by day.

Sums are exact integers over the rows of facts; cells of the same question add up in every
direction, and so do the cubes of questions whose periods are disjoint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Source
from portal.domain.periods import year_of
from portal.domain.statistics.rates import Figures, sums_by
from portal.models import Letter, RateFact
from portal.queries.statistics.filters import Question, measures, received, where

_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000
_SHANGHAI = 28_800_000_000
"""Microseconds of a day, and by which Shanghai's clocks are ahead of UTC."""
Key = TypeVar("Key", bound=Hashable)
Rows = defaultdict[Key, list[Sequence[int]]]


@dataclass(frozen=True)
class Cube:
    """Figures by organisation id, by month (``yyyymm``), by kind and by category.

    ``total`` is the sum along each of them; the category ``""`` holds letters without one. On the
    period basis ``extended``, ``returned`` and ``redone`` are not counted.
    """

    by_organisation: Mapping[int, Figures] = field(default_factory=dict)
    by_month: Mapping[int, Figures] = field(default_factory=dict)
    by_kind: Mapping[Kind, Figures] = field(default_factory=dict)
    by_category: Mapping[str, Figures] = field(default_factory=dict)

    @property
    def total(self) -> Figures:
        """The sum over all months."""
        return Figures.total(self.by_month.values())

    @property
    def categories(self) -> list[tuple[str, Figures]]:
        """Categories with letters, the busiest first, letters without one last."""
        known = [(name, f) for name, f in self.by_category.items() if f != Figures()]
        return sorted(known, key=lambda pair: (not pair[0], -pair[1].received, pair[0]))


def count(session: Session, question: Question) -> Cube:
    """Count the letters of ``question``."""
    organisations: Rows[int] = defaultdict(list)
    months: Rows[int] = defaultdict(list)
    kinds: Rows[Kind] = defaultdict(list)
    categories: Rows[str] = defaultdict(list)
    first, *others = question.period.months
    for each in measures(question):
        anchor, columns = each.anchor, each.sums
        found = where(question, anchor)
        place = sa.type_coerce(anchor.organisation, sa.Integer)
        by_organisation = sa.select(place, *columns).where(*found).group_by(place)
        for organisation, *cell in session.execute(by_organisation):
            organisations[organisation].append(cell)
        category = sa.func.coalesce(RateFact.category, "")
        keys = (RateFact.kind, category)
        by_month = sa.select(sa.literal(first), *keys, *columns).where(*found).group_by(*keys)
        if others:  # to group by the one month there is would cost a tenth of the time
            every = sa.type_coerce(anchor.month, sa.Integer)
            by_month = sa.select(every, *keys, *columns).where(*found).group_by(every, *keys)
        for month, kind, name, *cell in session.execute(by_month):
            months[month].append(cell)
            kinds[kind].append(cell)
            categories[name].append(cell)
    return Cube(sums_by(organisations), sums_by(months), sums_by(kinds), sums_by(categories))


def count_by_day(session: Session, question: Question) -> dict[date, Figures]:
    """Count the letters of ``question`` by civil day; days without any are left out."""
    found: Rows[date] = defaultdict(list)
    for each in measures(question):
        ticks = sa.type_coerce(each.anchor.moment, sa.BigInteger)
        day = ((ticks + _SHANGHAI) // _DAY).label("day")
        query = sa.select(day, *each.sums).where(*where(question, each.anchor))
        for number, *cell in session.execute(query.group_by(day)):
            found[_EPOCH + timedelta(days=number)].append(cell)
    return sums_by(found)


def total_of(cubes: Iterable[Cube]) -> Cube:
    """Return the cube of all letters of ``cubes``, which count disjoint periods."""
    known = list(cubes)
    return Cube(
        _merged(cube.by_organisation for cube in known),
        _merged(cube.by_month for cube in known),
        _merged(cube.by_kind for cube in known),
        _merged(cube.by_category for cube in known),
    )


def _merged(axes: Iterable[Mapping[Key, Figures]]) -> dict[Key, Figures]:
    found: Rows[Key] = defaultdict(list)
    for axis in axes:
        for key, figures in axis.items():
            found[key].append(figures.counts)
    return sums_by(found)


def years_with_letters(session: Session) -> list[int]:
    """Return the years from the first in which a letter was received to the last."""
    # One query for each end: for both in one, SQLite reads the whole index.
    ends = (sa.func.min(RateFact.received_month), sa.func.max(RateFact.received_month))
    first, last = (session.scalar(sa.select(end)) for end in ends)
    return [] if first is None or last is None else list(range(year_of(first), year_of(last) + 1))


def count_by_channel(session: Session, question: Question) -> dict[Source, int]:
    """Count the letters received by the way in which they came; together they are all of them.

    Ways in which none came are left out; the way of most letters comes first.
    """
    number = sa.func.count()
    query = (
        sa.select(Letter.source, number)
        .join(RateFact, RateFact.letter_id == Letter.id)
        .where(*where(question), received(question.before))
        .group_by(Letter.source)
        .order_by(number.desc(), Letter.source)
    )
    return {source: int(letters) for source, letters in session.execute(query)}
