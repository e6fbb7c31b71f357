"""When a letter is due, and how much time it has left, in working days and in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portal.domain.calendar import Pause, WorkCalendar
from portal.domain.deadline_rules import DeadlineRule, DeadlineRules
from portal.domain.errors import N_
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import CONCLUDED_STATES, State
from portal.domain.translatable import Message

SOON_DAYS = 2
"""Working days before the due date from which on a letter counts as due soon."""


@dataclass(slots=True)
class HandlingTime:
    """What the due date of a letter is counted from.

    ``start`` is the civil day of the receipt, of the citizen's request for a redo, or of the
    decision that a declined letter is handled after all;
    ``extension`` the days granted since, in the unit of the rule; ``pauses`` the waits for
    the citizen, in order. ``organisation_id`` is the organisation whose rule the letter follows,
    None where it is a rule of all organisations.
    """

    kind: Kind
    start: date
    extension: int = 0
    pauses: list[Pause] = field(default_factory=list)
    organisation_id: int | None = None

    def follow(self, from_state: str | None, to_state: str | None, day: date) -> None:
        """Take over a change of the state of handling on civil date ``day``."""
        if from_state == to_state:
            return
        if from_state == State.AWAITING_CITIZEN and self.pauses:
            self.pauses[-1] = (self.pauses[-1][0], day)
        if to_state == State.AWAITING_CITIZEN:
            self.pauses.append((day, None))
        elif from_state in CONCLUDED_STATES:
            self.start, self.extension, self.pauses = day, 0, []


class Deadlines:
    """Rules and due dates of letters, by one calendar and the deadline rules of an instance."""

    def __init__(self, calendar: WorkCalendar, rules: DeadlineRules) -> None:
        self.calendar = calendar
        self._rules = rules

    def choose(self, time: HandlingTime, received_id: int) -> None:
        """Choose the rule of a letter that was first received by the organisation ``received_id``.

        A rule is chosen when the clock begins and when the kind changes. A letter that moves on
        keeps it, so that the due date its sender knows stands.
        """
        rule = self._rules.for_letter(time.kind, received_id, time.start)
        time.organisation_id = rule.organisation_id

    def rule(self, time: HandlingTime) -> DeadlineRule:
        """Return the rule that the letter follows.

        Raises :class:`~portal.domain.deadline_rules.NoDeadlineRule` where none is in force.
        """
        return self._rules.followed(time.kind, time.organisation_id, time.start)

    def due_on(self, time: HandlingTime) -> date | None:
        """Return the last day on which an answer is in time, ``None`` during an open pause.

        Raises what :meth:`rule` and :meth:`~portal.domain.calendar.WorkCalendar.due_on` raise.
        """
        return self.calendar.due_on(time.start, self.rule(time), time.pauses, time.extension)


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
