"""SQL of a question: the letters it is about as conditions on facts, its counts as sums.

The cohort basis counts letters by the month of their receipt; the period basis counts what happened
in the period and still stands at the as-of moment, each by the month in which it happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from portal.domain.letters.kinds import Kind
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.measures import Outcome, View
from portal.domain.statistics.rates import Basis, Figures
from portal.models import RateFact

F = RateFact
Condition = sa.ColumnElement[bool]
Integers = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
Moments = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
NAMES = tuple(Figures.__dataclass_fields__)
"""The counts of a cell, in the order in which they are summed."""
FEW_ORGANISATIONS = 100
"""Organisations that an index finds one by one sooner than it reads all."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the statistics: a set of letters, seen from a moment.

    ``before`` is the as-of moment (what happened before it counts), ``organisations`` the ids of
    a subtree as of then (``None`` for all), ``category`` a subject (``""`` for letters without one).
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
        """Whether the question is limited to some organisations, kinds or subjects."""
        return any(each is not None for each in (self.organisations, self.kind, self.category))

    @property
    def of_cohort(self) -> Question:
        """The same question on the cohort basis, by receiving organisation."""
        return replace(self, basis=Basis.COHORT, view=View.RECEIVING)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The columns by which a fact belongs to a period and to an organisation."""

    month: Integers
    moment: Moments
    organisation: Integers


RECEIPT = Anchor(F.received_month, F.received_at, F.received_organisation_id)


@dataclass(frozen=True)
class Measures:
    """Counts that are summed together, by name, because they share an anchor."""

    anchor: Anchor
    counts: dict[str, Condition]

    @cached_property
    def sums(self) -> list[sa.ColumnElement[int]]:
        """A sum for each field of ``Figures``; what is not counted is 0."""
        counts = self.counts
        return [
            (sa.func.count().filter(counts[name]) if name in counts else sa.literal(0)).label(name)
            for name in NAMES
        ]


def stands(begin: Moments, until: Moments, before: datetime) -> Condition:
    """Return the condition that an interval has begun and not ended by the as-of moment."""
    return sa.and_(begin < before, sa.or_(until.is_(None), until >= before))


def received(before: datetime) -> Condition:
    """Return the condition that a fact counts as a letter received."""
    return sa.and_(F.opening, sa.or_(F.withdrawn_at.is_(None), F.withdrawn_at >= before))


def closed(before: datetime) -> Condition:
    """Return the condition that a fact counts as a letter closed."""
    return stands(F.closed_from, F.closed_until, before)


def published(before: datetime) -> Condition:
    """Return the condition that a fact counts as a letter published."""
    return stands(F.published_from, F.published_until, before)


def measures(question: Question) -> list[Measures]:
    """Return the counts of ``question``: one entry for each pass over the facts."""
    return _measures(question.before, question.basis, question.view is View.ANSWERING)


# The months of a year ask for the same sums, and to write them takes longer than to read a month.
@lru_cache(maxsize=64)
def _measures(before: datetime, basis: Basis, answering: bool) -> list[Measures]:
    # The part that is rarely true comes first in each condition: the rest is then not evaluated.
    taken, ended = received(before), closed(before)
    arrivals = {"received": taken, "withdrawn": sa.and_(F.withdrawn_at < before, F.opening)}
    courses = {
        "extended": sa.and_(F.extended_at < before, taken),
        "returned": sa.and_(F.returned_at < before, taken),
        "redone": sa.and_(F.redone_at < before, taken),
    }
    endings = {
        "closed": ended,
        "declined": sa.and_(F.outcome == Outcome.DECLINED, ended),
        "timed_out": sa.and_(F.outcome == Outcome.NO_SUPPLEMENT, ended),
        "on_time": sa.and_(ended, F.on_time.is_(True)),
    }
    publications = {"published": published(before)}
    place = F.closing_organisation_id if answering else F.received_organisation_id
    if basis is Basis.PERIOD:
        return [
            Measures(RECEIPT, arrivals),
            Measures(Anchor(F.closed_month, F.closed_from, place), endings),
            Measures(Anchor(F.published_month, F.published_from, place), publications),
        ]
    if answering:
        return [
            Measures(RECEIPT, arrivals | courses),
            Measures(replace(RECEIPT, organisation=place), endings | publications),
        ]
    return [Measures(RECEIPT, arrivals | courses | endings | publications)]


def where(question: Question, anchor: Anchor = RECEIPT) -> list[Condition]:
    """Return the conditions that narrow facts to the question's period, place, kind and subject."""
    period = question.period
    months = period.months
    first, last = months[0], months[-1]
    # A narrowed question lists its months, so that an index goes on to its next column; any other
    # reads most rows of the span anyway.
    found: list[Condition] = [
        anchor.month.in_(months) if question.narrowed else anchor.month.between(first, last)
    ]
    if period.granularity in (Granularity.WEEK, Granularity.DAY):
        found += [anchor.moment >= period.starts_at, anchor.moment < period.ends_at]
    if question.before < period.ends_at:
        found.append(anchor.moment < question.before)
    if question.organisations is not None:
        found.append(anchor.organisation.in_(sorted(question.organisations)))
        if question.kind is None and len(question.organisations) <= FEW_ORGANISATIONS:
            # Always true; it leads an index past the kind to the organisations.
            found.append(F.kind.in_(list(Kind)))
    if anchor.organisation is F.closing_organisation_id:
        found.append(F.closing_organisation_id.is_not(None))
    if question.kind is not None:
        found.append(F.kind == question.kind)
    if question.category is not None:
        found.append(sa.func.coalesce(F.category, "") == question.category)
    return found


def letters_counted(question: Question, measure: str) -> sa.Select[int]:
    """Return the ids of the letters that ``measure`` counts, each once for each count.

    Raises KeyError for a measure that the question does not count.
    """
    for each in measures(question):
        if measure in each.counts:
            found = where(question, each.anchor)
            return sa.select(F.letter_id).where(*found, each.counts[measure])
    raise KeyError(measure)
