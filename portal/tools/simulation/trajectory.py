"""One simulated letter, action by action, without a database.

Every action goes through :func:`portal.domain.letters.apply.apply`, as in the services; the
trajectory stops where the simulated time ends. A test holds trajectories against the same actions
taken through the real services.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from portal.domain.access import Actor
from portal.domain.events import ActorKind, Axis
from portal.domain.letters.apply import Clock, Effect, LetterState, apply, receive
from portal.domain.letters.due import Deadlines, HandlingTime
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action
from portal.domain.periods import civil_date
from portal.domain.statistics.measures import CountedEvent
from portal.tools.simulation.texts import Wording


class EndOfSimulation(Exception):
    """End of the simulated time; the letter stays as it is."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a trajectory: one action with its effect, its actor and its reason.

    ``due_on`` stands on what ends the handling: the last day in time.
    """

    effect: Effect
    actor: ActorKind
    actor_id: int | None
    code: str | None = None
    reason: str | None = None
    days: int = 0
    answered_by: int | None = None
    due_on: date | None = None

    @property
    def action(self) -> Action:
        """The action taken."""
        return self.effect.event.action

    @property
    def at(self) -> datetime:
        """The moment of the action."""
        return self.effect.event.occurred_at

    @property
    def organisation_id(self) -> int | None:
        """The organisation that held the letter."""
        return self.effect.event.organisation_id

    @property
    def counted(self) -> CountedEvent:
        """The point as the figures need it."""
        event = self.effect.event
        return CountedEvent(
            event.action,
            event.axis,
            event.from_state,
            event.to_state,
            event.occurred_at,
            self.actor is ActorKind.STAFF,
            event.to_organisation_id,
            self.days,
            self.answered_by,
            self.due_on,
        )


@dataclass(slots=True)
class Trajectory(LetterState):
    """The trajectory of a letter: its columns and the actions that led to them."""

    deadlines: Deadlines = field(kw_only=True)
    until: datetime | None = None
    letter_id: int = 0
    accused_id: int | None = None
    ruling_id: int | None = None
    leader: Trajectory | None = None
    points: list[Point] = field(default_factory=list)
    wording: Wording | None = None
    time: HandlingTime = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock on the day of receipt."""
        self.time = HandlingTime(self.kind, civil_date(self.received_at))

    @classmethod
    def begin(
        cls,
        kind: Kind,
        received_at: datetime,
        received_id: int,
        deadlines: Deadlines,
        until: datetime,
    ) -> Trajectory:
        """Return a letter that arrives at ``received_at``; it takes no action from ``until`` on."""
        letter = cls(kind, received_at, deadlines=deadlines, until=until)
        effect = receive(kind, received_id, received_at)
        letter._enter(effect)
        letter.points.append(Point(effect, ActorKind.CITIZEN, None))
        return letter

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
        """Take ``action`` at the moment ``at``.

        Raises :class:`EndOfSimulation` after the end of the simulated time, ``ValueError`` where
        the transition table has no such action for the present state.
        """
        if self.until is not None and at >= self.until:
            raise EndOfSimulation
        effect = apply(
            self, action, actor.kind, at, to, extension_days=days, answered_by=answered_by
        )
        due = self._enter(effect)
        self.points.append(
            Point(effect, actor.kind, actor.user_id, code, reason, days, answered_by, due)
        )

    def _enter(self, effect: Effect) -> date | None:
        """Take over what an action leaves; return the due date that an ending was held to."""
        event, promised = effect.event, self.due_on
        self.change(effect)
        if event.axis is Axis.HANDLING:
            self.time.follow(event.from_state, event.to_state, civil_date(event.occurred_at))
            self.time.extension = self.extension_days
        if effect.chooses_rule:
            self.deadlines.choose(self.time, self.received_organisation_id)
            self.deadline_organisation_id = self.time.organisation_id
        if effect.clock is Clock.COMPUTE:
            self.due_on = self.deadlines.due_on(self.time)
        elif effect.clock is Clock.PROMISE:
            promised = self.deadlines.due_on(self.time)
        return promised if effect.concludes else None

    def last(self, action: Action) -> Point | None:
        """Return the latest point of ``action``."""
        return next((point for point in reversed(self.points) if point.action == action), None)
