"""Due dates: the calendar with its exceptions, the limit in force, pauses and extensions."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.deadline_rules import letter_limit
from portal.domain.events import Axis
from portal.domain.letters.states import CLOCK_STATES, State
from portal.domain.periods import civil_date
from portal.models import Letter, StateInterval
from portal.queries.rules import letter_limit_in_force, limits_in_force, work_calendar


def pauses(session: Session, letter: Letter) -> list[tuple[date, date | None]]:
    """Return the civil days from which to which the clock stood still for the citizen."""
    rows = session.execute(
        sa.select(StateInterval.started_at, StateInterval.ended_at)
        .where(
            StateInterval.letter_id == letter.id,
            StateInterval.axis == Axis.HANDLING,
            StateInterval.state == State.AWAITING_CITIZEN,
        )
        .order_by(StateInterval.started_at)
    )
    return [(civil_date(start), civil_date(end) if end else None) for start, end in rows]


def set_due(session: Session, letter: Letter) -> None:
    """Compute the due date from the letter's clock; empty while paused."""
    session.flush()
    start = civil_date(letter.clock_from)
    limit = letter_limit_in_force(session, letter.kind, start)
    letter.limit_code = limit.code
    letter.due_on = work_calendar(session).due_on(
        start, limit, pauses(session, letter), letter.extension_days
    )


def reschedule(session: Session, since: date) -> int:
    """Compute due dates from ``since`` on again after the calendar changed; return how many changed.

    Only letters whose clock runs are looked at; paused ones get theirs when the citizen answers.
    """
    running = (
        Letter.state.in_(CLOCK_STATES),
        Letter.due_on >= since,
    )
    stops = _all_pauses(session, sa.select(Letter.id).where(*running))
    calendar, limits = work_calendar(session), limits_in_force(session)
    changed = []
    for row in session.execute(
        sa.select(
            Letter.id, Letter.kind, Letter.clock_from, Letter.extension_days, Letter.due_on
        ).where(*running)
    ):
        start = civil_date(row.clock_from)
        limit = letter_limit(str(row.kind), start, limits)
        due = calendar.due_on(start, limit, stops.get(row.id, ()), row.extension_days)
        if due != row.due_on:
            changed.append({"id": row.id, "due_on": due})
    if changed:
        session.execute(sa.update(Letter), changed)
    return len(changed)


def _all_pauses(
    session: Session, letters: sa.Select[int]
) -> dict[int, list[tuple[date, date | None]]]:
    """Return by letter id what `pauses` returns for one."""
    found: dict[int, list[tuple[date, date | None]]] = {}
    for letter_id, start, end in session.execute(
        sa.select(StateInterval.letter_id, StateInterval.started_at, StateInterval.ended_at)
        .where(
            StateInterval.letter_id.in_(letters),
            StateInterval.axis == Axis.HANDLING,
            StateInterval.state == State.AWAITING_CITIZEN,
        )
        .order_by(StateInterval.started_at)
    ):
        span = (civil_date(start), civil_date(end) if end else None)
        found.setdefault(letter_id, []).append(span)
    return found
