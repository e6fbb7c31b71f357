"""Counts of one question, summed by organisation, by month and by kind in one pass.

The cohort basis counts letters by the month of their receipt; the period basis counts what
happened in the period and still stands at the as-of moment, each by the month of its happening.
Sums are exact integers; cells of the same question add up in every direction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.letters import Kind
from portal.domain.measures import Outcome, View
from portal.domain.periods import Granularity, Period
from portal.domain.rates import Basis, Figures
from portal.models import RateFact
from portal.queries.rates.memory import remembered

F = RateFact
Condition = sa.ColumnElement[bool]
Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
_DAY = 86_400_000_000
_SHANGHAI = 28_800_000_000
_EPOCH = date(1970, 1, 1).toordinal()


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
    """Figures by organisation id, by month (``yyyymm``) and by kind; ``total`` is their sum.

    On the period basis ``extended``, ``returned`` and ``redone`` are not counted.
    """

    by_organisation: dict[int, Figures] = field(default_factory=dict)
    by_month: dict[int, Figures] = field(default_factory=dict)
    by_kind: dict[Kind, Figures] = field(default_factory=dict)

    @property
    def total(self) -> Figures:
        """The sum over all months."""
        return sum(self.by_month.values(), Figures())


@dataclass(frozen=True, slots=True)
class _Pass:
    """One pass over the facts: which rows, where they belong, what is summed."""

    month: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
    moment: Moment
    place: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
    counts: dict[str, Condition]


def cube(session: Session, question: Question) -> Cube:
    """Return the counts for ``question``; remembered while nothing happens."""
    return remembered(session, ("cube", question), lambda: _count(session, question))


def _count(session: Session, question: Question) -> Cube:
    places: dict[int, Figures] = defaultdict(Figures)
    months: dict[int, Figures] = defaultdict(Figures)
    kinds: dict[Kind, Figures] = defaultdict(Figures)
    for each in _passes(question):
        for axis, number, word, *sums in session.execute(_grouped(question, each)):
            figures = Figures(**dict(zip(each.counts, map(int, sums), strict=True)))
            if axis == "place":
                places[number] += figures
            elif axis == "month":
                months[number] += figures
            else:
                kinds[Kind(word)] += figures
    return Cube(dict(places), dict(months), dict(kinds))


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
    found: list[Condition] = [
        each.month.between(first.year * 100 + first.month, last.year * 100 + last.month)
    ]
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
    return [sa.func.count().filter(c).label(name) for name, c in counts.items()]


def _grouped(question: Question, each: _Pass) -> sa.CompoundSelect[Any]:
    """Return one statement: the finest cells once, then their sums along each axis."""
    cells = (
        sa.select(
            each.month.label("month"), each.place.label("place"), F.kind.label("word"),
            *_sums(each.counts),
        )
        .where(*_within(question, each))
        .group_by(each.month, each.place, F.kind)
        .cte("cells")
    )  # fmt: skip
    sums = [sa.func.sum(cells.c[name]) for name in each.counts]
    none, empty = sa.literal(0), sa.literal("")
    kind = sa.type_coerce(cells.c.word, sa.String)
    return sa.union_all(
        sa.select(sa.literal("place"), cells.c.place, empty, *sums).group_by(cells.c.place),
        sa.select(sa.literal("month"), cells.c.month, empty, *sums).group_by(cells.c.month),
        sa.select(sa.literal("kind"), none, kind, *sums).group_by(kind),
    )


def series(session: Session, question: Question, into: Granularity) -> list[tuple[Period, Figures]]:
    """Return the figures of each part of the question's period, empty parts included.

    Raises :class:`~portal.domain.periods.PeriodError` where ``into`` is not shorter.
    """
    parts = question.period.split(into)
    if into in (Granularity.QUARTER, Granularity.MONTH):
        months = cube(session, question).by_month
        return [(part, _sum(months, part)) for part in parts]
    days = remembered(session, ("days", question), lambda: _by_day(session, question))
    return [
        (
            part,
            sum(
                (days.get(d, Figures()) for d in _ordinals(part) ),
                Figures(),
            ),
        )
        for part in parts
    ]  # fmt: skip


def _ordinals(part: Period) -> Iterable[int]:
    return range(part.first_day.toordinal(), part.last_day.toordinal() + 1)


def _sum(months: dict[int, Figures], part: Period) -> Figures:
    first = part.first_day.year * 100 + part.first_day.month
    last = part.last_day.year * 100 + part.last_day.month
    return sum((f for month, f in months.items() if first <= month <= last), Figures())


def _by_day(session: Session, question: Question) -> dict[int, Figures]:
    found: dict[int, Figures] = defaultdict(Figures)
    for each in _passes(question):
        ticks = sa.type_coerce(each.moment, sa.BigInteger)
        day = ((ticks + _SHANGHAI) // _DAY).label("day")
        query = sa.select(day, *_sums(each.counts)).where(*_within(question, each)).group_by(day)
        for number, *sums in session.execute(query):
            figures = Figures(**dict(zip(each.counts, map(int, sums), strict=True)))
            found[_EPOCH + number] += figures
    return dict(found)
