"""How much time a letter has left, in working days and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.calendar import WorkCalendar
from portal.domain.errors import N_
from portal.domain.translatable import Message

SOON_DAYS = 2
"""Working days before the due date from which on a letter counts as due soon."""


class Urgency(StrEnum):
    """How pressing a due date is."""

    FINE = "fine"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Remaining:
    """Working days left (negative: days late), how pressing that is, and the words for it."""

    days: int
    urgency: Urgency
    message: Message


def remaining(calendar: WorkCalendar, today: date, due_on: date) -> Remaining:
    """Return what is left of the time until ``due_on``, seen on civil date ``today``.

    A letter is late from the day after its due date on, also while that day is no working day.
    """
    days = calendar.working_days_between(today, due_on)
    if due_on < today:
        if days == 0:
            return Remaining(0, Urgency.LATE, Message(N_("已超期")))
        return Remaining(days, Urgency.LATE, Message(N_("超期 %(days)s 个工作日"), {"days": -days}))
    if due_on == today:
        return Remaining(0, Urgency.SOON, Message(N_("今天到期")))
    urgency = Urgency.SOON if days <= SOON_DAYS else Urgency.FINE
    return Remaining(days, urgency, Message(N_("还有 %(days)s 个工作日"), {"days": days}))
