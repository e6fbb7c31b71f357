"""Which facts a question is about and what is counted of them.

One pass goes over the facts by one of their months; the cohort basis needs a single one, the
period basis one for each thing that happens.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.domain.letters.kinds import Kind
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.measures import Outcome, View
from portal.domain.statistics.rates import Basis, Figures
from portal.models import RateFact

F = RateFact
Condition = sa.ColumnElement[bool]
Month = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
NAMES = tuple(Figures.__dataclass_fields__)
"""The counts of a cell, in the order in which they are summed."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which letters, seen from which moment.

    ``before`` is the as-of moment (what happened before it counts), ``organisations`` the ids of
    a subtree as of then (``None`` for the whole house), ``category`` a subject (``""`` for letters
    without one).
    """

    period: Period
    before: datetime
    basis: Basis = Basis.COHORT
    view: View = View.RECEIVING
    organisations: frozenset[int] | None = None
    kind: Kind | None = None
    category: str | None = None

    @property
    def narrowed(self) -> bool:
        """Whether a part of the house, of the kinds or of the subjects is asked for."""
        return any(each is not None for each in (self.organisations, self.kind, self.category))


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over the facts: which rows, where they belong, what is summed."""

    month: Month
    moment: Moment
    place: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
    counts: dict[str, Condition]


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


def passes(question: Question) -> list[Pass]:
    """Return the passes over the facts that answer ``question``."""
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
            Pass(F.received_month, F.received_at, first, arrivals),
            Pass(F.closed_month, F.closed_from, place, endings),
            Pass(F.published_month, F.published_from, place, publications),
        ]
    if question.view is View.ANSWERING:
        return [
            Pass(F.received_month, F.received_at, first, {**arrivals, **marks}),
            Pass(F.received_month, F.received_at, place, {**endings, **publications}),
        ]
    everything = {**arrivals, **marks, **endings, **publications}
    return [Pass(F.received_month, F.received_at, first, everything)]


def counted(question: Question, measure: str) -> sa.Select[int]:
    """Return the ids of the letters that ``measure`` counts, each once for each count.

    Raises KeyError for a measure that the question does not count.
    """
    for each in passes(question):
        if measure in each.counts:
            return sa.select(F.letter_id).where(*within(question, each), each.counts[measure])
    raise KeyError(measure)


def within(question: Question, each: Pass) -> list[Condition]:
    """Return the conditions that narrow the facts to the question's period, place and kind."""
    period = question.period
    found = [in_months(question, each.month)]
    if period.granularity in (Granularity.WEEK, Granularity.DAY):
        found += [each.moment >= period.starts_at, each.moment < period.ends_at]
    if question.before < period.ends_at:
        found.append(each.moment < question.before)
    if question.organisations is not None:
        found.append(each.place.in_(sorted(question.organisations)))
        found += every_kind(question)
    if each.place is F.closing_organisation_id:
        found.append(F.closing_organisation_id.is_not(None))
    if question.kind is not None:
        found.append(F.kind == question.kind)
    if question.category is not None:
        found.append(sa.func.coalesce(F.category, "") == question.category)
    return found


FEW = 100
"""Organisations that an index finds one by one sooner than it reads all."""


def in_months(question: Question, column: Month) -> Condition:
    """Return the condition that a fact belongs to the months of the question's period.

    Month by month where little is asked for, so that an index goes on to its next column; a span
    where most of the months will be read.
    """
    days = question.period.first_day, question.period.last_day
    first, last = (month_of(day) for day in days)
    if not question.narrowed:
        return column.between(first, last)
    count = (days[1].year - days[0].year) * 12 + days[1].month - days[0].month + 1
    starts = (days[0].year * 12 + days[0].month - 1 + number for number in range(count))
    return column.in_([start // 12 * 100 + start % 12 + 1 for start in starts])


def every_kind(question: Question) -> list[Condition]:
    """Return a condition that is always true and leads an index past the kind to few places."""
    places = question.organisations
    few = places is not None and len(places) <= FEW and question.kind is None
    return [F.kind.in_(list(Kind))] if few else []


def sums(counts: dict[str, Condition]) -> list[sa.ColumnElement[int]]:
    """Return a sum for each field of ``Figures``; what is not counted is 0."""
    return [
        (sa.func.count().filter(counts[name]) if name in counts else sa.literal(0)).label(name)
        for name in NAMES
    ]


def month_of(day: date) -> int:
    """Return the civil month of a day, as ``yyyymm``."""
    return day.year * 100 + day.month
