"""Due dates: the calendar with its exceptions, the limit in force, pauses and extensions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.events import Axis
from portal.domain.letters import SUPPLEMENT_DAYS, State
from portal.domain.periods import civil_date
from portal.models import Letter, StateInterval
from portal.queries.rules import letter_limit_in_force, work_calendar


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
    """Compute the due date anew from the letter's clock; empty while paused."""
    session.flush()
    start = civil_date(letter.clock_from)
    limit = letter_limit_in_force(session, letter.kind, start)
    letter.limit_code = limit.code
    letter.due_on = work_calendar(session).due_on(
        start, limit, pauses(session, letter), letter.extension_days
    )


def answer_by(now: datetime) -> date:
    """Return the last civil day on which the citizen may supplement."""
    return civil_date(now) + timedelta(days=SUPPLEMENT_DAYS)
