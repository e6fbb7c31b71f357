"""Due dates: the calendar with its exceptions, the deadline rule, pauses and extensions."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.events import Axis
from portal.domain.letters.states import CLOCK_STATES, State
from portal.domain.periods import civil_date
from portal.models import Letter, StateInterval
from portal.queries.rules import deadline_rules, rule_for, work_calendar


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


def choose_rule(session: Session, letter: Letter) -> None:
    """Let the letter follow the rule that holds for it now that its clock or its kind is another.

    It is that of the organisation that first received it: a letter that moves on keeps its rule,
    so that the due date its sender was told stands.
    """
    rule = deadline_rules(session).for_letter(
        letter.kind, letter.received_organisation_id, civil_date(letter.clock_from)
    )
    letter.deadline_organisation_id = rule.organisation_id


def set_due(session: Session, letter: Letter) -> None:
    """Compute the due date anew from the letter's clock; empty while paused."""
    session.flush()
    letter.due_on = work_calendar(session).due_on(
        civil_date(letter.clock_from),
        rule_for(session, letter),
        pauses(session, letter),
        letter.extension_days,
    )


def redate(session: Session, since: date) -> int:
    """Compute anew the due dates from ``since`` on, after the calendar changed; return how many.

    Only letters whose clock runs are looked at; paused ones get theirs when the citizen answers.
    """
    running = (
        Letter.state.in_(CLOCK_STATES),
        Letter.due_on >= since,
    )
    stops = _all_pauses(session, sa.select(Letter.id).where(*running))
    calendar, rules = work_calendar(session), deadline_rules(session)
    changed = []
    for row in session.execute(
        sa.select(
            Letter.id,
            Letter.kind,
            Letter.deadline_organisation_id,
            Letter.clock_from,
            Letter.extension_days,
            Letter.due_on,
        ).where(*running)
    ):
        start = civil_date(row.clock_from)
        rule = rules.followed(row.kind, row.deadline_organisation_id, start)
        due = calendar.due_on(start, rule, stops.get(row.id, ()), row.extension_days)
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
