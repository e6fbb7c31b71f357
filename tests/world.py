"""A small tree of organisations with a person for each duty."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor, Role
from portal.domain.events import ActorKind
from portal.domain.organisations import OrganisationKind
from portal.models import Letter, Organisation, RoleGrant, User
from portal.queries.scope import grants_of
from portal.services.core.unit import writing
from portal.services.office.organisations import NewOrganisation, add_organisations

START = datetime(2016, 6, 1, 1, 0, tzinfo=UTC)
"""When the world begins: a Wednesday morning in Shanghai."""

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
    "office": (
        "dispatcher",
        "handler",
        "reviewer",
        "reviewer",
        "supervisor",
        "administrator",
        "auditor",
    ),
    "city": ("dispatcher", "handler", "handler", "reviewer", "reviewer", "supervisor"),
    "police": ("dispatcher", "handler", "reviewer"),
    "district": ("dispatcher", "handler", "reviewer", "reviewer", "supervisor"),
    "bureau": ("dispatcher", "handler"),
    "township": ("dispatcher", "handler"),
    "water": ("dispatcher", "handler", "reviewer"),
}
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
    add_organisations([NewOrganisation(c, n, k, p) for c, n, k, p in PLACES], SYSTEM, now)
    ids = {o.code: o.id for o in session.scalars(sa.select(Organisation))}
    people: list[User] = []
    for place, roles in ROLES.items():
        for index, role in enumerate(roles):
            twin = "2" if role in roles[:index] else ""
            grant = RoleGrant(role=Role(role), organisation_id=ids[place])
            people.append(
                User(
                    username=f"{place}_{role}{twin}",
                    name=f"{place} {role}{twin}",
                    password_hash=password_hash,
                    created_at=now,
                    grants=[grant],
                )
            )
    with writing() as unit:
        unit.add_all(people)
    return World(session, ids, {person.username: person.id for person in people})


def a_person(world: World, username: str, password_hash: str, *grants: tuple[Role, str]) -> Actor:
    """Add a person who holds each role at its place."""
    with writing() as unit:
        user = User(
            username=username,
            name=username,
            password_hash=password_hash,
            created_at=START,
            grants=[RoleGrant(role=r, organisation_id=world[p]) for r, p in grants],
        )
        unit.add(user)
    world.people[username] = user.id
    return world.actor(username)
