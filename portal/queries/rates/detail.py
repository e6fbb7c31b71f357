"""Measures beyond the two rates: how long it took, how often letters moved, what citizens said.

All on the cohort basis: letters received in the period, as they stood at the as-of moment.
Medians and percentiles come from exact distributions; unlike counts they do not add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.events import Axis
from portal.domain.letters import Action, DeclineReason, Publication, RefusalReason, State
from portal.domain.measures import Outcome
from portal.models import Event, RateFact, Rating, StateInterval
from portal.queries.rates.cube import Condition, Question, closed, received
from portal.queries.rates.memory import remembered

F = RateFact


@dataclass(frozen=True, slots=True)
class Durations:
    """Working days: nearest-rank median and 90th percentile of ``count`` letters."""

    count: int = 0
    median: int | None = None
    p90: int | None = None


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
    """What is told of the letters of a question beside their counts."""

    response: Durations = Durations()
    closing: Durations = Durations()
    hops: Mean = Mean()
    attitude: Mean = Mean()
    efficiency: Mean = Mean()
    refusals: dict[RefusalReason, int] = field(default_factory=dict)
    declines: dict[DeclineReason, int] = field(default_factory=dict)


def detail(session: Session, question: Question) -> Detail:
    """Return the measures beyond the rates for ``question`` (its basis and view play no part)."""
    return remembered(session, ("detail", question), lambda: _detail(session, question))


def _detail(session: Session, question: Question) -> Detail:
    t = question.before
    answered = sa.and_(closed(t), F.outcome != Outcome.NO_SUPPLEMENT)
    attitude, efficiency = _ratings(session, question)
    return Detail(
        response=_durations(session, question, F.response_days, F.response_at < t),
        closing=_durations(session, question, F.closing_days, answered),
        hops=_hops(session, question),
        attitude=attitude,
        efficiency=efficiency,
        refusals=_refusals(session, question),
        declines=_declines(session, question),
    )


def _cohort(question: Question) -> list[Condition]:
    period = question.period
    found: list[Condition] = [
        F.received_month.between(
            period.first_day.year * 100 + period.first_day.month,
            period.last_day.year * 100 + period.last_day.month,
        ),
        F.received_at >= period.starts_at,
        F.received_at < min(period.ends_at, question.before),
    ]
    if question.organisations is not None:
        found.append(F.received_organisation_id.in_(sorted(question.organisations)))
    if question.kind is not None:
        found.append(F.kind == question.kind)
    return found


def _letters(question: Question) -> sa.Select[int]:
    return sa.select(F.letter_id).where(received(question.before), *_cohort(question))


def _durations(
    session: Session, question: Question, column: InstrumentedAttribute[int | None],
    counted: Condition,
) -> Durations:  # fmt: skip
    query = (
        sa.select(column, sa.func.count())
        .where(*_cohort(question), counted, column.is_not(None))
        .group_by(column)
    )
    found = {int(days): int(count) for days, count in session.execute(query) if days is not None}
    return Durations(sum(found.values()), ranked(found, 50), ranked(found, 90))


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


def _hops(session: Session, question: Question) -> Mean:
    """Every hop begins a state of waiting for a signature, or of having been returned."""
    letters = _letters(question).subquery()
    count = session.scalar(sa.select(sa.func.count()).select_from(letters)) or 0
    moves = session.scalar(
        sa.select(sa.func.count())
        .select_from(StateInterval)
        .join(letters, letters.c.letter_id == StateInterval.letter_id)
        .where(
            StateInterval.state.in_((State.DISPATCHED, State.RETURNED)),
            StateInterval.axis == Axis.HANDLING,
            StateInterval.started_at < question.before,
        )
    )
    return Mean(count, moves or 0)


def _ratings(session: Session, question: Question) -> tuple[Mean, Mean]:
    count, attitude, efficiency = session.execute(
        sa.select(
            sa.func.count(), sa.func.sum(Rating.attitude), sa.func.sum(Rating.efficiency)
        ).where(Rating.letter_id.in_(_letters(question)), Rating.created_at < question.before)
    ).one()  # fmt: skip
    return Mean(count, int(attitude or 0)), Mean(count, int(efficiency or 0))


def _reasons(
    session: Session, question: Question, axis: Axis, state: str, actions: tuple[Action, ...]
) -> Counter[str]:
    """Count the coded reasons of the events that led to a state which holds at the moment."""
    t = question.before
    query = (
        sa.select(Event.reason_code, sa.func.count())
        .select_from(StateInterval)
        .join(
            Event,
            sa.and_(
                Event.letter_id == StateInterval.letter_id,
                Event.occurred_at == StateInterval.started_at,
                Event.action.in_(actions),
            ),
        )
        .where(
            StateInterval.axis == axis, StateInterval.state == state,
            StateInterval.started_at < t,
            sa.or_(StateInterval.ended_at.is_(None), StateInterval.ended_at >= t),
            StateInterval.letter_id.in_(_letters(question)),
        )
        .group_by(Event.reason_code)
    )  # fmt: skip
    return Counter({str(code): int(count) for code, count in session.execute(query) if code})


def _refusals(session: Session, question: Question) -> dict[RefusalReason, int]:
    found = _reasons(session, question, Axis.PUBLICATION, Publication.REFUSED, (Action.REFUSE,))
    return {reason: found[reason] for reason in RefusalReason}


def _declines(session: Session, question: Question) -> dict[DeclineReason, int]:
    found = _reasons(
        session, question, Axis.HANDLING, State.DECLINED, (Action.DECLINE, Action.RULE_DECLINE)
    )
    return {reason: found[reason] for reason in DeclineReason}
