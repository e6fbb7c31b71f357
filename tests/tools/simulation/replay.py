"""A letter as its events left it, for holding each next event against the rules."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor, Grant
from portal.domain.events import ActorKind, Axis
from portal.domain.letters.apply import LetterState, apply, receive
from portal.domain.letters.states import RETURN_LIMIT, Action, ConsentBasis, State
from portal.models import Event, Letter, Organisation, RoleGrant


@dataclass
class Replayed(LetterState):
    """What guards and grants look at, kept up to date by :meth:`follow`."""

    id: int = 0
    consent_basis: ConsentBasis = ConsentBasis.NONE
    paths: Mapping[int, str] = field(default_factory=dict)
    accused_paths: tuple[str, ...] = ()
    rated: bool = False
    supervised: bool = False
    author_id: int | None = None
    proposer_id: int | None = None
    asker_id: int | None = None
    extension_granted: bool = False
    has_children: bool = False
    answerable: bool = True
    ruling_path: str | None = None
    helper_paths: tuple[str, ...] = ()
    follow_up_pending: bool = False
    correction_pending: bool = False
    erased: bool = False
    additions: int = 0
    appealed: bool = False
    appeal_pending: bool = False
    appeal_path: str | None = None
    decliner_id: int | None = None

    @property
    def extension_pending(self) -> bool:
        """Whether an extension waits for a decision."""
        return self.asker_id is not None

    @property
    def organisation_path(self) -> str:
        """Path of the organisation that holds the letter."""
        return self.paths[self.organisation_id]

    @property
    def sent_from_path(self) -> str | None:
        """Path of the organisation that sent it, until somebody has signed for it."""
        waits = self.state is State.DISPATCHED and self.sent_from_id is not None
        return self.paths[self.sent_from_id or 0] if waits else None

    def follow(self, event: Event) -> None:
        """Take over what ``event`` changed."""
        action, actor = Action(event.action), event.actor_id
        to_id = event.to_organisation_id
        self.change(apply(self, action, event.actor_kind, event.occurred_at, to_id))
        if self.return_count >= RETURN_LIMIT:
            self.ruling_path = min(self.paths.values(), key=len)
        if event.axis is Axis.PUBLICATION:
            self.proposer_id = actor if action is Action.PROPOSE else None
        self.rated |= action is Action.RATE
        if action is Action.REQUEST_SIGNOFF:
            self.author_id = actor
        if action is Action.REQUEST_EXTENSION:
            self.asker_id = actor
        if action is Action.GRANT_EXTENSION:
            self.asker_id, self.extension_granted = None, True


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
    accused = (paths[letter.accused_id],) if letter.accused_id else ()
    found = Replayed(
        letter.kind,
        received.occurred_at,
        id=letter.id,
        consent_basis=letter.consent_basis,
        paths=paths,
        accused_paths=accused,
    )
    found.change(receive(letter.kind, received.to_organisation_id or 0, received.occurred_at))
    return found


def histories(session: Session) -> dict[int, list[Event]]:
    """Return the events of each letter in the order in which they were written."""
    found: dict[int, list[Event]] = defaultdict(list)
    for event in session.scalars(sa.select(Event).order_by(Event.id)):
        if event.letter_id is not None:
            found[event.letter_id].append(event)
    return found
