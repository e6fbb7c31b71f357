"""Figures of requests for disclosure, received in a period and seen from a past moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.calendar import WorkCalendar
from portal.domain.deadline_rules import DeadlineRules, NoDeadlineRule
from portal.domain.disclosure.requests import ANSWER_RULE, DisclosureFigures, DisclosureOutcome
from portal.domain.periods import Period, civil_date, midnight
from portal.models import DisclosureRequest
from portal.queries.rules import deadline_rules, work_calendar


def disclosure_figures(session: Session, period: Period, before: datetime) -> DisclosureFigures:
    """Return the requests received in ``period`` by their state before ``before``."""
    row = DisclosureRequest
    answered = sa.case((row.answered_at < before, row.outcome), else_=None)
    query = (
        sa.select(answered, sa.func.count(), sa.func.count().filter(row.on_time.is_(True)))
        .where(*_received(period, before))
        .group_by(answered)
    )
    received = on_time = 0
    outcomes = dict.fromkeys(DisclosureOutcome, 0)
    for outcome, count, punctual in session.execute(query):
        received += count
        if outcome is not None:
            outcomes[DisclosureOutcome(outcome)] = count
            on_time += punctual
    return DisclosureFigures(received, on_time, outcomes, _not_due(session, period, before))


def _received(period: Period, before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    row = DisclosureRequest
    return (
        row.received_at >= period.starts_at,
        row.received_at < min(period.ends_at, before),
        sa.or_(row.withdrawn_at.is_(None), row.withdrawn_at >= before),
    )


def _not_due(session: Session, period: Period, before: datetime) -> int:
    """Return the number neither answered nor late, with a running or a suspended clock.

    The due date is computed as it was then. An extension that came later makes no difference: it
    is given before the deadline has passed, so that the request was not late either way.
    """
    row = DisclosureRequest
    open_then = session.execute(
        sa.select(
            row.received_at, row.completion_asked_at, row.completed_at, row.extension_days
        ).where(
            *_received(period, before), sa.or_(row.answered_at.is_(None), row.answered_at >= before)
        )
    ).all()
    calendar, rules = work_calendar(session), deadline_rules(session)
    return sum(not _late(each, before, calendar, rules) for each in open_then)


def _late(row: Any, before: datetime, calendar: WorkCalendar, rules: DeadlineRules) -> bool:
    """Return whether the last day for the answer had ended before ``before``."""
    completed = row.completed_at if row.completed_at and row.completed_at < before else None
    if row.completion_asked_at and row.completion_asked_at < before and completed is None:
        return False
    try:
        rule = rules.of(ANSWER_RULE, civil_date(row.received_at))
    except NoDeadlineRule:  # received before the law: nothing was due
        return False
    start = civil_date(completed or row.received_at)
    due = calendar.due_on(start, rule, (), row.extension_days)
    return due is not None and midnight(due + timedelta(days=1)) <= before
