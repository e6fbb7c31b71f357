"""What an action does to a letter, in one place.

A person's action, an import, a publication without a person and a simulation all go through
:func:`apply`. It names every column that follows from an action, the event to write and the state
interval that begins; whether the action is allowed is the business of the transition table and of
its guards (:func:`portal.domain.letters.transitions.advance`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from portal.domain.events import ActorKind, Axis
from portal.domain.letters.guards import HandledLetter
from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.letters.states import (
    CLOCK_STATES,
    CLOSE_REASONS,
    CONCLUDED_STATES,
    REVERSIBLE_STATES,
    SUPPLEMENT_DAYS,
    Action,
    CloseReason,
    Publication,
    State,
)
from portal.domain.letters.transitions import TRANSITIONS
from portal.domain.periods import civil_date

FIRST_VERSION = 1
_BACK = frozenset({Action.RECALL_DISPATCH, Action.RECALL_SIGNOFF, Action.SEND_BACK})
"""What takes a letter back to where it was, as it was there."""
_STAYS = frozenset({Action.INVITE})
"""What names another organisation and leaves the letter where it is."""


class Applicable(HandledLetter, Protocol):
    """What decides besides what an action changes."""

    @property
    def organisation_id(self) -> int: ...
    @property
    def first_response_at(self) -> datetime | None: ...
    @property
    def hop_count(self) -> int: ...
    @property
    def sent_from_id(self) -> int | None: ...
    @property
    def assignee_id(self) -> int | None: ...
    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def sent_from_before_id(self) -> int | None: ...
    @property
    def assignee_before_id(self) -> int | None: ...
    @property
    def urge_count(self) -> int: ...
    @property
    def version(self) -> int: ...


class Clock(StrEnum):
    """What an action does to the due date.

    ``PROMISE`` is for a letter whose clock ran on while it showed no due date: what its sender
    could expect is computed for the event alone.
    """

    KEEP = "keep"
    STOP = "stop"
    COMPUTE = "compute"
    PROMISE = "promise"


@dataclass(slots=True)
class LetterState:
    """The columns of a letter that follow from its actions, without a database."""

    kind: Kind
    received_at: datetime
    never_public: bool = False
    state: State = State.SUBMITTED
    publication: Publication = Publication.NOT_PROPOSED
    state_before: State | None = None
    close_reason: CloseReason | None = None
    version: int = FIRST_VERSION
    organisation_id: int = 0
    received_organisation_id: int = 0
    sent_from_id: int | None = None
    closing_organisation_id: int | None = None
    assignee_id: int | None = None
    sent_at: datetime | None = None
    sent_from_before_id: int | None = None
    assignee_before_id: int | None = None
    return_count: int = 0
    hop_count: int = 0
    placed: bool = False
    accepted: bool = False
    reopened: bool = False
    clock_from: datetime | None = None
    accepted_at: datetime | None = None
    first_response_at: datetime | None = None
    closed_at: datetime | None = None
    deadline_organisation_id: int | None = None
    extension_days: int = 0
    due_on: date | None = None
    answer_by: date | None = None
    added_at: datetime | None = None
    urge_count: int = 0
    urge_from: date | None = None

    def change(self, effect: Effect) -> None:
        """Take over the values that an action leaves."""
        for column, value in effect.changes.items():
            setattr(self, column, value)

    def columns(self) -> dict[str, Any]:
        """Return every column by its name."""
        return {column: getattr(self, column) for column in LetterState.__slots__}


@dataclass(frozen=True, slots=True)
class LetterEvent:
    """The event that an action leaves, without the person and the reason."""

    action: Action
    axis: Axis
    from_state: str | None
    to_state: str
    organisation_id: int | None
    to_organisation_id: int | None
    occurred_at: datetime

    def columns(self) -> dict[str, Any]:
        """Return the columns of the event row."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Interval:
    """A state interval that begins; the open one of the same axis ends at its start."""

    axis: Axis
    state: str
    organisation_id: int
    started_at: datetime

    def columns(self) -> dict[str, Any]:
        """Return the columns of the interval row while it lasts."""
        return {name: getattr(self, name) for name in self.__slots__} | {"ended_at": None}


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action does: new values by column, the event, the interval that begins, the clock.

    ``interval`` is empty where neither state nor organisation changes. ``clock`` says whether a
    due date must be computed from the changed letter.
    """

    changes: Mapping[str, Any]
    event: LetterEvent
    interval: Interval | None
    clock: Clock

    @property
    def concludes(self) -> bool:
        """Whether the handling ends with an answer or a notice."""
        return (
            self.event.axis is Axis.HANDLING
            and self.event.from_state != self.event.to_state
            and self.event.to_state in CONCLUDED_STATES
        )

    @property
    def chooses_rule(self) -> bool:
        """Whether another deadline rule may hold: the clock begins or the kind is another."""
        return not self.changes.keys().isdisjoint(("clock_from", "kind"))


def intervals(effects: Iterable[Effect]) -> list[dict[str, Any]]:
    """Return the columns of the intervals that begin, each ended by the next one of its axis."""
    rows: list[dict[str, Any]] = []
    last: dict[Axis, dict[str, Any]] = {}
    for begun in (effect.interval for effect in effects if effect.interval is not None):
        if begun.axis in last:
            last[begun.axis]["ended_at"] = begun.started_at
        last[begun.axis] = begun.columns()
        rows.append(last[begun.axis])
    return rows


def receive(kind: Kind, organisation_id: int, moment: datetime) -> Effect:
    """Return what the arrival of a letter of ``kind`` at ``organisation_id`` leaves."""
    state = State.SUBMITTED
    changes = {
        "never_public": not KINDS[kind].publishable,
        "state": state,
        "publication": Publication.NOT_PROPOSED,
        "version": FIRST_VERSION,
        "organisation_id": organisation_id,
        "received_organisation_id": organisation_id,
        "received_at": moment,
        "clock_from": moment,
    }
    event = LetterEvent(
        Action.SUBMIT, Axis.HANDLING, None, str(state), None, organisation_id, moment
    )
    interval = Interval(Axis.HANDLING, str(state), organisation_id, moment)
    return Effect(changes, event, interval, Clock.COMPUTE)


def apply(
    letter: Applicable,
    action: Action,
    actor_kind: ActorKind,
    moment: datetime,
    to_id: int | None = None,
    *,
    kind: Kind | None = None,
    extension_days: int | None = None,
    answered_by: int | None = None,
    urge_from: date | None = None,
) -> Effect:
    """Return what ``action`` does to ``letter`` at ``moment``, taken by somebody of ``actor_kind``.

    ``to_id`` is the organisation that the letter moves to, or that is invited to help, ``kind`` the new kind of a letter that
    changes it, ``extension_days`` the days granted, ``answered_by`` the organisation whose reply
    closes a merged letter, ``urge_from`` the day on which a sender who urges may do so again. The
    letter itself is left as it is.

    Raises ``ValueError`` for an action that does not leave the state of the letter.
    """
    row = TRANSITIONS[action]
    before: State | Publication = letter.state if row.axis is Axis.HANDLING else letter.publication
    if before not in row.sources:
        raise ValueError(f"{action} does not leave {before}")
    target = row.target(letter) if callable(row.target) else row.target
    changes: dict[str, Any] = {"version": letter.version + 1}
    clock = Clock.KEEP
    if isinstance(target, Publication):
        changes["publication"] = target
    elif target is not before:
        changes |= _entered(letter, action, actor_kind, target, moment, answered_by)
        clock = _clock(action, letter.state, target)
    holder = letter.organisation_id
    there = holder if to_id is None or action in _STAYS else to_id
    if moves := to_id is not None and action not in _STAYS:
        changes |= _moved(letter, action, there)
    if action is Action.GRANT_EXTENSION:
        changes["extension_days"] = extension_days or 0
        clock = Clock.COMPUTE
    if action is Action.CHANGE_KIND and kind is not None:
        changes["kind"] = kind
        changes["never_public"] = letter.never_public or not KINDS[kind].publishable
        clock = Clock.COMPUTE
    if action is Action.ADD:
        changes["added_at"] = moment
    if action is Action.URGE:
        changes |= {"urge_count": letter.urge_count + 1, "urge_from": urge_from}
    if clock is Clock.STOP:
        changes["due_on"] = None
    event = LetterEvent(action, row.axis, str(before), str(target), holder, to_id, moment)
    interval = None
    if target != before or moves:
        interval = Interval(row.axis, str(target), there, moment)
    return Effect(changes, event, interval, clock)


def _entered(
    letter: Applicable,
    action: Action,
    actor_kind: ActorKind,
    target: State,
    moment: datetime,
    answered_by: int | None,
) -> dict[str, Any]:
    """Return the columns that follow from a new state of handling."""
    before = letter.state
    changes: dict[str, Any] = {"state": target}
    if actor_kind is ActorKind.STAFF and letter.first_response_at is None:
        changes["first_response_at"] = moment
    if actor_kind is ActorKind.STAFF and target is not State.DISPATCHED and action not in _BACK:
        # Whoever takes a letter on has read what was added to it.
        changes["added_at"] = None
    if before in CONCLUDED_STATES:
        changes |= {
            "close_reason": None,
            "closed_at": None,
            "closing_organisation_id": None,
            "clock_from": moment,
            "extension_days": 0,
            "urge_count": 0,
            "urge_from": None,
        }
    if action is Action.REDO:
        changes["reopened"] = True
    if target in REVERSIBLE_STATES:
        changes["state_before"] = before
    elif before in REVERSIBLE_STATES:
        changes["state_before"] = None
    if target is State.DISPATCHED:
        changes |= {
            "sent_at": moment,
            "sent_from_before_id": letter.sent_from_id,
            "assignee_before_id": letter.assignee_id,
        }
    elif before is State.DISPATCHED:
        changes |= dict.fromkeys(("sent_at", "sent_from_before_id", "assignee_before_id"))
    if action is Action.RECALL_DISPATCH:
        return changes | _undone(letter)
    if target is State.AWAITING_CITIZEN:
        changes["answer_by"] = answer_by(moment)
    elif before is State.AWAITING_CITIZEN:
        changes["answer_by"] = None
    if target in (State.IN_PROGRESS, State.DISPATCHED) and not letter.accepted:
        changes |= {"accepted": True, "accepted_at": moment}
    if target in CONCLUDED_STATES:
        changes["closed_at"] = moment
        changes["closing_organisation_id"] = answered_by or letter.organisation_id
    if target is State.CLOSED:
        changes["close_reason"] = CLOSE_REASONS[action]
    return changes


def _undone(letter: Applicable) -> dict[str, Any]:
    """Return the columns that the dispatch to be recalled has set and nothing before it."""
    changes: dict[str, Any] = {}
    if letter.state_before is State.SUBMITTED:
        changes |= {"accepted": False, "accepted_at": None}
    if letter.first_response_at == letter.sent_at:
        changes["first_response_at"] = None
    return changes


def _moved(letter: Applicable, action: Action, to_id: int) -> dict[str, Any]:
    """Return the columns that follow from a move to ``to_id``."""
    if action is Action.RECALL_DISPATCH:
        return {
            "organisation_id": to_id,
            "hop_count": letter.hop_count - 1,
            "assignee_id": letter.assignee_before_id,
            "sent_from_id": letter.sent_from_before_id,
        }
    if action is Action.HAND_OVER:
        sender = None if letter.sent_from_id == to_id else letter.sent_from_id
        return {"organisation_id": to_id, "assignee_id": None, "sent_from_id": sender}
    if action is Action.TAKE_OVER:
        return {"organisation_id": to_id, "assignee_id": None, "sent_from_id": None}
    changes: dict[str, Any] = {
        "organisation_id": to_id,
        "hop_count": letter.hop_count + 1,
        "assignee_id": None,
    }
    if action is Action.RETURN:
        changes |= {"return_count": letter.return_count + 1, "sent_from_id": None}
    elif action in (Action.DISPATCH, Action.TRANSFER, Action.RULE):
        changes["sent_from_id"] = letter.organisation_id
    # What moves on from where a ruling has placed it, because nobody is there, is placed no more.
    if action in (Action.DISPATCH, Action.TRANSFER, Action.RETURN, Action.RULE):
        changes["placed"] = action is Action.RULE
    return changes


def _clock(action: Action, before: State, target: State) -> Clock:
    """Return what a change of state does to the due date.

    An answered letter keeps the due date that it was held to; it is computed again where the
    clock runs on after a pause, a merger or a redo.
    """
    if target in CLOCK_STATES:
        return Clock.KEEP if before in CLOCK_STATES else Clock.COMPUTE
    if action is Action.CLOSE_MERGED:
        return Clock.PROMISE
    return Clock.KEEP if CLOSE_REASONS.get(action) is CloseReason.ANSWERED else Clock.STOP


def answer_by(moment: datetime) -> date:
    """Return the last civil day on which the citizen may supplement what is asked at ``moment``."""
    return civil_date(moment) + timedelta(days=SUPPLEMENT_DAYS)
