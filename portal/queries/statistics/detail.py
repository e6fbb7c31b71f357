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

from portal.domain.letters.states import DeclineReason, RefusalReason
from portal.domain.periods import Granularity, Period
from portal.domain.statistics.measures import Outcome, View
from portal.domain.statistics.rates import Basis
from portal.models import RateFact, Rating, StateInterval
from portal.queries.statistics.cache import kept, stamps, year_stamp
from portal.queries.statistics.cohort import Reasons, cohort, declined, moved, rated, refused
from portal.queries.statistics.filters import Question, closed, month_of, received, stands
from portal.queries.statistics.stored import Shelf

F = RateFact
Key = TypeVar("Key")
Reason = TypeVar("Reason", RefusalReason, DeclineReason)


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
    return kept(
        session,
        ("detail", asked),
        state,
        lambda: DETAILS_OF_YEARS.take(session, asked, year_stamp(known)),
    )


def _summed(session: Session, question: Question) -> Detail:
    known = stamps(session, question.period)
    parts = []
    for piece in _pieces(session, question):
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


def _pieces(session: Session, question: Question) -> list[Period]:
    """Return what is summed and kept by itself: months, or all at once what is not put by."""
    period = question.period
    long = period.granularity in (Granularity.YEAR, Granularity.QUARTER)
    return (
        period.split(Granularity.MONTH) if long and DETAILS.holds(session, question) else [period]
    )


def _added(counts: Iterable[Mapping[Key, int]]) -> dict[Key, int]:
    found: Counter[Key] = Counter()
    for each in counts:
        found.update(each)
    return dict(found)


def _mean(means: list[Mean]) -> Mean:
    return Mean(sum(mean.count for mean in means), sum(mean.total for mean in means))


def _part(session: Session, question: Question) -> Detail:
    found: dict[str, list[_Row]] = {name: [] for name in ("days", *_TALLIES)}
    for name, *row in session.execute(_everything(question)):
        found[name].append(_Row(*row))
    response, closing = Counter[int](), Counter[int]()
    for each in found["days"]:
        if each.one is not None:
            response[each.one] += each.count
        if each.other is not None:
            closing[each.other] += each.count
    letters = sum(each.total or 0 for each in found["days"])
    (hops,), (rated,) = found["hops"], found["rated"]
    return Detail(
        Durations(dict(response)),
        Durations(dict(closing)),
        Mean(letters, hops.count),
        Mean(rated.count, int(rated.one or 0)),
        Mean(rated.count, int(rated.other or 0)),
        _by_reason(RefusalReason, found["refused"]),
        _by_reason(DeclineReason, found["declined"]),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the statement that gathers everything; what its numbers are is told by its name."""

    reason: str | None
    count: int
    one: int | None
    other: int | None
    total: int | None


_TALLIES = ("hops", "rated", "refused", "declined")
Lines = sa.Select[Any, Any, Any, Any, Any, Any]


def _everything(question: Question) -> sa.CompoundSelect[Any]:
    """Return one statement for all measures, which goes over the facts of the letters once.

    Lines named ``days`` are letters by working days to the first response (``one``) and to closing
    (``other``), with how many of them were received; of ratings both sums are given.
    """
    t, none = question.before, sa.null()
    ended = sa.and_(closed(t), F.outcome != Outcome.NO_SUPPLEMENT)
    public = sa.and_(F.published_from.is_not(None), stands(F.published_from, F.published_until, t))
    responded = sa.and_(F.response_at < t, received(t))
    letters = (
        sa.select(
            F.letter_id,
            sa.case((received(t), 1), else_=0).label("taken"),
            # Neither a public letter nor one that is not closed can be one refused.
            sa.case((sa.and_(closed(t), sa.not_(public)), 1), else_=0).label("unpublished"),
            sa.case((sa.and_(F.outcome == Outcome.DECLINED, closed(t)), 1), else_=0).label("over"),
            sa.case((responded, F.response_days), else_=none).label("response"),
            sa.case((ended, F.closing_days), else_=none).label("closing"),
        )
        .where(*cohort(question))
        .cte("letters")
    )
    c = letters.c
    taken = sa.select(c.letter_id).where(c.taken == 1)
    days = _line("days", sa.func.count(), c.response, c.closing, sa.func.sum(c.taken))
    hops = _line("hops", sa.func.count()).select_from(StateInterval)
    marks = (sa.func.sum(Rating.attitude), sa.func.sum(Rating.efficiency))
    return sa.union_all(
        days.group_by(c.response, c.closing),
        hops.where(*moved(question, taken)),
        _line("rated", sa.func.count(), *marks).where(*rated(question, taken)),
        _reasons("refused", refused(question, sa.select(c.letter_id).where(c.unpublished == 1))),
        _reasons("declined", declined(question, sa.select(c.letter_id).where(c.over == 1))),
    )


def _line(name: str, *numbers: sa.ColumnElement[Any], reason: Any = None) -> Lines:
    empty = [sa.cast(sa.null(), sa.Integer)] * (4 - len(numbers))
    word = sa.cast(sa.null(), sa.String) if reason is None else reason
    return sa.select(sa.literal(name), word, *numbers, *empty)


def _reasons(name: str, reasons: Reasons) -> Lines:
    found = reasons.subquery()
    code = found.c.reason_code
    return _line(name, sa.func.count(), reason=code).where(code.is_not(None)).group_by(code)


def _by_reason(reasons: type[Reason], rows: list[_Row]) -> dict[Reason, int]:
    known = {row.reason: row.count for row in rows}
    return {reason: known.get(reason, 0) for reason in reasons}


def ranked(counts: Mapping[int, int], percent: int) -> int | None:
    """Return the nearest-rank percentile of values given with their counts; None without any.

    The same rule as :func:`portal.domain.statistics.rates.percentile`.
    """
    place = -(-percent * sum(counts.values()) // 100)
    for value in sorted(counts):
        place -= counts[value]
        if place <= 0:
            return value
    return None


def _plain(part: Detail) -> list[object]:
    means = [[mean.count, mean.total] for mean in (part.hops, part.attitude, part.efficiency)]
    days = [list(each.days.items()) for each in (part.response, part.closing)]
    return [*days, *means, part.refusals, part.declines]


def _whole(plain: list[Any]) -> Detail:
    response, closing, hops, attitude, efficiency, refusals, declines = plain
    return Detail(
        Durations(dict(response)),
        Durations(dict(closing)),
        Mean(*hops),
        Mean(*attitude),
        Mean(*efficiency),
        {RefusalReason(reason): count for reason, count in refusals.items()},
        {DeclineReason(reason): count for reason, count in declines.items()},
    )


DETAILS = Shelf("detail", Granularity.MONTH, _part, _plain, _whole)
DETAILS_OF_YEARS = Shelf("details", Granularity.YEAR, _summed, _plain, _whole)
