"""Builders: plain functions that bring the database where a test wants it, by real services.

``a_world`` founds a small tree with people; ``a_letter`` walks a letter to any state on either
axis. Every step is taken by a person who may take it, an hour after the one before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor, Role
from portal.domain.events import ActorKind
from portal.domain.letters import DeclineReason, Kind, Publication, RefusalReason, State
from portal.domain.organisations import OrganisationKind
from portal.models import Letter, Organisation, RoleGrant, User
from portal.queries.scope import grants_of
from portal.services import handling, merging, publication, redacting, replying, submission
from portal.services.organisations import NewOrganisation, plant
from portal.services.submission import NewLetter, Receipt
from portal.services.unit import writing

CODE_KEY = b"key of the query codes in tests!"
START = datetime(2016, 6, 1, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

_K = OrganisationKind
PLACES = (
    ("office", "山城市公开信箱办公室", _K.CITY_OFFICE, None),
    ("city", "山城市城市管理局", _K.MUNICIPAL_DEPARTMENT, "office"),
    ("police", "山城市公安局", _K.MUNICIPAL_DEPARTMENT, "office"),
    ("district", "临江区人民政府", _K.DISTRICT_GOVERNMENT, "office"),
    ("bureau", "临江区教育委员会", _K.DISTRICT_DEPARTMENT, "district"),
    ("township", "临江区石桥街道办事处", _K.TOWNSHIP, "district"),
    ("water", "山城水务集团", _K.KEY_ENTERPRISE, "office"),
)
"""Code, name, kind and parent of each organisation of the test world."""

ROLES = {
    "office": ("dispatcher", "handler", "reviewer", "reviewer", "supervisor", "administrator",
               "auditor"),
    "city": ("dispatcher", "handler", "handler", "reviewer", "reviewer", "supervisor"),
    "police": ("dispatcher", "handler", "reviewer"),
    "district": ("dispatcher", "handler", "reviewer", "reviewer", "supervisor"),
    "bureau": ("dispatcher", "handler"),
    "township": ("dispatcher", "handler"),
    "water": ("dispatcher", "handler", "reviewer"),
}  # fmt: skip
"""People of each place: ``city_handler``, and ``city_handler2`` where there are two."""


@dataclass(frozen=True)
class World:
    """The small tree: ids of organisations and people by name, actors on demand."""

    session: Session
    places: dict[str, int]
    people: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, place: str) -> int:
        """Return the id of the organisation ``place``."""
        return self.places[place]

    def organisation(self, place: str) -> Organisation:
        """Return the organisation ``place``."""
        return self.session.get_one(Organisation, self.places[place])

    def actor(self, username: str) -> Actor:
        """Return the person ``username`` as an actor with all grants."""
        user = self.session.get_one(User, self.people[username])
        return Actor(ActorKind.STAFF, user.id, user.name, grants_of(user))

    def place_of(self, letter: Letter) -> str:
        """Return the name of the place that holds ``letter``."""
        return next(name for name, i in self.places.items() if i == letter.organisation_id)


def a_world(session: Session, password_hash: str, now: datetime = START) -> World:
    """Found the tree of ``PLACES`` with the people of ``ROLES``, all with one password."""
    plant([NewOrganisation(c, n, k, p) for c, n, k, p in PLACES], SYSTEM, now)
    ids = {o.code: o.id for o in session.scalars(sa.select(Organisation))}
    people: list[User] = []
    for place, roles in ROLES.items():
        for index, role in enumerate(roles):
            twin = "2" if role in roles[:index] else ""
            grant = RoleGrant(role=Role(role), organisation_id=ids[place])
            people.append(
                User(
                    username=f"{place}_{role}{twin}", name=f"{place} {role}{twin}",
                    password_hash=password_hash, created_at=now, grants=[grant],
                )
            )  # fmt: skip
    with writing() as unit:
        unit.add_all(people)
    return World(session, ids, {person.username: person.id for person in people})


def a_person(world: World, username: str, password_hash: str, *grants: tuple[Role, str]) -> Actor:
    """Add a person who holds each role at its place."""
    with writing() as unit:
        user = User(
            username=username, name=username, password_hash=password_hash, created_at=START,
            grants=[RoleGrant(role=r, organisation_id=world[p]) for r, p in grants],
        )  # fmt: skip
        unit.add(user)
    world.people[username] = user.id
    return world.actor(username)


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


def a_walk(
    session: Session, world: World, place: str | None = "city", now: datetime = START,
    **wishes: object,
) -> Walk:  # fmt: skip
    """Send a letter to ``place`` (``None``: the citizen does not know) and return its walk."""
    new = new_letter(world[place] if place else None, **wishes)  # type: ignore[arg-type]
    return Walk(session, world, send(new, now).letter_id, now)


def a_letter(
    session: Session,
    world: World,
    state: State = State.SUBMITTED,
    publication: Publication = Publication.NOT_PROPOSED,
    *,
    place: str = "city",
    now: datetime = START,
    **wishes: object,
) -> Letter:
    """Return a letter at ``place`` in ``state`` and ``publication``, walked there by services.

    A publication other than the first needs (and brings) a closed letter. ``wishes`` are those
    of :func:`new_letter`. The first step is at ``now``, each next one an hour later.
    """
    if publication is not Publication.NOT_PROPOSED:
        state = State.CLOSED
    moves = state in (State.DISPATCHED, State.RETURNED)
    walk = a_walk(session, world, None if moves else place, now, **wishes)
    _HANDLING[state](walk, place)
    for step in _PUBLICATION[publication]:
        step(walk)
    return walk.letter


def a_published(session: Session, world: World, **wishes: object) -> Letter:
    """Return a published letter."""
    return a_letter(session, world, publication=Publication.PUBLISHED, **wishes)  # type: ignore[arg-type]


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
    walk.step(publication.unpublish, walk.reviewer, RefusalReason.THIRD_PARTY, "第三方提出异议")


_PUBLICATION: dict[Publication, tuple[Callable[[Walk], None], ...]] = {
    Publication.NOT_PROPOSED: (),
    Publication.PROPOSED: (Walk.propose,),
    Publication.PUBLISHED: (Walk.propose, Walk.publish),
    Publication.REFUSED: (Walk.propose, _refuse),
    Publication.WITHDRAWN: (Walk.propose, Walk.publish, _unpublish),
}
