"""Measures beyond the two rates: how long it took, how often letters moved, what citizens said.

All on the cohort basis: letters received in the period, as they stood at the as-of moment.
Medians and percentiles come from exact distributions; unlike counts they do not add up, but the
distributions do. Each month is summed by itself and kept until one of its letters has an event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters import DeclineReason, RefusalReason, State
from portal.domain.measures import Outcome, View
from portal.domain.periods import Granularity, Period
from portal.domain.rates import Basis
from portal.models import RateFact, Rating, StateInterval
from portal.queries.rates.cohort import Reasons, cohort, declined, rated, refused, taken
from portal.queries.rates.memory import kept, stamps
from portal.queries.rates.passes import Question, closed, month_of, received
from portal.queries.rates.shelf import Shelf

F = RateFact
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Durations:
    """How many letters took how many working days."""

    days: Mapping[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many letters there are."""
        return sum(self.days.values())

    @property
    def median(self) -> int | None:
        """The nearest-rank median in working days."""
        return ranked(self.days, 50)

    @property
    def p90(self) -> int | None:
        """The nearest-rank 90th percentile in working days."""
        return ranked(self.days, 90)


@dataclass(frozen=True, slots=True)
class Mean:
    """An exact mean of ``count`` values; None where there are none."""

    count: int = 0
    total: int = 0

    @property
    def value(self) -> Fraction | None:
        """The mean as a fraction."""
        return Fraction(self.total, self.count) if self.count else None


@dataclass(frozen=True)
class Detail:
    """What is told of the letters of a question beside their counts.

    ``refusals`` are of the letters closed; with those published they leave the rest of the closed,
    for which nobody has decided.
    """

    response: Durations = Durations()
    closing: Durations = Durations()
    hops: Mean = Mean()
    attitude: Mean = Mean()
    efficiency: Mean = Mean()
    refusals: Mapping[RefusalReason, int] = field(default_factory=dict)
    declines: Mapping[DeclineReason, int] = field(default_factory=dict)


def detail(session: Session, question: Question) -> Detail:
    """Return the measures beyond the rates for ``question`` (its basis and view play no part)."""
    asked = replace(question, basis=Basis.COHORT, view=View.RECEIVING)
    known = stamps(session, asked.period)
    state = tuple(sorted(known.items()))
    return kept(session, ("detail", asked), state, lambda: _summed(session, asked, known))


def _summed(session: Session, question: Question, known: Mapping[int, str]) -> Detail:
    parts = []
    for piece in _pieces(question):
        asked = replace(question, period=piece)
        first, last = month_of(piece.first_day), month_of(piece.last_day)
        state = tuple(stamp for month, stamp in sorted(known.items()) if first <= month <= last)
        if state:
            key = ("detail part", asked)
            take = partial(DETAILS.take, session, asked, state[0])
            parts.append(kept(session, key, state, take))
    return Detail(
        Durations(_added(part.response.days for part in parts)),
        Durations(_added(part.closing.days for part in parts)),
        _mean([part.hops for part in parts]),
        _mean([part.attitude for part in parts]),
        _mean([part.efficiency for part in parts]),
        {reason: sum(part.refusals[reason] for part in parts) for reason in RefusalReason},
        {reason: sum(part.declines[reason] for part in parts) for reason in DeclineReason},
    )


def _pieces(question: Question) -> list[Period]:
    """Return what is summed and kept by itself: months, or all at once what is never put by."""
    period = question.period
    long = period.granularity in (Granularity.YEAR, Granularity.QUARTER)
    return period.split(Granularity.MONTH) if long and not question.narrowed else [period]


def _added(counts: Iterable[Mapping[Key, int]]) -> dict[Key, int]:
    found: Counter[Key] = Counter()
    for each in counts:
        found.update(each)
    return dict(found)


def _mean(means: list[Mean]) -> Mean:
    return Mean(sum(mean.count for mean in means), sum(mean.total for mean in means))


def _part(session: Session, question: Question) -> Detail:
    response, closing, letters = _durations(session, question)
    attitude, efficiency = _ratings(session, question)
    refusals = _counted(session, refused(question))
    declines = _counted(session, declined(question))
    return Detail(
        response=response,
        closing=closing,
        hops=Mean(letters, _hops(session, question)),
        attitude=attitude,
        efficiency=efficiency,
        refusals={reason: refusals.get(reason, 0) for reason in RefusalReason},
        declines={reason: declines.get(reason, 0) for reason in DeclineReason},
    )


def _durations(session: Session, question: Question) -> tuple[Durations, Durations, int]:
    """Return the working days to the first response and to closing, and the letters received."""
    t, none = question.before, sa.null()
    closing = sa.and_(closed(t), F.outcome != Outcome.NO_SUPPLEMENT)
    response = sa.and_(F.response_at < t, received(t))
    first = sa.case((response, F.response_days), else_=none)
    last = sa.case((closing, F.closing_days), else_=none)
    arrived = sa.func.count().filter(received(t))
    query = sa.select(first, last, sa.func.count(), arrived).where(*cohort(question))
    responses, closings, letters = Counter[int](), Counter[int](), 0
    for responded, answered, count, taken_in in session.execute(query.group_by(first, last)):
        letters += taken_in
        if responded is not None:
            responses[responded] += count
        if answered is not None:
            closings[answered] += count
    return Durations(dict(responses)), Durations(dict(closings)), letters


def ranked(counts: Mapping[int, int], percent: int) -> int | None:
    """Return the nearest-rank percentile of values given with their counts; None without any.

    The same rule as :func:`portal.domain.rates.percentile`.
    """
    place = -(-percent * sum(counts.values()) // 100)
    for value in sorted(counts):
        place -= counts[value]
        if place <= 0:
            return value
    return None


def _hops(session: Session, question: Question) -> int:
    """Every hop begins a state of waiting for a signature, or of having been returned."""
    moves = session.scalar(
        sa.select(sa.func.count())
        .select_from(StateInterval)
        .where(
            # Both belong to handling alone; without the axis an index answers by itself.
            StateInterval.state.in_((State.DISPATCHED, State.RETURNED)),
            StateInterval.started_at >= question.period.starts_at,
            StateInterval.started_at < question.before,
            StateInterval.letter_id.in_(taken(question)),
        )
    )
    return moves or 0


def _ratings(session: Session, question: Question) -> tuple[Mean, Mean]:
    count, attitude, efficiency = session.execute(
        sa.select(
            sa.func.count(), sa.func.sum(Rating.attitude), sa.func.sum(Rating.efficiency)
        ).where(*rated(question))
    ).one()
    return Mean(count, int(attitude or 0)), Mean(count, int(efficiency or 0))


def _counted(session: Session, reasons: Reasons) -> dict[str, int]:
    found = Counter(code for _letter_id, code in session.execute(reasons))
    return {code: count for code, count in found.items() if code}


def _plain(part: Detail) -> list[object]:
    means = [[mean.count, mean.total] for mean in (part.hops, part.attitude, part.efficiency)]
    days = [list(each.days.items()) for each in (part.response, part.closing)]
    return [*days, *means, part.refusals, part.declines]


def _whole(plain: list[Any]) -> Detail:
    response, closing, hops, attitude, efficiency, refusals, declines = plain
    return Detail(
        Durations(dict(response)), Durations(dict(closing)),
        Mean(*hops), Mean(*attitude), Mean(*efficiency),
        {RefusalReason(reason): count for reason, count in refusals.items()},
        {DeclineReason(reason): count for reason, count in declines.items()},
    )  # fmt: skip


DETAILS = Shelf("detail", Granularity.MONTH, _part, _plain, _whole)
