"""The messages of the morning to staff: what is due soon or overdue, the digest, the week's figures.

Each person gets them once on a working day, whatever number of workers run and however often they
are restarted: the day is noted in the transaction that writes the messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, Reach
from portal.domain.calendar import WorkCalendar
from portal.domain.letters.due import SOON_DAYS
from portal.domain.messages.mornings import is_morning, week_due
from portal.domain.messages.occasions import TO_STAFF, Frequency, Occasion
from portal.domain.messages.states import Channel
from portal.domain.periods import Period, civil_date
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.rates import Basis
from portal.models import Letter, StaffMessages, User, db
from portal.queries.letters.queues import Queue, conditions, counted, cutoffs, live
from portal.queries.rules import work_calendar
from portal.queries.scope import Condition, letters_for, staff_actor
from portal.queries.statistics.cache import cube, tree_on
from portal.queries.statistics.filters import Question
from portal.services.core.unit import writing
from portal.services.messages.announcing import Outlets
from portal.services.messages.posting import post
from portal.services.messages.staff import reachable

LETTERS_MOST = 50
"""Letters whose numbers a message keeps."""
BATCH = 20


@dataclass(frozen=True, slots=True)
class _Morning:
    """A message to be written: about what, and what it counts or lists."""

    occasion: Occasion
    facts: Mapping[str, Any]


def write_digests(outlets: Outlets, hour: int, now: datetime) -> int:
    """Write the messages of this morning for a batch of people; return for how many.

    Nothing is written before ``hour`` in Shanghai, nor on days that are no working days.
    """
    session = db.session()
    calendar, today = work_calendar(session), civil_date(now)
    if Channel.MAIL not in outlets.channels or not is_morning(now, hour, calendar):
        return 0
    waits = sa.or_(StaffMessages.notified_on.is_(None), StaffMessages.notified_on < today)
    query = (
        sa.select(StaffMessages)
        .join(User, User.id == StaffMessages.user_id)
        .where(reachable(), waits)
        .order_by(StaffMessages.id)
        .limit(BATCH)
    )
    # Counting takes a while; nobody waits for it with the lock of the writer.
    found = [
        (row.id, list(_mornings(session, row, calendar, now))) for row in session.scalars(query)
    ]
    session.rollback()
    for row_id, mornings in found:
        with writing() as unit:
            _write(unit, row_id, mornings, today, now)
    return len(found)


def _write(
    session: Session, row_id: int, mornings: list[_Morning], today: date, now: datetime
) -> None:
    row = session.get(StaffMessages, row_id, with_for_update=True, populate_existing=True)
    if row is None or (row.notified_on is not None and row.notified_on >= today):
        return
    row.notified_on = today
    for each in mornings:
        post(
            session,
            each.occasion,
            Channel.MAIL,
            f"{each.occasion}/{row.user_id}/{today}",
            now,
            user=row.user,
            language=row.language,
            facts=each.facts,
        )


def _mornings(
    session: Session, row: StaffMessages, calendar: WorkCalendar, now: datetime
) -> list[_Morning]:
    actor, last, today = staff_actor(row.user), row.notified_on, civil_date(now)
    if not actor.holds(Permission.LETTER_READ):
        return []
    at = cutoffs(calendar, now)
    found = conditions(actor, at)
    own = sa.or_(found[Queue.TODO], found[Queue.MINE])
    reached = [
        (Occasion.DUE_SOON, sa.and_(found[Queue.DUE_SOON], _first_soon(calendar, last))),
        (Occasion.OVERDUE, sa.and_(found[Queue.OVERDUE], _first_late(last))),
    ]
    mornings = []
    for occasion, condition in reached:
        if row.often(occasion) is Frequency.AT_ONCE:
            letters = _letters(session, actor, sa.and_(condition, own))
            if letters:
                mornings.append(_Morning(occasion, {"letters": letters}))
    if any(row.often(each) is Frequency.DAILY for each in TO_STAFF):
        queues = {each: sa.and_(found[each], own) for each in (Queue.DUE_SOON, Queue.OVERDUE)}
        queues[Queue.TODO] = found[Queue.TODO]
        counts = counted(session, queues, Letter, letters_for(actor), live())
        if any(counts.values()):
            figures = {str(queue): count for queue, count in counts.items()}
            mornings.append(_Morning(Occasion.DAILY, {"figures": figures}))
    week = week_due(today, last) if row.weekly else None
    if week is not None and actor.holds(Permission.HANDLING_SUPERVISE):
        late = found[Queue.OVERDUE]
        figures = week_figures(session, actor, week, now) | _late(session, actor, late)
        mornings.append(_Morning(Occasion.WEEKLY, {"figures": figures}))
    return mornings


def _first_soon(calendar: WorkCalendar, last: date | None) -> Condition:
    """Return the condition for letters that were not yet due soon on the morning of ``last``."""
    return sa.true() if last is None else Letter.due_on > calendar.add_working_days(last, SOON_DAYS)


def _first_late(last: date | None) -> Condition:
    return sa.true() if last is None else Letter.due_on >= last


def _letters(session: Session, actor: Actor, condition: Condition) -> list[tuple[str, str]]:
    """Return numbers and due dates, the most urgent first."""
    query = (
        sa.select(Letter.number, Letter.due_on)
        .where(letters_for(actor), condition)
        .order_by(Letter.due_on, Letter.id)
        .limit(LETTERS_MOST)
    )
    return [(number, due.isoformat()) for number, due in session.execute(query) if due]


def week_figures(session: Session, actor: Actor, week: Period, now: datetime) -> dict[str, int]:
    """Return what happened in ``week`` in all that ``actor`` supervises, counted as in the statistics."""
    seen = as_of(week, now)
    tree, places = tree_on(session, seen.day), set[int]()
    for grant, reach in actor.reaches(Permission.HANDLING_SUPERVISE):
        below = tree.subtree(grant.organisation_id) if reach > Reach.UNIT else ()
        places |= {grant.organisation_id, *below}
    whole = tree.root_id in places
    organisations = None if whole else frozenset(places)
    question = Question(week, seen.before, Basis.PERIOD, organisations=organisations)
    total = cube(session, question).total
    return {
        "received": total.received,
        "closed": total.closed,
        "on_time": total.on_time,
        "published": total.published,
    }


def _late(session: Session, actor: Actor, overdue: Condition) -> dict[str, int]:
    """Return how many letters are overdue now in all that ``actor`` supervises."""
    scope = letters_for(actor, Permission.HANDLING_SUPERVISE)
    return {"late": counted(session, {"late": overdue}, Letter, scope, live())["late"]}
