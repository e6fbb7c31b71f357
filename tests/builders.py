"""Builders: plain functions that bring the database where a test wants it, by real services.

``a_letter`` walks a letter to any state on either axis, in the world of :mod:`tests.world`. Every
step is taken by a person who may take it, an hour after the one before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    DeclineReason,
    Publication,
    RefusalReason,
    State,
    UnpublishReason,
)
from portal.models import Letter, User
from portal.services.archive import publication, redacting
from portal.services.core.handing_in import Receipt
from portal.services.core.unit import writing
from portal.services.letters import handling, merging, replying, submission
from portal.services.letters.submission import NewLetter
from tests.world import PLACES, ROLES, START, World, a_person, a_world

__all__ = [
    "CODE_KEY",
    "HOUR",
    "PLACES",
    "ROLES",
    "START",
    "Walk",
    "World",
    "a_letter",
    "a_person",
    "a_published",
    "a_walk",
    "a_world",
    "leave",
    "new_letter",
    "send",
]

CODE_KEY = b"key of the query codes in tests!"
HOUR = timedelta(hours=1)

_tokens = count(1)


def new_letter(
    organisation_id: int | None,
    *,
    kind: Kind = Kind.CONSULTATION,
    title: str = "小区门口的路灯什么时候能修好",
    text: str = "石桥街道梧桐小区门口的路灯坏了两个星期，晚上回家看不清路，请问什么时候能修好？",
    name: str = "周晓兰",
    phone: str = "13900000001",
    email: str = "",
    consent: bool = True,
) -> NewLetter:
    """Return what a citizen hands in."""
    return NewLetter(kind, title, text, name, phone, email, consent, organisation_id)


def send(new: NewLetter, now: datetime = START, token: str | None = None) -> Receipt:
    """Submit ``new`` from a form of its own (or from the form of ``token``)."""
    return submission.submit(new, token or f"form {next(_tokens)}", CODE_KEY, now)


@dataclass
class Walk:
    """A letter under way: each step loads the fresh version and takes place an hour later."""

    session: Session
    world: World
    letter_id: int
    now: datetime

    @property
    def letter(self) -> Letter:
        """The letter as it is in the database now."""
        self.session.rollback()
        return self.session.get_one(Letter, self.letter_id)

    def by(self, username: str) -> tuple[int, int, Actor]:
        """Return id, version and actor, and let an hour pass."""
        self.now += HOUR
        return self.letter_id, self.letter.version, self.world.actor(username)

    def step(self, service: Callable[..., object], username: str, *values: object) -> None:
        """Take a step: ``service(letter_id, version, *values, actor, now)``."""
        letter_id, version, actor = self.by(username)
        service(letter_id, version, *values, actor, self.now)

    def accept(self) -> None:
        """Accept at the organisation that holds the letter."""
        self.step(handling.accept, f"{self.here}_dispatcher")

    def ask_signoff(self, text: str = "您好，路灯已经安排维修，三日内恢复照明。") -> None:
        """Draft a reply and send it for sign-off."""
        draft = self.letter.draft
        version = draft.version if draft else 0
        self.step(replying.request_signoff, f"{self.here}_handler", text, version)

    def sign(self) -> None:
        """Sign the reply that waits."""
        self.step(replying.sign, self.reviewer)

    @property
    def here(self) -> str:
        """Name of the place that holds the letter."""
        return self.world.place_of(self.letter)

    @property
    def reviewer(self) -> str:
        """A reviewer whose subtree covers the letter."""
        above = {"bureau": "district", "township": "district"}
        return f"{above.get(self.here, self.here)}_reviewer"

    def propose(self) -> None:
        """Propose publication."""
        self.step(publication.propose, f"{self.here}_handler", "")

    def publish(self) -> None:
        """Mask what was found and publish."""
        redacting.mask_rest(self.letter_id, self.world.actor(self.reviewer), self.now)
        proposal = self.letter.open_proposal
        assert proposal is not None
        self.step(publication.publish, self.reviewer, proposal.version)


def leave(world: World, *names: str) -> None:
    """Disable people."""
    with writing() as unit:
        ids = [world.people[name] for name in names]
        unit.execute(sa.update(User).where(User.id.in_(ids)).values(disabled=True))


def a_walk(
    session: Session,
    world: World,
    place: str | None = "city",
    now: datetime = START,
    **choices: object,
) -> Walk:
    """Send a letter to ``place`` (``None``: the citizen does not know) and return its walk."""
    new = new_letter(world[place] if place else None, **choices)  # type: ignore[arg-type]
    return Walk(session, world, send(new, now).id, now)


def a_letter(
    session: Session,
    world: World,
    state: State = State.SUBMITTED,
    publication: Publication = Publication.NOT_PROPOSED,
    *,
    place: str = "city",
    now: datetime = START,
    **choices: object,
) -> Letter:
    """Return a letter at ``place`` in ``state`` and ``publication``, walked there by services.

    A publication other than the first needs (and brings) a closed letter. ``choices`` are those
    of :func:`new_letter`. The first step is at ``now``, each next one an hour later.
    """
    if publication is not Publication.NOT_PROPOSED:
        state = State.CLOSED
    moves = state in (State.DISPATCHED, State.RETURNED)
    walk = a_walk(session, world, None if moves else place, now, **choices)
    _HANDLING[state](walk, place)
    for step in _PUBLICATION[publication]:
        step(walk)
    return walk.letter


def a_published(session: Session, world: World, **choices: object) -> Letter:
    """Return a published letter."""
    return a_letter(session, world, publication=Publication.PUBLISHED, **choices)  # type: ignore[arg-type]


def _submitted(walk: Walk, place: str) -> None:
    """A submitted letter is where it is sent."""


def _dispatched(walk: Walk, place: str) -> None:
    walk.step(handling.dispatch, "office_dispatcher", walk.world[place], "请办理")


def _returned(walk: Walk, place: str) -> None:
    _dispatched(walk, place)
    walk.step(handling.return_letter, f"{place}_dispatcher", "不属于本单位职责")


def _in_progress(walk: Walk, place: str) -> None:
    walk.accept()


def _awaiting_citizen(walk: Walk, place: str) -> None:
    walk.accept()
    walk.step(handling.ask_citizen, f"{place}_handler", "请问是几号楼门口的路灯？")


def _merged(walk: Walk, place: str) -> None:
    parent = a_walk(walk.session, walk.world, place, walk.now)
    parent.accept()
    number = parent.letter.number
    walk.step(merging.merge, f"{place}_dispatcher", number, "反映同一问题")


def _awaiting_signoff(walk: Walk, place: str) -> None:
    walk.accept()
    walk.ask_signoff()


def _closed(walk: Walk, place: str) -> None:
    _awaiting_signoff(walk, place)
    walk.sign()


def _declined(walk: Walk, place: str) -> None:
    walk.step(handling.decline, f"{place}_dispatcher", DeclineReason.LITIGATION, "已进入诉讼程序")


def _withdrawn(walk: Walk, place: str) -> None:
    walk.now += HOUR
    submission.withdraw(walk.letter_id, walk.now)


_HANDLING: dict[State, Callable[[Walk, str], None]] = {
    State.SUBMITTED: _submitted,
    State.DISPATCHED: _dispatched,
    State.RETURNED: _returned,
    State.IN_PROGRESS: _in_progress,
    State.AWAITING_CITIZEN: _awaiting_citizen,
    State.MERGED: _merged,
    State.AWAITING_SIGNOFF: _awaiting_signoff,
    State.CLOSED: _closed,
    State.DECLINED: _declined,
    State.WITHDRAWN: _withdrawn,
}


def _refuse(walk: Walk) -> None:
    walk.step(publication.refuse, walk.reviewer, RefusalReason.NO_VALUE, "")


def _unpublish(walk: Walk) -> None:
    walk.step(publication.unpublish, walk.reviewer, UnpublishReason.PRIVACY, "第三方提出异议")


_PUBLICATION: dict[Publication, tuple[Callable[[Walk], None], ...]] = {
    Publication.NOT_PROPOSED: (),
    Publication.PROPOSED: (Walk.propose,),
    Publication.PUBLISHED: (Walk.propose, Walk.publish),
    Publication.REFUSED: (Walk.propose, _refuse),
    Publication.UNPUBLISHED: (Walk.propose, Walk.publish, _unpublish),
}
