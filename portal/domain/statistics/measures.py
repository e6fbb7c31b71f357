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

from portal.domain.errors import N_
from portal.domain.events import Axis
from portal.domain.letters.due import Deadlines, HandlingTime
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import CLOSE_REASONS, CONCLUDED_STATES, Action, Publication, State
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
    {Action.DISPATCH, Action.TRANSFER, Action.RULE, Action.RETURN, Action.CHANGE_KIND}
)


@dataclass(frozen=True, slots=True)
class Step:
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


@dataclass(slots=True)
class _Closing:
    """One closing with the publications while it stood."""

    began: datetime
    organisation_id: int
    outcome: Outcome
    on_time: bool
    days: int
    until: datetime | None = None


Span = tuple[datetime, datetime | None]


class Ledger:
    """Derivation of facts from the steps of letters, by one calendar and set of deadline rules."""

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines, self._calendar = deadlines, deadlines.calendar

    def facts(self, kind: Kind, organisation_id: int, steps: Sequence[Step]) -> list[Fact]:
        """Return the facts of a letter of ``kind`` first received by ``organisation_id``.

        ``steps`` are its events on both axes in the order of their happening, the receipt first.
        Kind is the one the letter has now: a corrected kind holds for the past too.
        """
        received = steps[0].at
        closings = self._closings(kind, organisation_id, steps)
        opening = self._opening(received, organisation_id, kind, steps)
        published = _published(steps)
        found = [opening]
        for index, closing in enumerate(closings):
            base = opening if index == 0 else _later(opening)
            fact = replace(
                base,
                closed_from=closing.began,
                closed_until=closing.until,
                closing_organisation_id=closing.organisation_id,
                outcome=closing.outcome,
                on_time=closing.on_time,
                closing_days=closing.days,
            )
            spans = list(_clipped(published, closing))
            first = spans[0] if spans else (None, None)
            fact = replace(fact, published_from=first[0], published_until=first[1])
            if index == 0:
                found[0] = fact
            else:
                found.append(fact)
            found += [
                replace(
                    _later(opening),
                    closing_organisation_id=closing.organisation_id,
                    published_from=start,
                    published_until=end,
                )
                for start, end in spans[1:]
            ]
        return found

    def _opening(
        self, received: datetime, organisation_id: int, kind: Kind, steps: Sequence[Step]
    ) -> Fact:
        response = next(
            (
                s
                for s in steps
                if s.staff and s.axis is Axis.HANDLING and s.to_state != s.from_state
            ),
            None,
        )
        days = None
        if response is not None:
            begun = civil_date(received)
            days = self._calendar.working_days_between(begun, civil_date(response.at))
        return Fact(
            True,
            received,
            organisation_id,
            kind,
            withdrawn_at=_first(steps, Action.WITHDRAW),
            response_at=response.at if response else None,
            response_days=days,
            extended_at=_first(steps, Action.GRANT_EXTENSION),
            returned_at=_first(steps, Action.RETURN),
            redone_at=_first(steps, Action.REDO),
        )

    def _closings(self, kind: Kind, organisation_id: int, steps: Sequence[Step]) -> list[_Closing]:
        holder, time = organisation_id, HandlingTime(kind, civil_date(steps[0].at))
        self._deadlines.choose(time, organisation_id)
        found: list[_Closing] = []
        for step in steps[1:]:
            if step.axis is not Axis.HANDLING:
                continue
            if step.action in _MOVES and step.to_organisation_id is not None:
                holder = step.to_organisation_id
            if step.action == Action.GRANT_EXTENSION:
                time.extension = step.days
            if step.from_state == step.to_state:
                continue
            day = civil_date(step.at)
            time.follow(step.from_state, step.to_state, day)
            if step.from_state == State.CLOSED and found:
                found[-1].until = step.at
                self._deadlines.choose(time, organisation_id)
            if step.to_state in CONCLUDED_STATES:
                outcome, due = OUTCOMES[step.action], step.due_on
                if due is None and outcome is not Outcome.NO_SUPPLEMENT:
                    due = self._deadlines.due_on(time)
                used = self._calendar.days_used(time.start, day, time.pauses)
                punctual = due is None or day <= due
                place = step.answered_by or holder
                found.append(_Closing(step.at, place, outcome, punctual, used))
        return found


def _later(opening: Fact) -> Fact:
    """Return a further fact of the same letter; the first alone has receipt and milestones."""
    return Fact(False, opening.received_at, opening.received_organisation_id, opening.kind)


def _first(steps: Sequence[Step], action: Action) -> datetime | None:
    return next((step.at for step in steps if step.action == action), None)


def _published(steps: Sequence[Step]) -> list[Span]:
    """Return the spans in which the letter was public."""
    spans: list[Span] = []
    for step in steps:
        if step.axis is not Axis.PUBLICATION or step.from_state == step.to_state:
            continue
        if step.to_state == Publication.PUBLISHED:
            spans.append((step.at, None))
        elif step.from_state == Publication.PUBLISHED and spans:
            spans[-1] = (spans[-1][0], step.at)
    return spans


def _clipped(spans: Sequence[Span], closing: _Closing) -> list[Span]:
    """Return the parts of ``spans`` that lie within ``closing``."""
    found: list[Span] = []
    for start, end in spans:
        start = max(start, closing.began)
        ends = [moment for moment in (end, closing.until) if moment is not None]
        until = min(ends) if ends else None
        if until is None or start < until:
            found.append((start, until))
    return found
