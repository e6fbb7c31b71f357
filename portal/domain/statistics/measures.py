"""From the events of one letter to the facts that figures are sums of.

A letter gives one opening fact (its receipt) which also holds its first closing and, within that
closing, its first publication; a letter closed again after a redo, or published again while it is
closed, gives further facts. Every count of any past moment is then a sum over facts whose
intervals hold that moment, and such sums add up over organisations, kinds and periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.domain.errors import N_
from portal.domain.events import Axis
from portal.domain.letters.due import Deadlines, HandlingTime
from portal.domain.letters.kinds import Kind
from portal.domain.letters.recalls import without_recalled
from portal.domain.letters.states import CLOSE_REASONS, CONCLUDED_STATES, Action, Publication
from portal.domain.periods import civil_date
from portal.domain.translatable import Labelled


class Outcome(StrEnum):
    """How the handling of a letter ended."""

    ANSWERED = "answered"
    MERGED = "merged"
    NO_SUPPLEMENT = "no_supplement"
    DECLINED = "declined"


class View(Labelled):
    """To which organisation a letter is counted once it has moved."""

    RECEIVING = (
        "receiving",
        N_("按收信单位"),
        N_("收到、办结和公示都计入最先收到来信的单位，不论后来转到哪里办理。"),
    )
    ANSWERING = (
        "answering",
        N_("按答复单位"),
        N_(
            "收到计入最先收到来信的单位，办结和公示计入最终答复的单位；"
            "两者不是同一批来信，因此只列挂网率，不列办结率。"
        ),
    )


OUTCOMES: dict[str, Outcome] = {
    **{action: Outcome(reason) for action, reason in CLOSE_REASONS.items()},
    Action.DECLINE: Outcome.DECLINED,
    Action.RULE_DECLINE: Outcome.DECLINED,
}
_MOVES = frozenset(
    {
        Action.DISPATCH,
        Action.TRANSFER,
        Action.RULE,
        Action.RECALL_DISPATCH,
        Action.HAND_OVER,
        Action.RETURN,
        Action.TAKE_OVER,
        Action.CHANGE_KIND,
    }
)


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """What an event says, as far as figures need it, in the order of its happening.

    ``days`` are the days granted by an extension; ``answered_by`` the organisation whose reply
    closed a merged letter, where that is not the one that held it; ``due_on`` the last day in time
    as it was promised when the handling ended, empty where nothing was.
    """

    action: str
    axis: Axis
    from_state: str | None
    to_state: str | None
    at: datetime
    staff: bool = False
    to_organisation_id: int | None = None
    days: int = 0
    answered_by: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One countable piece of a letter's life; moments are aware, intervals half open.

    ``closed_until`` and ``published_until`` are empty where the state lasts. Publication is
    counted only while the letter is closed. ``closing_days`` and ``response_days`` are working
    days of the calendar as it stands, after receipt (or the request for a redo), waits for the citizen
    left out. ``on_time`` is judged by the due date that was promised when the handling ended, and
    by the calendar as it stands where none was.
    """

    opening: bool
    received_at: datetime
    received_organisation_id: int
    kind: Kind
    withdrawn_at: datetime | None = None
    response_at: datetime | None = None
    response_days: int | None = None
    extended_at: datetime | None = None
    returned_at: datetime | None = None
    redone_at: datetime | None = None
    closed_from: datetime | None = None
    closed_until: datetime | None = None
    closing_organisation_id: int | None = None
    outcome: Outcome | None = None
    on_time: bool | None = None
    closing_days: int | None = None
    published_from: datetime | None = None
    published_until: datetime | None = None


Span = tuple[datetime, datetime | None]


class Ledger:
    """Derivation of facts from the events of letters, by one calendar and set of deadline rules."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines, self._calendar = deadlines, deadlines.calendar

    def facts(self, kind: Kind, organisation_id: int, events: Sequence[CountedEvent]) -> list[Fact]:
        """Return the facts of a letter of ``kind`` first received by ``organisation_id``.

        ``events`` are its events on both axes in the order of their happening, the receipt first.
        Kind is the one the letter has now: a corrected kind holds for the past too.
        """
        further = Fact(False, events[0].at, organisation_id, kind)
        published = _published(events)
        found: list[Fact] = []
        for closing in self._closings(further, events) or [further]:
            spans: Sequence[tuple[datetime | None, datetime | None]]
            spans = _clipped(published, closing) or [(None, None)]
            (start, end), *later = spans
            found.append(replace(closing, published_from=start, published_until=end))
            found += [
                replace(
                    further,
                    closing_organisation_id=closing.closing_organisation_id,
                    published_from=again,
                    published_until=until,
                )
                for again, until in later
            ]
        # The first alone has receipt and milestones.
        found[0] = replace(found[0], opening=True, **self._milestones(events))
        return found

    def _milestones(self, events: Sequence[CountedEvent]) -> dict[str, Any]:
        response = next(
            (
                e.at
                for e in without_recalled(events)
                if e.staff and e.axis is Axis.HANDLING and e.to_state != e.from_state
            ),
            None,
        )
        days = None
        if response is not None:
            begun = civil_date(events[0].at)
            days = self._calendar.working_days_between(begun, civil_date(response))
        return {
            "withdrawn_at": _first(events, Action.WITHDRAW),
            "response_at": response,
            "response_days": days,
            "extended_at": _first(events, Action.GRANT_EXTENSION),
            "returned_at": _first(events, Action.RETURN),
            "redone_at": _first(events, Action.REDO),
        }

    def _closings(self, letter: Fact, events: Sequence[CountedEvent]) -> list[Fact]:
        """Return a fact of ``letter`` for each time that it was closed."""
        holder = received_by = letter.received_organisation_id
        time = HandlingTime(letter.kind, civil_date(letter.received_at))
        self._deadlines.choose(time, received_by)
        found: list[Fact] = []
        for event in events[1:]:
            if event.axis is not Axis.HANDLING:
                continue
            if event.action in _MOVES and event.to_organisation_id is not None:
                holder = event.to_organisation_id
            if event.action == Action.GRANT_EXTENSION:
                time.extension = event.days
            if event.from_state == event.to_state:
                continue
            day = civil_date(event.at)
            time.follow(event.from_state, event.to_state, day)
            if event.from_state in CONCLUDED_STATES and found:
                found[-1] = replace(found[-1], closed_until=event.at)
                self._deadlines.choose(time, received_by)
            if event.to_state in CONCLUDED_STATES:
                outcome, due = OUTCOMES[event.action], event.due_on
                if due is None and outcome is not Outcome.NO_SUPPLEMENT:
                    due = self._deadlines.due_on(time)
                found.append(
                    replace(
                        letter,
                        closed_from=event.at,
                        closing_organisation_id=event.answered_by or holder,
                        outcome=outcome,
                        on_time=due is None or day <= due,
                        closing_days=self._calendar.days_used(time.start, day, time.pauses),
                    )
                )
        return found


def _first(events: Sequence[CountedEvent], action: Action) -> datetime | None:
    return next((event.at for event in events if event.action == action), None)


def _published(events: Sequence[CountedEvent]) -> list[Span]:
    """Return the spans in which the letter was public."""
    spans: list[Span] = []
    for event in events:
        if event.axis is not Axis.PUBLICATION or event.from_state == event.to_state:
            continue
        if event.to_state == Publication.PUBLISHED:
            spans.append((event.at, None))
        elif event.from_state == Publication.PUBLISHED and spans:
            spans[-1] = (spans[-1][0], event.at)
    return spans


def _clipped(spans: Sequence[Span], closing: Fact) -> list[Span]:
    """Return the parts of ``spans`` in which the letter was closed by ``closing``."""
    if closing.closed_from is None:
        return []
    found: list[Span] = []
    for start, end in spans:
        start = max(start, closing.closed_from)
        ends = [moment for moment in (end, closing.closed_until) if moment is not None]
        until = min(ends) if ends else None
        if until is None or start < until:
            found.append((start, until))
    return found
