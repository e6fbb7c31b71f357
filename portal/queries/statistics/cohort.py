"""Which letters a measure beyond the rates speaks of: always those received in the period.

Cohort basis, by the organisation that received first, as they stood at the as-of moment.
"""

from __future__ import annotations

import sqlalchemy as sa

from portal.domain.letters.states import Action, Publication, State
from portal.domain.statistics.measures import Outcome
from portal.models import Event, RateFact, Rating, StateInterval
from portal.queries.statistics.filters import (
    Condition,
    Question,
    closed,
    every_kind,
    in_months,
    received,
)

F = RateFact
Reasons = sa.Select[int, str | None]
"""Letters, each with a coded reason."""


def cohort(question: Question) -> list[Condition]:
    """Return the conditions on the facts of letters received in the question's period."""
    period = question.period
    found: list[Condition] = [
        in_months(question, F.received_month),
        F.received_at >= period.starts_at,
        F.received_at < min(period.ends_at, question.before),
    ]
    if question.organisations is not None:
        found.append(F.received_organisation_id.in_(sorted(question.organisations)))
        found += every_kind(question)
    if question.kind is not None:
        found.append(F.kind == question.kind)
    if question.category is not None:
        found.append(sa.func.coalesce(F.category, "") == question.category)
    return found


def taken(question: Question) -> sa.Select[int]:
    """Return the ids of the letters received."""
    return sa.select(F.letter_id).where(received(question.before), *cohort(question))


def responded(question: Question) -> list[Condition]:
    """Return the conditions on the facts of letters that had a first response."""
    return [*cohort(question), received(question.before), F.response_at < question.before]


def answered(question: Question) -> list[Condition]:
    """Return the conditions on the facts of letters closed otherwise than by silence."""
    return [
        *cohort(question),
        closed(question.before),
        F.outcome != Outcome.NO_SUPPLEMENT,
        F.closing_days.is_not(None),
    ]


def ended(question: Question) -> sa.Select[int]:
    """Return the ids of the letters closed."""
    return sa.select(F.letter_id).where(closed(question.before), *cohort(question))


def rated(question: Question, among: sa.Select[int] | None = None) -> list[Condition]:
    """Return the conditions on the ratings of the letters received.

    ``among`` are these letters, where they have been found already; so with the other measures.
    """
    letters = taken(question) if among is None else among
    return [Rating.letter_id.in_(letters), Rating.created_at < question.before]


def moved(question: Question, among: sa.Select[int] | None = None) -> list[Condition]:
    """Return the conditions on the intervals that began with a move of a letter received.

    Every hop begins a state of waiting for a signature, or of having been returned.
    """
    return [
        # Both belong to handling alone; without the axis an index answers by itself.
        StateInterval.state.in_((State.DISPATCHED, State.RETURNED)),
        StateInterval.started_at >= question.period.starts_at,
        StateInterval.started_at < question.before,
        StateInterval.letter_id.in_(taken(question) if among is None else among),
    ]


def refused(question: Question, among: sa.Select[int] | None = None) -> Reasons:
    """Return the closed letters that are refused publication, each with its coded reason."""
    letters = ended(question) if among is None else among
    return _standing(question, Publication.REFUSED, (Action.REFUSE,), letters)


def declined(question: Question, among: sa.Select[int] | None = None) -> Reasons:
    """Return the declined letters, each with its coded reason."""
    actions = (Action.DECLINE, Action.RULE_DECLINE)
    return _standing(question, State.DECLINED, actions, taken(question) if among is None else among)


def _standing(
    question: Question, state: str, actions: tuple[Action, ...], letters: sa.Select[int]
) -> Reasons:
    """Return letters in a state that one axis alone knows, with the reason that led there."""
    t = question.before
    begun = sa.and_(
        Event.letter_id == StateInterval.letter_id,
        Event.occurred_at == StateInterval.started_at,
        Event.action.in_(actions),
    )
    return (
        sa.select(StateInterval.letter_id, Event.reason_code)
        .join(Event, begun)
        .where(
            StateInterval.state == state,
            StateInterval.started_at >= question.period.starts_at,
            StateInterval.started_at < t,
            sa.or_(StateInterval.ended_at.is_(None), StateInterval.ended_at >= t),
            StateInterval.letter_id.in_(letters),
        )
    )
