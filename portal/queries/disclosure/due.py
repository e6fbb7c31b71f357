"""When requests for disclosure are due, and why: the deadline rules of their law on the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.domain.calendar import TraceDay, WorkCalendar
from portal.domain.deadline_rules import DeadlineRule, DeadlineRules, NoDeadlineRule
from portal.domain.disclosure.requests import ANSWER_RULE, COMPLETION_RULE
from portal.domain.letters.due import Remaining, remaining
from portal.domain.periods import civil_date
from portal.domain.translatable import Message
from portal.models import DisclosureRequest
from portal.queries.rules import deadline_rules, work_calendar


def clock_start(request: DisclosureRequest) -> date:
    """Return the civil day from which the clock runs: receipt, or the completed request (Art. 30)."""
    return civil_date(request.completed_at or request.received_at)


def rule_of(rules: DeadlineRules, request: DisclosureRequest) -> DeadlineRule:
    """Return the rule of the day of receipt; raises NoDeadlineRule for a day before the law."""
    return rules.of(ANSWER_RULE, civil_date(request.received_at))


def due_on(calendar: WorkCalendar, rule: DeadlineRule, request: DisclosureRequest) -> date | None:
    """Return the last day on which an answer is in time, the extension included."""
    return calendar.due_on(clock_start(request), rule, (), request.extension_days)


def latest_extended(session: Session, request: DisclosureRequest) -> date | None:
    """Return the day on which the longest extension that the law allows would end (Art. 33)."""
    rule = rule_of(deadline_rules(session), request)
    return work_calendar(session).due_on(clock_start(request), rule, (), rule.extension_days)


def extension_text(session: Session, request: DisclosureRequest) -> Message | None:
    """Return in words by how much the due date was extended; ``None`` where it was not."""
    if not request.extension_days:
        return None
    return rule_of(deadline_rules(session), request).span(request.extension_days)


def completion_rule(session: Session, received: date) -> DeadlineRule | None:
    """Return the rule of the notice of completion; ``None`` where the law has none."""
    try:
        return deadline_rules(session).of(COMPLETION_RULE, received)
    except NoDeadlineRule:
        return None


def completion_until(session: Session, request: DisclosureRequest) -> date | None:
    """Return the last day for a notice of completion; ``None`` where the law has none."""
    received = civil_date(request.received_at)
    rule = completion_rule(session, received)
    return work_calendar(session).due_on(received, rule) if rule else None


@dataclass(frozen=True, slots=True)
class RequestDue:
    """The due date explained; ``due_on`` and ``remaining`` are empty while the clock is paused.

    ``announced`` says whether the holidays of that year are announced.
    """

    due_on: date | None
    remaining: Remaining | None
    rule: DeadlineRule
    extension_days: int
    completed: bool
    days: Sequence[TraceDay]
    announced: bool


def request_due(session: Session, request: DisclosureRequest, today: date) -> RequestDue | None:
    """Return the explanation of the due date; ``None`` once the request has ended."""
    if not request.pending:
        return None
    try:
        rule = rule_of(deadline_rules(session), request)
    except NoDeadlineRule:  # received before the law: nothing to explain
        return None
    calendar, start = work_calendar(session), clock_start(request)
    until, most = request.due_on or start, rule.days + request.extension_days
    return RequestDue(
        due_on=request.due_on,
        remaining=remaining(calendar, today, request.due_on) if request.due_on else None,
        rule=rule,
        extension_days=request.extension_days,
        completed=request.completed_at is not None,
        days=calendar.trace(start, until, (), rule.unit, most) if request.due_on else (),
        announced=calendar.announced(until),
    )
