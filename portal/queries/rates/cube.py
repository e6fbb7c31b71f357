"""Counts of one question, summed by organisation, by month, by kind and by category.

The cohort basis counts letters by the month of their receipt; the period basis counts what
happened in the period and still stands at the as-of moment, each by the month of its happening.
Sums are exact integers; cells of the same question add up in every direction. Each month is summed
by itself and kept until one of its facts changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import add
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.letters import Kind
from portal.domain.measures import Outcome, View
from portal.domain.periods import Granularity, Period
from portal.domain.rates import Basis, Figures
from portal.models import RateFact
from portal.queries.rates.memory import kept, stamps

F = RateFact
Condition = sa.ColumnElement[bool]
Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
_DAY = 86_400_000_000
_SHANGHAI = 28_800_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_NAMES = tuple(Figures.__dataclass_fields__)
Key = TypeVar("Key")
Counts = tuple[int, ...]
"""The counts of a cell in the order of the fields of ``Figures``."""
_NOTHING: Counts = (0,) * len(_NAMES)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which letters, seen from which moment.

    ``before`` is the as-of moment (what happened before it counts), ``organisations`` the ids of
    a subtree as of then (``None`` for the whole house).
    """

    period: Period
    before: datetime
    basis: Basis = Basis.COHORT
    view: View = View.RECEIVING
    organisations: frozenset[int] | None = None
    kind: Kind | None = None


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


@dataclass(frozen=True, slots=True)
class _Pass:
    """One pass over the facts: which rows, where they belong, what is summed."""

    month: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
    moment: Moment
    place: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
    counts: dict[str, Condition]


def cube(session: Session, question: Question) -> Cube:
    """Return the counts for ``question``; months in which nothing changed are not summed again."""
    known = stamps(session, question.period)
    state = tuple(sorted(known.items()))
    return kept(session, ("cube", question), state, lambda: _cube(session, question, known))


def _cube(session: Session, question: Question, known: dict[int, str]) -> Cube:
    places: dict[int, Counts] = defaultdict(lambda: _NOTHING)
    months: dict[int, Counts] = {}
    kinds: dict[Kind, Counts] = defaultdict(lambda: _NOTHING)
    categories: dict[str, Counts] = defaultdict(lambda: _NOTHING)
    for piece in _pieces(question.period):
        part = _kept_part(session, replace(question, period=piece), known)
        for place, counts in part.places.items():
            places[place] = _added(places[place], counts)
        month, total = _month(piece.first_day), _NOTHING
        for (kind, category), counts in part.themes.items():
            kinds[kind] = _added(kinds[kind], counts)
            categories[category] = _added(categories[category], counts)
            total = _added(total, counts)
        if part.themes:
            months[month] = total
    return Cube(_figures(places), _figures(months), _figures(kinds), _figures(categories))


def _added(one: Counts, other: Counts) -> Counts:
    return tuple(map(add, one, other))


def _figures(cells: Mapping[Key, Counts]) -> dict[Key, Figures]:
    return {key: Figures(*counts) for key, counts in cells.items()}


def _pieces(period: Period) -> list[Period]:
    """Return the months of a period, or the period itself where it is no longer than a month."""
    if period.granularity in (Granularity.YEAR, Granularity.QUARTER):
        return period.split(Granularity.MONTH)
    return [period]


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _kept_part(session: Session, question: Question, known: dict[int, str]) -> _Part:
    first, last = _month(question.period.first_day), _month(question.period.last_day)
    state = (known.get(first), known.get(last))
    if state == (None, None):
        return _Part()
    return kept(session, ("part", question), state, lambda: _part(session, question))


def _part(session: Session, question: Question) -> _Part:
    found = _Part()
    category = sa.func.coalesce(F.category, "")
    for each in _passes(question):
        where, sums = _within(question, each), _sums(each.counts)
        by_place = (
            sa.select(sa.type_coerce(each.place, sa.Integer), *sums)
            .where(*where)
            .group_by(each.place)
        )
        for place, *counts in session.execute(by_place):
            found.places[place] = _added(found.places[place], tuple(counts))
        by_theme = sa.select(F.kind, category, *sums).where(*where).group_by(F.kind, category)
        for kind, name, *counts in session.execute(by_theme):
            found.themes[kind, name] = _added(found.themes[kind, name], tuple(counts))
    return found


def happened(moment: Moment, before: datetime) -> Condition:
    """Return the condition that a moment of the facts lies before the as-of moment."""
    return moment < before


def stands(begin: Moment, until: Moment, before: datetime) -> Condition:
    """Return the condition that an interval has begun and not ended by the as-of moment."""
    return sa.and_(begin < before, sa.or_(until.is_(None), until >= before))


def received(before: datetime) -> Condition:
    """Return the condition that a fact counts as a letter received."""
    return sa.and_(F.opening, sa.or_(F.withdrawn_at.is_(None), F.withdrawn_at >= before))


def closed(before: datetime) -> Condition:
    """Return the condition that a fact counts as a letter closed."""
    return stands(F.closed_from, F.closed_until, before)


def _passes(question: Question) -> list[_Pass]:
    # What is seldom true stands first in each condition: the rest is then not looked at.
    t = question.before
    taken, ended, public = received(t), closed(t), stands(F.published_from, F.published_until, t)
    arrivals = {"received": taken, "withdrawn": sa.and_(happened(F.withdrawn_at, t), F.opening)}
    marks = {
        "extended": sa.and_(happened(F.extended_at, t), taken),
        "returned": sa.and_(happened(F.returned_at, t), taken),
        "redone": sa.and_(happened(F.redone_at, t), taken),
    }
    endings = {
        "closed": ended,
        "declined": sa.and_(F.outcome == Outcome.DECLINED, ended),
        "timed_out": sa.and_(F.outcome == Outcome.NO_SUPPLEMENT, ended),
        "on_time": sa.and_(ended, F.on_time.is_(True)),
    }
    publications = {"published": public}
    first, answering = F.received_organisation_id, F.closing_organisation_id
    place = answering if question.view is View.ANSWERING else first
    if question.basis is Basis.PERIOD:
        return [
            _Pass(F.received_month, F.received_at, first, arrivals),
            _Pass(F.closed_month, F.closed_from, place, endings),
            _Pass(F.published_month, F.published_from, place, publications),
        ]
    if question.view is View.ANSWERING:
        return [
            _Pass(F.received_month, F.received_at, first, {**arrivals, **marks}),
            _Pass(F.received_month, F.received_at, place, {**endings, **publications}),
        ]
    everything = {**arrivals, **marks, **endings, **publications}
    return [_Pass(F.received_month, F.received_at, first, everything)]


def counted(question: Question, measure: str) -> sa.Select[int]:
    """Return the ids of the letters that ``measure`` counts, each once for each count.

    Raises KeyError for a measure that the question does not count.
    """
    for each in _passes(question):
        if measure in each.counts:
            return sa.select(F.letter_id).where(*_within(question, each), each.counts[measure])
    raise KeyError(measure)


def _within(question: Question, each: _Pass) -> list[Condition]:
    """Return the conditions that narrow the facts to the question's period, place and kind."""
    period = question.period
    first, last = period.first_day, period.last_day
    found: list[Condition] = [each.month.between(_month(first), _month(last))]
    if period.granularity in (Granularity.WEEK, Granularity.DAY):
        found += [each.moment >= period.starts_at, each.moment < period.ends_at]
    if question.before < period.ends_at:
        found.append(each.moment < question.before)
    if question.organisations is not None:
        found.append(each.place.in_(sorted(question.organisations)))
    if each.place is F.closing_organisation_id:
        found.append(F.closing_organisation_id.is_not(None))
    if question.kind is not None:
        found.append(F.kind == question.kind)
    return found


def _sums(counts: dict[str, Condition]) -> list[sa.ColumnElement[int]]:
    """Return a sum for each field of ``Figures``; what is not counted is 0."""
    return [
        (sa.func.count().filter(counts[name]) if name in counts else sa.literal(0)).label(name)
        for name in _NAMES
    ]


def series(session: Session, question: Question, into: Granularity) -> list[tuple[Period, Figures]]:
    """Return the figures of each part of the question's period, empty parts included.

    Raises :class:`~portal.domain.periods.PeriodError` where ``into`` is not shorter.
    """
    parts = question.period.split(into)
    if into in (Granularity.QUARTER, Granularity.MONTH):
        months = cube(session, question).by_month
        return [(part, _sum(months, part)) for part in parts]
    state = tuple(sorted(stamps(session, question.period).items()))
    days = kept(session, ("days", question), state, lambda: _by_day(session, question))
    nothing = Figures()
    return [(p, sum((days.get(d, nothing) for d in _ordinals(p)), nothing)) for p in parts]


def _ordinals(part: Period) -> Iterable[int]:
    return range(part.first_day.toordinal(), part.last_day.toordinal() + 1)


def _sum(months: dict[int, Figures], part: Period) -> Figures:
    first, last = _month(part.first_day), _month(part.last_day)
    return sum((f for month, f in months.items() if first <= month <= last), Figures())


def _by_day(session: Session, question: Question) -> dict[int, Figures]:
    found: dict[int, Figures] = defaultdict(Figures)
    for each in _passes(question):
        ticks = sa.type_coerce(each.moment, sa.BigInteger)
        day = ((ticks + _SHANGHAI) // _DAY).label("day")
        query = sa.select(day, *_sums(each.counts)).where(*_within(question, each)).group_by(day)
        for number, *sums in session.execute(query):
            found[_EPOCH + number] += Figures(*sums)
    return dict(found)
