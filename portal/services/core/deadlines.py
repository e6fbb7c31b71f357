"""Due dates of letters, kept in their rows."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import CLOCK_STATES
from portal.models import Letter
from portal.queries.letters.due import handling_time, handling_times
from portal.queries.rules import deadlines


def choose_rule(session: Session, letter: Letter) -> None:
    """Assign ``letter`` the rule that holds for its kind on the day its clock began."""
    time = handling_time(session, letter)
    deadlines(session).choose(time, letter.received_organisation_id)
    letter.deadline_organisation_id = time.organisation_id


def compute_due(session: Session, letter: Letter) -> date | None:
    """Return the due date of ``letter``, ``None`` while its clock stands still."""
    session.flush()
    return deadlines(session).due_on(handling_time(session, letter))


def promised_due(session: Session, letter: Letter) -> date | None:
    """Return the due date of ``letter`` as it was before the clock stood still, if it does."""
    time = handling_time(session, letter)
    time.pauses = [pause for pause in time.pauses if pause[1] is not None]
    return deadlines(session).due_on(time)


def reschedule(session: Session, since: date) -> int:
    """Compute the due dates from ``since`` on again, after the calendar changed.

    Returns how many changed. Only letters whose clock runs are looked at; the due date of a paused
    one is computed when the citizen answers.
    """
    known, changed = deadlines(session), []
    for letter_id, due, time in handling_times(
        session, Letter.state.in_(CLOCK_STATES), Letter.due_on >= since
    ):
        computed = known.due_on(time)
        if computed != due:
            changed.append({"id": letter_id, "due_on": computed})
    if changed:
        session.execute(sa.update(Letter), changed)
    return len(changed)
