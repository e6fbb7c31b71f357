"""One simulated letter, action by action, without a database.

Every action goes through :func:`portal.domain.letters.apply.apply`, as in the services; the
trajectory stops where the simulated time ends. A test holds trajectories against the same actions
taken through the real services.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from portal.domain.access import Actor
from portal.domain.events import ActorKind, Axis
from portal.domain.letters.apply import Effect, LetterState, apply, receive
from portal.domain.letters.states import Action, Kind
from portal.domain.statistics.measures import Step
from portal.tools.simulation.texts import Wording


class EndOfSimulation(Exception):
    """End of the simulated time; the letter stays as it is."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a trajectory: one action with its effect, its actor and its reason."""

    effect: Effect
    actor: ActorKind
    actor_id: int | None
    code: str | None = None
    reason: str | None = None
    days: int = 0
    answered_by: int | None = None

    @property
    def action(self) -> Action:
        """The action taken."""
        return self.effect.event.action

    @property
    def axis(self) -> Axis:
        """The axis of the action."""
        return self.effect.event.axis

    @property
    def at(self) -> datetime:
        """The moment of the action."""
        return self.effect.event.occurred_at

    @property
    def organisation_id(self) -> int | None:
        """The organisation that held the letter."""
        return self.effect.event.organisation_id

    @property
    def step(self) -> Step:
        """The point as the figures need it."""
        event = self.effect.event
        return Step(
            event.action,
            event.axis,
            event.from_state,
            event.to_state,
            event.occurred_at,
            self.actor is ActorKind.STAFF,
            event.to_organisation_id,
            self.days,
            self.answered_by,
        )


@dataclass(slots=True)
class Trajectory(LetterState):
    """The trajectory of a letter: its columns and the actions that led to them."""

    until: datetime | None = None
    letter_id: int = 0
    accused_id: int | None = None
    ruling_id: int | None = None
    leader: Trajectory | None = None
    points: list[Point] = field(default_factory=list)
    wording: Wording | None = None

    @classmethod
    def begin(
        cls, kind: Kind, received_at: datetime, received_id: int, until: datetime
    ) -> Trajectory:
        """Return a letter that arrives at ``received_at``; it takes no action from ``until`` on."""
        letter = cls(kind, received_at, was_report=kind is Kind.REPORT, until=until)
        effect = receive(received_id, received_at)
        letter.change(effect)
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
        self.change(effect)
        self.points.append(
            Point(effect, actor.kind, actor.user_id, code, reason, days, answered_by)
        )

    def last(self, action: Action) -> Point | None:
        """Return the latest point of ``action``."""
        return next((point for point in reversed(self.points) if point.action == action), None)
