"""The quality measures of one question: durations, transfers, reasons and ratings.

All on the cohort basis: letters received in the period, as they stood at the as-of moment. The
conditions say which letters each measure counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import Action, DeclineReason, Publication, RefusalReason, State
from portal.domain.statistics.measures import Outcome
from portal.domain.statistics.quality_measures import Detail, Durations, Mean
from portal.models import Event, RateFact, Rating, StateInterval
from portal.models.event import NO_HOPS
from portal.queries.statistics.filters import (
    Condition,
    Question,
    closed,
    published,
    received,
    where,
)

F = RateFact
Reason = TypeVar("Reason", RefusalReason, DeclineReason)
Reasons = sa.Select[int, str | None]
"""Letters, each with a coded reason."""
Lines = sa.Select[Any, Any, Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the statement for all measures; its name gives the meaning of its numbers."""

    reason: str | None
    count: int
    one: int | None
    other: int | None
    total: int | None


def count_detail(session: Session, question: Question) -> Detail:
    """Count the quality measures of ``question``; its basis and view play no part."""
    found: defaultdict[str, list[_Line]] = defaultdict(list)
    for name, *line in session.execute(_statement(question.of_cohort)):
        found[name].append(_Line(*line))
    response, closing = Counter[int](), Counter[int]()
    for each in found["days"]:
        if each.one is not None:
            response[each.one] += each.count
        if each.other is not None:
            closing[each.other] += each.count
    letters = sum(each.total or 0 for each in found["days"])
    (moves,), (ratings,) = found["hops"], found["rated"]
    return Detail(
        response=Durations(dict(response)),
        closing=Durations(dict(closing)),
        hops=Mean(letters, moves.count),
        attitude=Mean(ratings.count, int(ratings.one or 0)),
        efficiency=Mean(ratings.count, int(ratings.other or 0)),
        refusals=_by_reason(RefusalReason, found["refused"]),
        declines=_by_reason(DeclineReason, found["declined"]),
    )


def _by_reason(reasons: type[Reason], lines: list[_Line]) -> dict[Reason, int]:
    known = {line.reason: line.count for line in lines}
    return {reason: known.get(reason, 0) for reason in reasons}


def _statement(question: Question) -> sa.CompoundSelect[Any]:
    """Return one statement for all measures, which goes over the facts of the letters once.

    Lines named ``days`` are letters by working days to the first response (``one``) and to closing
    (``other``), with how many of them were received; of ratings both sums are given.
    """
    t, none = question.before, sa.null()
    ended = sa.and_(closed(t), F.outcome != Outcome.NO_SUPPLEMENT)
    public = sa.and_(F.published_from.is_not(None), published(t))
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
        .where(*where(question))
        .cte("letters")
    )
    c = letters.c
    taken = sa.select(c.letter_id).where(c.taken == 1)
    days = _line("days", sa.func.count(), c.response, c.closing, sa.func.sum(c.taken))
    moves = _line("hops", hops(question)).select_from(StateInterval)
    ratings = (sa.func.count(), sa.func.sum(Rating.attitude), sa.func.sum(Rating.efficiency))
    return sa.union_all(
        days.group_by(c.response, c.closing),
        moves.where(*moved(question, taken)),
        _line("rated", *ratings).where(*rated(question, taken)),
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


def responded(question: Question) -> list[Condition]:
    """Return the conditions on the facts of letters received that had a first response."""
    asked = question.of_cohort
    return [*where(asked), received(asked.before), F.response_at < asked.before]


def answered(question: Question) -> list[Condition]:
    """Return the conditions on the facts of letters closed otherwise than by silence."""
    return [
        *where(question.of_cohort),
        closed(question.before),
        F.outcome != Outcome.NO_SUPPLEMENT,
        F.closing_days.is_not(None),
    ]


def rated(question: Question, letters: sa.Select[int]) -> list[Condition]:
    """Return the conditions on the ratings of ``letters``."""
    return [Rating.letter_id.in_(letters), Rating.created_at < question.before]


def moved(question: Question, letters: sa.Select[int]) -> list[Condition]:
    """Return the conditions on the intervals that a move of one of ``letters`` began."""
    return [
        # Both belong to handling alone; without the axis an index answers by itself.
        StateInterval.state.in_((State.DISPATCHED, State.RETURNED)),
        StateInterval.started_at >= question.period.starts_at,
        StateInterval.started_at < question.before,
        StateInterval.letter_id.in_(letters),
    ]


def hops(question: Question) -> sa.ColumnElement[int]:
    """Return the sum of the hops that began the intervals of :func:`moved`.

    Every hop begins a state of waiting for a signature, or of having been returned. A hand-over by
    an organisation that closes is no hop, and a recall takes the last one back.
    """
    handed, again, recalled = (
        sa.exists().where(
            NO_HOPS,
            Event.action == action,
            Event.letter_id == StateInterval.letter_id,
            Event.occurred_at == moment,
            Event.occurred_at < question.before,
        )
        for action, moment in (
            (Action.HAND_OVER, StateInterval.started_at),
            (Action.RECALL_DISPATCH, StateInterval.started_at),
            (Action.RECALL_DISPATCH, StateInterval.ended_at),
        )
    )
    begun = sa.case((handed, 0), else_=1)
    taken_back = sa.case((recalled, 1), else_=0)
    hop = sa.case(
        (StateInterval.state == State.DISPATCHED, begun - taken_back), (again, 0), else_=begun
    )
    return sa.func.coalesce(sa.func.sum(hop), 0)


def refused(question: Question, letters: sa.Select[int]) -> Reasons:
    """Return those of ``letters`` that are refused publication, each with its coded reason."""
    return _in_state(question, Publication.REFUSED, (Action.REFUSE,), letters)


def declined(question: Question, letters: sa.Select[int]) -> Reasons:
    """Return those of ``letters`` that are declined, each with its coded reason."""
    return _in_state(question, State.DECLINED, (Action.DECLINE, Action.RULE_DECLINE), letters)


def _in_state(
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
