"""The plan of a demo letter: its actions with their moments, along the working calendar.

The actions of all letters are planned first and taken in the order of their moments, so that
numbers and histories are those of real letters.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from portal.domain.calendar import WorkCalendar
from portal.domain.letters.states import CloseReason, Publication, State
from portal.domain.periods import SHANGHAI, civil_date, shanghai
from portal.services.letters.handling import close_unanswered
from portal.tools.demo.actions import DemoContext, LetterActions
from portal.tools.samples.letters import SampleLetter

PACE_DAYS = 3
"""Working days within which an open letter reaches its state."""
PUBLICATION_DAYS = 4
REDO_DAYS = 5
_OPENS, _OFFICE_MINUTES = 9 * 60, 8 * 60
_GAP = timedelta(minutes=15)
Do = Callable[[datetime], object]


PlannedAction = tuple[datetime, Do]
"""An action and its moment."""


def plan(sample: SampleLetter, context: DemoContext) -> list[PlannedAction]:
    """Return the actions on the letter in order, none of them in the future."""
    actions, calendar, now = LetterActions(sample, context), context.calendar, context.now
    written = civil_date(now) - timedelta(days=sample.received_days_ago)
    received = datetime.combine(written, sample.received_at, SHANGHAI).astimezone(UTC)
    planned: list[PlannedAction] = [(min(received, now), actions.submit)]

    def add(calls: Sequence[Do], days: int) -> None:
        since, _ = planned[-1]
        until = _office_time(calendar.add_working_days(civil_date(since), days), sample.key)
        planned.extend(_spread(calendar, since, min(until, now), calls))

    def later(call: Do, gap: timedelta) -> None:
        planned.append((min(planned[-1][0] + gap, now), call))

    add(
        _handling(actions),
        PACE_DAYS if sample.reply_working_days is None else sample.reply_working_days,
    )
    if sample.redo_reason:
        later(actions.redo, timedelta(days=2, hours=3))
        add((actions.send_for_signoff, actions.sign), REDO_DAYS)
    if sample.state is State.WITHDRAWN:
        later(actions.withdraw, timedelta(hours=5))
    if sample.close_reason is CloseReason.NO_SUPPLEMENT:
        later(close_unanswered, timedelta(days=17))
    if sample.rating:
        later(actions.rate, timedelta(hours=26))
    add(_publicity(actions), PUBLICATION_DAYS)
    return planned


def _handling(actions: LetterActions) -> list[Do]:
    """Return the actions of the office that bring the letter to its state."""
    sample = actions.sample
    if sample.state in (State.SUBMITTED, State.WITHDRAWN):
        return []
    if sample.state is State.DECLINED:
        return [actions.decline]
    calls = _moves(actions)
    if sample.state is State.DISPATCHED:
        return calls
    if sample.state is State.RETURNED:
        return [*calls, actions.send_back]
    calls.append(actions.take_on)
    optional: tuple[tuple[object, Do], ...] = (
        (sample.question, actions.ask),
        (sample.supplement, actions.supplement),
        (sample.state is State.MERGED, actions.merge),
        (sample.supervised, actions.supervise),
        (sample.extended, actions.ask_extension),
        (sample.extended, actions.grant_extension),
    )
    calls += [call for wanted, call in optional if wanted]
    answered = sample.close_reason is CloseReason.ANSWERED
    if answered or sample.state is State.AWAITING_SIGNOFF:
        calls.append(actions.send_for_signoff)
    return [*calls, actions.sign] if answered else calls


def _moves(actions: LetterActions) -> list[Do]:
    calls: list[Do] = []
    for after in actions.hops[1:]:
        if calls:
            calls.append(actions.sign_for)
        calls.append(partial(actions.move, after))
    return calls


def _publicity(actions: LetterActions) -> list[Do]:
    public = [actions.propose, actions.settle, actions.publish]
    calls: dict[Publication, list[Do]] = {
        Publication.NOT_PROPOSED: [],
        Publication.PROPOSED: [actions.propose],
        Publication.PUBLISHED: [*public],
        Publication.REFUSED: [actions.propose, actions.refuse],
        Publication.UNPUBLISHED: [*public, actions.unpublish],
    }
    return calls[actions.sample.publication]


def _spread(
    calendar: WorkCalendar, since: datetime, until: datetime, calls: Sequence[Do]
) -> list[PlannedAction]:
    """Spread ``calls`` over the office hours between two moments, the last one at the end."""
    actions: list[PlannedAction] = []
    before = since
    for index, call in enumerate(calls, start=1):
        # Sending a letter on is quick, working on the reply takes long.
        moment = since + (until - since) * (index / len(calls)) ** 2
        if index < len(calls):
            moment = _on_duty(calendar, moment, f"{since}{index}")
        before = min(max(moment, before + _GAP), max(until, since))
        actions.append((before, call))
    return actions


def _on_duty(calendar: WorkCalendar, moment: datetime, seed: str) -> datetime:
    """Return ``moment`` if the office is open then, else a time on the next working day."""
    wall = shanghai(moment)
    minutes = wall.hour * 60 + wall.minute
    if calendar.is_workday(wall.date()) and 0 <= minutes - _OPENS < _OFFICE_MINUTES:
        return moment
    return _office_time(calendar.add_working_days(wall.date(), 1), seed)


def _office_time(day: date, seed: str) -> datetime:
    """Return a moment in the office hours of ``day``, always the same for the same seed."""
    minutes = _OPENS + zlib.crc32(seed.encode()) % _OFFICE_MINUTES
    clock = time(minutes // 60, minutes % 60)
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)
