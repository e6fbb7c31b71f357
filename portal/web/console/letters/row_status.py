"""Status of a row of the inbox: the state or review of its letter, and the time left."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from portal.domain.calendar import WorkCalendar
from portal.domain.letters.due import Remaining, remaining
from portal.domain.letters.states import ENDED_STATES, State
from portal.queries.letters.inbox import InboxRow
from portal.queries.letters.queues import Queue
from portal.web.core.clock import today
from portal.web.core.language import day, label

_SHOWS_PUBLICATION_REVIEW = frozenset({Queue.TODO, Queue.MINE})
_SHOWS_SIGNOFF = frozenset({Queue.TODO, Queue.MINE, Queue.SIGNOFF})


@dataclass(frozen=True, slots=True)
class RowStatus:
    """The chip of a row (``axis`` and ``value`` choose its look) and its time.

    ``clock`` is the reason why no time is shown, where ``due`` is empty.
    """

    axis: str
    value: str
    label: str
    due: Remaining | None
    clock: str


def row_status(row: InboxRow, queue: Queue, calendar: WorkCalendar) -> RowStatus:
    """Return the status of ``row`` in ``queue``: a closed letter may wait for a second person."""
    axis, value, name = _chip(row, queue)
    due = remaining(calendar, today(), row.due_on) if row.due_on and row.runs else None
    ended = row.state in ENDED_STATES
    clock = _("%(day)s收到", day=day(row.received_at)) if ended else _("暂停计时")
    return RowStatus(axis, value, name, due, "" if due else str(clock))


def _chip(row: InboxRow, queue: Queue) -> tuple[str, str, str]:
    if row.state is State.CLOSED and row.to_publish and queue in _SHOWS_PUBLICATION_REVIEW:
        return "review", "publication", _("待公示审核")
    if row.state is State.CLOSED and row.to_sign and queue in _SHOWS_SIGNOFF:
        return "review", "follow_up", _("补充答复待审签")
    if queue is Queue.PUBLICATION:
        return "publication", row.publication.value, label(row.publication)
    return "handling", row.state.value, label(row.state)
