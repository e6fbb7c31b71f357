"""One letter's life, step by step by the transition table, without a database.

It keeps what the services would keep (:mod:`portal.services.core.acting` and those above it) and stops
where the simulation ends. A test holds a life against the same walk through the real services.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from portal.domain.access import Actor
from portal.domain.events import ActorKind, Axis
from portal.domain.letters.states import Action, CloseReason, Kind, Publication, State
from portal.domain.letters.transitions import TRANSITIONS
from portal.domain.statistics.measures import Step
from portal.tools.simulation.texts import Wording

HELD = frozenset({State.AWAITING_CITIZEN, State.MERGED})
_REASONS = {
    Action.SIGN: CloseReason.ANSWERED,
    Action.CLOSE_MERGED: CloseReason.MERGED,
    Action.TIME_OUT: CloseReason.NO_SUPPLEMENT,
}


class Over(Exception):
    """The simulated time has ended; the letter stays as it is."""


class Impossible(Exception):
    """The transition table does not know this step from here: the simulation is at fault."""


@dataclass(frozen=True, slots=True)
class Act:
    """An event to be: what was done, from where to where, by whom."""

    action: str
    axis: Axis
    before: str | None
    after: str
    at: datetime
    actor: ActorKind
    actor_id: int | None
    holder_id: int | None
    to_id: int | None = None
    code: str | None = None
    reason: str | None = None
    days: int = 0
    answered_by: int | None = None

    @property
    def step(self) -> Step:
        """The act as figures see it."""
        return Step(
            self.action,
            self.axis,
            self.before,
            self.after,
            self.at,
            self.actor is ActorKind.STAFF,
            self.to_id,
            self.days,
            self.answered_by,
        )


@dataclass(slots=True)
class Life:
    """A letter under way; the fields are the columns of the letter that follow from its acts."""

    kind: Kind
    received_at: datetime
    received_id: int
    until: datetime
    letter_id: int = 0
    holder_id: int = 0
    accused_id: int | None = None
    state: State = State.SUBMITTED
    publication: Publication = Publication.NOT_PROPOSED
    state_before: State | None = None
    close_reason: CloseReason | None = None
    closing_id: int | None = None
    closed_at: datetime | None = None
    accepted_at: datetime | None = None
    first_response_at: datetime | None = None
    clock_from: datetime | None = None
    sent_from_id: int | None = None
    ruling_id: int | None = None
    leader: Life | None = None
    hops: int = 0
    returns: int = 0
    version: int = 1
    placed: bool = False
    reopened: bool = False
    extension_days: int = 0
    acts: list[Act] = field(default_factory=list)
    wording: Wording | None = None

    def __post_init__(self) -> None:
        """Arrive."""
        self.holder_id, self.clock_from = self.received_id, self.received_at
        self.acts.append(
            Act(
                Action.SUBMIT,
                Axis.HANDLING,
                None,
                State.SUBMITTED,
                self.received_at,
                ActorKind.CITIZEN,
                None,
                None,
                self.received_id,
            )
        )

    def take(
        self,
        action: Action,
        actor: Actor,
        at: datetime,
        *,
        to: int | None = None,
        code: str | None = None,
        reason: str | None = None,
        days: int = 0,
        answered_by: int | None = None,
    ) -> None:
        """Take a step; raises :class:`Over` after the end of the simulation."""
        if at >= self.until:
            raise Over
        row = TRANSITIONS[action]
        handling = row.axis is Axis.HANDLING
        before: State | Publication = self.state if handling else self.publication
        if before not in row.sources:
            raise Impossible(f"{action} from {before}")
        target = row.target
        if callable(target):
            target = (self.state_before or State.SUBMITTED) if before in HELD else self.state
        holder = self.holder_id
        if isinstance(target, State):
            self._enter(action, actor, target, at)
        else:
            self.publication = target
        if to is not None:
            self.holder_id = to
            self.hops += 1
        self.version += 1
        self.acts.append(
            Act(
                action,
                row.axis,
                before,
                target,
                at,
                actor.kind,
                actor.user_id,
                holder,
                to,
                code,
                reason,
                days,
                answered_by,
            )
        )

    def _enter(self, action: Action, actor: Actor, target: State, at: datetime) -> None:
        before = self.state
        if target is before:
            return
        if actor.kind is ActorKind.STAFF and self.first_response_at is None:
            self.first_response_at = at
        if before is State.CLOSED:
            self.reopened, self.close_reason, self.closing_id = True, None, None
            self.closed_at, self.clock_from, self.extension_days = None, at, 0
        if target in HELD:
            self.state_before = before
        elif before in HELD:
            self.state_before = None
        if target in (State.IN_PROGRESS, State.DISPATCHED) and self.accepted_at is None:
            self.accepted_at = at
        if target in (State.CLOSED, State.DECLINED):
            self.closed_at, self.closing_id = at, self.holder_id
            self.close_reason = _REASONS.get(action)
        self.state = target

    def last(self, action: Action) -> Act | None:
        """Return the latest act of ``action``."""
        return next((act for act in reversed(self.acts) if act.action == action), None)

    def move(self, action: Action, actor: Actor, at: datetime, to: int, reason: str) -> None:
        """Send the letter on; a return goes to where it came from."""
        back = action is Action.RETURN
        sender = self.holder_id
        self.take(action, actor, at, to=to, reason=reason)
        self.sent_from_id = None if back else sender
        if back:
            self.returns += 1
        if action is Action.RULE:
            self.placed = True
