"""The due dates of disclosure requests: the limits of their law applied to the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.domain.calendar import TraceDay, WorkCalendar
from portal.domain.deadline_rules import Limit, LimitError, limit_for
from portal.domain.disclosure.requests import COMPLETION_CODE, LIMIT_CODE
from portal.domain.letters.due import Remaining, remaining
from portal.domain.periods import civil_date
from portal.models import DisclosureRequest
from portal.queries.rules import limits_in_force, work_calendar


def clock_start(request: DisclosureRequest) -> date:
    """Return the civil day from which the limit runs: receipt, or completion (Art. 30)."""
    return civil_date(request.completed_at or request.received_at)


def limit_of(limits: Iterable[Limit], request: DisclosureRequest) -> Limit:
    """Return the limit of the day of receipt; raises ``LimitError`` for a day before the law."""
    return limit_for(LIMIT_CODE, civil_date(request.received_at), limits)


def due_on(calendar: WorkCalendar, limit: Limit, request: DisclosureRequest) -> date | None:
    """Return the last day on which an answer is in time, the extension included."""
    return calendar.due_on(clock_start(request), limit, (), request.extension_days)


def latest_extended(session: Session, request: DisclosureRequest) -> date | None:
    """Return the day on which the longest extension that the law allows would end (Art. 33)."""
    limit = limit_of(limits_in_force(session), request)
    return work_calendar(session).due_on(clock_start(request), limit, (), limit.extension_days)


def completion_until(session: Session, request: DisclosureRequest) -> date | None:
    """Return the last day for a notice of completion; ``None`` where the law has none."""
    received = civil_date(request.received_at)
    try:
        limit = limit_for(COMPLETION_CODE, received, limits_in_force(session))
    except LimitError:
        return None
    return work_calendar(session).due_on(received, limit)


@dataclass(frozen=True, slots=True)
class RequestDue:
    """The due date explained; ``due_on`` and ``remaining`` are empty while the clock is paused.

    ``announced`` says whether the holidays of that year are announced.
    """

    due_on: date | None
    remaining: Remaining | None
    limit: Limit
    extension_days: int
    completed: bool
    days: Sequence[TraceDay]
    announced: bool


def request_due(session: Session, request: DisclosureRequest, today: date) -> RequestDue | None:
    """Return the explanation of the due date; ``None`` once the request has ended."""
    if not request.pending:
        return None
    try:
        limit = limit_of(limits_in_force(session), request)
    except LimitError:  # received before the law: nothing to explain
        return None
    calendar, start = work_calendar(session), clock_start(request)
    until, most = request.due_on or start, limit.days + request.extension_days
    return RequestDue(
        due_on=request.due_on,
        remaining=remaining(calendar, today, request.due_on) if request.due_on else None,
        limit=limit,
        extension_days=request.extension_days,
        completed=request.completed_at is not None,
        days=calendar.trace(start, until, (), limit.unit, most) if request.due_on else (),
        announced=calendar.announced(until),
    )
