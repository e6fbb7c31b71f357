"""Counts of one question, summed by organisation, by month, by kind and by category.

The cohort basis counts letters by the month of their receipt; the period basis counts what
happened in the period and still stands at the as-of moment, each by the month of its happening.
Sums are exact integers; cells of the same question add up in every direction. Each month is summed
by itself and kept until one of its facts changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, replace
from datetime import date
from functools import partial
from operator import add
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.rates import Figures
from portal.models import RateFact
from portal.queries.statistics.cache import kept, stamps, year_stamp
from portal.queries.statistics.filters import (
    NAMES,
    Condition,
    Pass,
    Question,
    month_of,
    passes,
    sums,
    within,
)
from portal.queries.statistics.stored import Shelf

F = RateFact
_CATEGORY = sa.func.coalesce(F.category, "")
_DAY = 86_400_000_000
_SHANGHAI = 28_800_000_000
_EPOCH = date(1970, 1, 1).toordinal()
Key = TypeVar("Key")
Counts = tuple[int, ...]
"""The counts of a cell in the order of the fields of ``Figures``."""
_NOTHING: Counts = (0,) * len(NAMES)


@dataclass(frozen=True)
class Cube:
    """Figures by organisation id, by month (``yyyymm``), by kind and by category.

    ``total`` is the sum along each of them; the category ``""`` holds letters without one. On the
    period basis ``extended``, ``returned`` and ``redone`` are not counted.
    """

    by_organisation: dict[int, Figures] = field(default_factory=dict)
    by_month: dict[int, Figures] = field(default_factory=dict)
    by_kind: dict[Kind, Figures] = field(default_factory=dict)
    by_category: dict[str, Figures] = field(default_factory=dict)

    @property
    def total(self) -> Figures:
        """The sum over all months."""
        return sum(self.by_month.values(), Figures())

    @property
    def categories(self) -> list[tuple[str, Figures]]:
        """Categories with letters, the busiest first, letters without one last."""
        known = [(name, f) for name, f in self.by_category.items() if f != Figures()]
        return sorted(known, key=lambda pair: (not pair[0], -pair[1].received, pair[0]))


@dataclass(frozen=True, slots=True)
class _Part:
    """The sums of one month (or shorter period)."""

    places: dict[int, Counts] = field(default_factory=lambda: defaultdict(lambda: _NOTHING))
    themes: dict[tuple[Kind, str], Counts] = field(
        default_factory=lambda: defaultdict(lambda: _NOTHING)
    )


def cube(session: Session, question: Question) -> Cube:
    """Return the counts for ``question``; months in which nothing changed are not summed again."""
    state = tuple(sorted(stamps(session, question.period).items()))
    return kept(
        session,
        ("cube", question),
        state,
        lambda: YEARS.take(session, question, year_stamp(dict(state))),
    )


def _cube(session: Session, question: Question) -> Cube:
    pieces = _pieces(question.period)
    if len(pieces) > 1 and not PARTS.holds(session, question):
        return _at_once(session, question)
    known = stamps(session, question.period)
    places: dict[int, Counts] = defaultdict(lambda: _NOTHING)
    months: dict[int, Counts] = {}
    kinds: dict[Kind, Counts] = defaultdict(lambda: _NOTHING)
    categories: dict[str, Counts] = defaultdict(lambda: _NOTHING)
    for piece in pieces:
        part = _kept_part(session, replace(question, period=piece), known)
        for place, counts in part.places.items():
            places[place] = _added(places[place], counts)
        month, total = month_of(piece.first_day), _NOTHING
        for (kind, category), counts in part.themes.items():
            kinds[kind] = _added(kinds[kind], counts)
            categories[category] = _added(categories[category], counts)
            total = _added(total, counts)
        if part.themes:
            months[month] = total
    return Cube(_figures(places), _figures(months), _figures(kinds), _figures(categories))


def _at_once(session: Session, question: Question) -> Cube:
    """Sum what is not put by month by month: a few queries instead of dozens."""
    places: dict[int, Counts] = defaultdict(lambda: _NOTHING)
    months: dict[int, Counts] = defaultdict(lambda: _NOTHING)
    kinds: dict[Kind, Counts] = defaultdict(lambda: _NOTHING)
    categories: dict[str, Counts] = defaultdict(lambda: _NOTHING)
    for each in passes(question):
        where, counted = within(question, each), sums(each.counts)
        for place, *counts in session.execute(_by_place(each, where, counted)):
            places[place] = _added(places[place], tuple(counts))
        keys = (sa.type_coerce(each.month, sa.Integer), F.kind, _CATEGORY)
        by_theme = sa.select(*keys, *counted).where(*where).group_by(*keys)
        for month, kind, category, *counts in session.execute(by_theme):
            months[month] = _added(months[month], tuple(counts))
            kinds[kind] = _added(kinds[kind], tuple(counts))
            categories[category] = _added(categories[category], tuple(counts))
    return Cube(_figures(places), _figures(months), _figures(kinds), _figures(categories))


def _by_place(
    each: Pass, where: list[Condition], counted: list[sa.ColumnElement[int]]
) -> sa.Select[int, *tuple[Any, ...]]:
    place = sa.type_coerce(each.place, sa.Integer)
    return sa.select(place, *counted).where(*where).group_by(each.place)


def _added(one: Counts, other: Counts) -> Counts:
    return tuple(map(add, one, other))


def _figures(cells: Mapping[Key, Counts]) -> dict[Key, Figures]:
    return {key: Figures(*counts) for key, counts in cells.items()}


def _pieces(period: Period) -> list[Period]:
    """Return the months of a period, or the period itself where it is no longer than a month."""
    if period.granularity in (Granularity.YEAR, Granularity.QUARTER):
        return period.split(Granularity.MONTH)
    return [period]


def _kept_part(session: Session, question: Question, known: dict[int, str]) -> _Part:
    first, last = month_of(question.period.first_day), month_of(question.period.last_day)
    state = (known.get(first), known.get(last))
    if state == (None, None):
        return _Part()
    return kept(session, ("part", question), state, lambda: PARTS.take(session, question, state[0]))


def _part(session: Session, question: Question) -> _Part:
    found = _Part()
    keys = (F.kind, _CATEGORY)
    for each in passes(question):
        where, counted = within(question, each), sums(each.counts)
        for place, *counts in session.execute(_by_place(each, where, counted)):
            found.places[place] = _added(found.places[place], tuple(counts))
        by_theme = sa.select(*keys, *counted).where(*where).group_by(*keys)
        for kind, name, *counts in session.execute(by_theme):
            found.themes[kind, name] = _added(found.themes[kind, name], tuple(counts))
    return found


def _plain(part: _Part) -> list[list[list[object]]]:
    return [
        [[place, *counts] for place, counts in part.places.items()],
        [[kind, category, *counts] for (kind, category), counts in part.themes.items()],
    ]


def _whole(plain: list[list[list[Any]]]) -> _Part:
    places, themes = plain
    return _Part(
        {place: tuple(counts) for place, *counts in places},
        {(Kind(kind), category): tuple(counts) for kind, category, *counts in themes},
    )


def _plain_cube(found: Cube) -> list[list[list[object]]]:
    axes = (found.by_organisation, found.by_month, found.by_kind, found.by_category)
    return [[[key, *astuple(f)] for key, f in cells.items()] for cells in axes]


def _whole_cube(plain: list[list[list[Any]]]) -> Cube:
    places, months, kinds, categories = (
        {key: Figures(*counts) for key, *counts in cells} for cells in plain
    )
    return Cube(places, months, {Kind(kind): f for kind, f in kinds.items()}, categories)


PARTS = Shelf("part", Granularity.MONTH, _part, _plain, _whole)
YEARS = Shelf("cube", Granularity.YEAR, _cube, _plain_cube, _whole_cube)


def series(session: Session, question: Question, into: Granularity) -> list[tuple[Period, Figures]]:
    """Return the figures of each part of the question's period, empty parts included.

    Raises :class:`~portal.domain.periods.PeriodError` where ``into`` is not shorter.
    """
    parts = question.period.split(into)
    if into in (Granularity.QUARTER, Granularity.MONTH):
        months = cube(session, question).by_month
        return [(part, _sum(months, part)) for part in parts]
    days = _days(session, question, [*_pieces(question.period), parts[0], parts[-1]])
    nothing = Figures()
    return [(p, sum((days.get(d, nothing) for d in _ordinals(p)), nothing)) for p in parts]


def _days(session: Session, question: Question, pieces: list[Period]) -> dict[int, Figures]:
    """Return the figures by day; the first and the last week may reach over the period's edges."""
    known: dict[int, str] = {}
    for period in (question.period, *pieces[-2:]):
        known |= stamps(session, period)
    found: dict[int, Figures] = {}
    for piece in pieces:
        asked = replace(question, period=piece)
        state = tuple(known.get(month_of(day)) for day in (piece.first_day, piece.last_day))
        if any(state):
            found |= kept(session, ("days", asked), state, partial(_by_day, session, asked))
    return found


def _ordinals(part: Period) -> Iterable[int]:
    return range(part.first_day.toordinal(), part.last_day.toordinal() + 1)


def _sum(months: dict[int, Figures], part: Period) -> Figures:
    first, last = month_of(part.first_day), month_of(part.last_day)
    return sum((f for month, f in months.items() if first <= month <= last), Figures())


def _by_day(session: Session, question: Question) -> dict[int, Figures]:
    found: dict[int, Figures] = defaultdict(Figures)
    for each in passes(question):
        ticks = sa.type_coerce(each.moment, sa.BigInteger)
        day = ((ticks + _SHANGHAI) // _DAY).label("day")
        query = sa.select(day, *sums(each.counts)).where(*within(question, each)).group_by(day)
        for number, *counts in session.execute(query):
            found[_EPOCH + number] += Figures(*counts)
    return dict(found)
