"""A letter as its events left it, for holding each next event against the rules."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor, Grant
from portal.domain.events import ActorKind, Axis
from portal.domain.letters.states import Action, CloseReason, ConsentBasis, Kind, Publication, State
from portal.models import Event, Letter, Organisation, RoleGrant

_REASONS = {
    Action.SIGN: CloseReason.ANSWERED,
    Action.CLOSE_MERGED: CloseReason.MERGED,
    Action.TIME_OUT: CloseReason.NO_SUPPLEMENT,
}
_OUT = (Action.DISPATCH, Action.TRANSFER, Action.RULE)
_HELD = (State.AWAITING_CITIZEN, State.MERGED)


@dataclass
class Replayed:
    """What guards and grants look at, kept up to date by :meth:`follow`."""

    id: int
    kind: Kind
    consent_basis: ConsentBasis
    paths: Mapping[int, str]
    organisation_id: int
    accused_path: str | None
    state: State = State.SUBMITTED
    publication: Publication = Publication.NOT_PROPOSED
    state_before: State | None = None
    close_reason: CloseReason | None = None
    return_count: int = 0
    placed: bool = False
    sent_from_id: int | None = None
    reopened: bool = False
    rated: bool = False
    supervised: bool = False
    author_id: int | None = None
    proposer_id: int | None = None
    asker_id: int | None = None
    extension_granted: bool = False
    accepted: bool = False
    has_children: bool = False
    ruling_path: str | None = None
    helper_paths: tuple[str, ...] = ()
    follow_up_pending: bool = False
    correction_pending: bool = False

    @property
    def was_report(self) -> bool:
        """Simulated letters never change their kind."""
        return self.kind is Kind.REPORT

    @property
    def extension_pending(self) -> bool:
        """Whether an extension waits for a decision."""
        return self.asker_id is not None

    @property
    def organisation_path(self) -> str:
        """Path of the organisation that holds the letter."""
        return self.paths[self.organisation_id]

    def follow(self, event: Event) -> None:
        """Take over what ``event`` changed."""
        action, actor = Action(event.action), event.actor_id
        self._move(action, event.to_organisation_id)
        if event.axis is Axis.PUBLICATION:
            self.publication = Publication(event.to_state or "")
            self.proposer_id = actor if action is Action.PROPOSE else None
            return
        target = State(event.to_state or "")
        if target in _HELD and self.state not in _HELD:
            self.state_before = self.state
        if target is not self.state:
            self.close_reason = _REASONS.get(action)
        self.accepted |= target in (State.IN_PROGRESS, State.DISPATCHED)
        self.state = target
        self.rated |= action is Action.RATE
        self.reopened |= action is Action.REDO
        if action is Action.REQUEST_SIGNOFF:
            self.author_id = actor
        if action is Action.REQUEST_EXTENSION:
            self.asker_id = actor
        if action is Action.GRANT_EXTENSION:
            self.asker_id, self.extension_granted = None, True

    def _move(self, action: Action, to: int | None) -> None:
        if action is Action.RETURN:
            self.return_count += 1
            self.sent_from_id = None
            if self.return_count > 1:
                self.ruling_path = min(self.paths.values(), key=len)
        elif action in _OUT:
            self.sent_from_id = self.organisation_id
        self.placed |= action is Action.RULE
        if to is not None:
            self.organisation_id = to


def staff(session: Session) -> dict[int, Actor]:
    """Return everybody with their grants."""
    grants: dict[int, tuple[Grant, ...]] = defaultdict(tuple)
    columns = sa.select(RoleGrant.user_id, RoleGrant.role, Organisation.id, Organisation.path).join(
        Organisation, Organisation.id == RoleGrant.organisation_id
    )
    for user, role, place, path in session.execute(columns):
        grants[user] += (Grant(role, place, path),)
    return {user: Actor(ActorKind.STAFF, user, grants=held) for user, held in grants.items()}


def actor_of(event: Event, people: Mapping[int, Actor]) -> Actor:
    """Return who took the step of ``event``."""
    if event.actor_id is not None:
        return people[event.actor_id]
    citizen = Actor(ActorKind.CITIZEN, letter_id=event.letter_id)
    return citizen if event.actor_kind is ActorKind.CITIZEN else SYSTEM


def beginning(letter: Letter, received: Event, paths: Mapping[int, str]) -> Replayed:
    """Return the letter as it arrived."""
    accused = paths[letter.accused_id] if letter.accused_id else None
    place = received.to_organisation_id or 0
    return Replayed(letter.id, letter.kind, letter.consent_basis, paths, place, accused)


def histories(session: Session) -> dict[int, list[Event]]:
    """Return the events of each letter in the order in which they were written."""
    found: dict[int, list[Event]] = defaultdict(list)
    for event in session.scalars(sa.select(Event).order_by(Event.id)):
        if event.letter_id is not None:
            found[event.letter_id].append(event)
    return found
