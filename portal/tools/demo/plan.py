"""When what happens to a demo letter: its acts planned along the working calendar.

Acts are planned for all letters first and taken in the order of their moments, so that numbers
and histories come about as they do in life.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from portal.domain.calendar import WorkCalendar
from portal.domain.letters.states import CloseReason, Publication, State
from portal.domain.periods import SHANGHAI, civil_date, shanghai
from portal.services.letters.handling import close_unanswered
from portal.tools.demo.acts import Acts, Setting
from portal.tools.samples.letters import SampleLetter

PACE_DAYS = 3
"""Working days within which an open letter has come to where it stands."""
PUBLICATION_DAYS = 4
REDO_DAYS = 5
_OPENS, _OFFICE_MINUTES = 9 * 60, 8 * 60
_GAP = timedelta(minutes=15)
Do = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at ``moment``."""

    moment: datetime
    do: Do


def plan(sample: SampleLetter, setting: Setting) -> list[Act]:
    """Return everything that happens to the letter, in order, none of it in the future."""
    acts, calendar, now = Acts(sample, setting), setting.calendar, setting.now
    written = civil_date(now) - timedelta(days=sample.received_days_ago)
    received = datetime.combine(written, sample.received_at, SHANGHAI).astimezone(UTC)
    planned = [Act(min(received, now), acts.submit)]

    def add(steps: Sequence[Do], days: int) -> None:
        since = planned[-1].moment
        until = _office_time(calendar.add_working_days(civil_date(since), days), sample.key)
        planned.extend(_spread(calendar, since, min(until, now), steps))

    def later(step: Do, gap: timedelta) -> None:
        planned.append(Act(min(planned[-1].moment + gap, now), step))

    add(
        _handling(acts),
        PACE_DAYS if sample.reply_working_days is None else sample.reply_working_days,
    )
    if sample.redo_reason:
        later(acts.redo, timedelta(days=2, hours=3))
        add((acts.send_for_signoff, acts.sign), REDO_DAYS)
    if sample.state is State.WITHDRAWN:
        later(acts.withdraw, timedelta(hours=5))
    if sample.close_reason is CloseReason.NO_SUPPLEMENT:
        later(close_unanswered, timedelta(days=17))
    if sample.rating:
        later(acts.rate, timedelta(hours=26))
    add(_publicity(acts), PUBLICATION_DAYS)
    return planned


def _handling(acts: Acts) -> list[Do]:
    """Return what the office does until the letter stands where it shall."""
    sample = acts.sample
    if sample.state in (State.SUBMITTED, State.WITHDRAWN):
        return []
    if sample.state is State.DECLINED:
        return [acts.decline]
    steps = _moves(acts)
    if sample.state is State.DISPATCHED:
        return steps
    if sample.state is State.RETURNED:
        return [*steps, acts.send_back]
    steps.append(acts.take_on)
    optional: tuple[tuple[object, Do], ...] = (
        (sample.question, acts.ask),
        (sample.supplement, acts.supplement),
        (sample.state is State.MERGED, acts.merge),
        (sample.supervised, acts.supervise),
        (sample.extended, acts.ask_extension),
        (sample.extended, acts.grant_extension),
    )
    steps += [step for wanted, step in optional if wanted]
    answered = sample.close_reason is CloseReason.ANSWERED
    if answered or sample.state is State.AWAITING_SIGNOFF:
        steps.append(acts.send_for_signoff)
    return [*steps, acts.sign] if answered else steps


def _moves(acts: Acts) -> list[Do]:
    steps: list[Do] = []
    for after in acts.hops[1:]:
        if steps:
            steps.append(acts.sign_for)
        steps.append(partial(acts.move, after))
    return steps


def _publicity(acts: Acts) -> list[Do]:
    public = [acts.propose, acts.settle, acts.publish]
    steps: dict[Publication, list[Do]] = {
        Publication.NOT_PROPOSED: [],
        Publication.PROPOSED: [acts.propose],
        Publication.PUBLISHED: [*public],
        Publication.REFUSED: [acts.propose, acts.refuse],
        Publication.WITHDRAWN: [*public, acts.unpublish],
    }
    return steps[acts.sample.publication]


def _spread(
    calendar: WorkCalendar, since: datetime, until: datetime, steps: Sequence[Do]
) -> list[Act]:
    """Spread ``steps`` over the office hours between two moments, the last one at the end."""
    acts: list[Act] = []
    before = since
    for index, step in enumerate(steps, start=1):
        # Sending on is quick, working on the answer takes long.
        moment = since + (until - since) * (index / len(steps)) ** 2
        if index < len(steps):
            moment = _on_duty(calendar, moment, f"{since}{index}")
        before = min(max(moment, before + _GAP), max(until, since))
        acts.append(Act(before, step))
    return acts


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
