"""What the due dates of stored letters are counted from, and the rules that they follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.calendar import Pause
from portal.domain.deadline_rules import DeadlineRule
from portal.domain.events import Axis
from portal.domain.letters.due import HandlingTime
from portal.domain.letters.states import State
from portal.domain.periods import civil_date
from portal.models import Letter, StateInterval
from portal.queries.rules import deadlines


def handling_time(session: Session, letter: Letter) -> HandlingTime:
    """Return what the due date of ``letter`` is counted from."""
    pauses = _pauses(session, StateInterval.letter_id == letter.id)
    return HandlingTime(
        letter.kind,
        civil_date(letter.clock_from),
        letter.extension_days,
        pauses[letter.id],
        letter.deadline_organisation_id,
    )


def handling_times(
    session: Session, *where: sa.ColumnElement[bool]
) -> Iterator[tuple[int, date | None, HandlingTime]]:
    """Yield id, due date and what it is counted from of the letters that fit ``where``."""
    of_them = StateInterval.letter_id.in_(sa.select(Letter.id).where(*where))
    pauses = _pauses(session, of_them)
    columns = (
        Letter.kind,
        Letter.clock_from,
        Letter.extension_days,
        Letter.deadline_organisation_id,
    )
    query = sa.select(Letter.id, Letter.due_on, *columns).where(*where)
    for letter_id, due, kind, begun, more, place in session.execute(query):
        start = civil_date(begun)
        yield letter_id, due, HandlingTime(kind, start, more, pauses[letter_id], place)


def letter_rule(session: Session, letter: Letter) -> DeadlineRule:
    """Return the rule that ``letter`` follows."""
    return deadlines(session).rule(handling_time(session, letter))


def _pauses(session: Session, letters: sa.ColumnElement[bool]) -> dict[int, list[Pause]]:
    """Return by letter id the civil days between which the clock stood still for the citizen."""
    found: dict[int, list[Pause]] = defaultdict(list)
    query = (
        sa.select(StateInterval.letter_id, StateInterval.started_at, StateInterval.ended_at)
        .where(
            letters,
            StateInterval.axis == Axis.HANDLING,
            StateInterval.state == State.AWAITING_CITIZEN,
        )
        .order_by(StateInterval.started_at)
    )
    for letter_id, start, end in session.execute(query):
        found[letter_id].append((civil_date(start), civil_date(end) if end else None))
    return found
