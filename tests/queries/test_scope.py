"""The SQL twin of the access rules gives exactly the letters the rules allow."""

from dataclasses import dataclass
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Grant, Permission, Role, can, can_at
from portal.domain.events import ActorKind
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import State
from portal.domain.organisations import OrganisationKind, child_path
from portal.models import Appeal, CoHandling, DisclosureRequest, Letter, Organisation, User
from portal.queries.scope import grants_of, letters_for, readable_letter, requests_for
from tests.builders import START, World, a_letter
from tests.disclosure import a_request


@dataclass(frozen=True)
class Sketch:
    """A random tree: parents of organisations, grants of one person, places of letters."""

    parents: list[int]
    grants: list[tuple[Role, int]]
    letters: list[tuple[int, int | None, int | None, int | None, State, list[int], int | None]]
    """Holder, accused, common superior, sender, state, helpers, superior asked by an appeal."""


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    size = draw(st.integers(1, 9))
    parents = [draw(st.integers(0, max(0, i - 1))) for i in range(1, size)]
    place = st.integers(0, size - 1)
    grants = draw(st.lists(st.tuples(st.sampled_from(Role), place), max_size=4, unique=True))
    letter = st.tuples(
        place,
        st.none() | place,
        st.none() | place,
        st.none() | place,
        st.sampled_from((State.IN_PROGRESS, State.DISPATCHED)),
        st.lists(place, max_size=2, unique=True),
        st.none() | place,
    )
    return Sketch(parents, grants, draw(st.lists(letter, min_size=1, max_size=6)))


_codes = count(1)


def build(session: Session, sketch: Sketch) -> tuple[Actor, list[Letter]]:
    """Write the sketch into the open transaction; return the person and the letters."""
    organisations: list[Organisation] = []
    for parent in [None, *sketch.parents]:
        above = None if parent is None else organisations[parent]
        made = Organisation(
            code=f"o{next(_codes)}",
            name="单位",
            kind=OrganisationKind.SUB_UNIT,
            parent_id=above.id if above else None,
        )
        session.add(made)
        session.flush()
        made.path = child_path(above.path if above else None, made.id)
        organisations.append(made)
    letters = []
    for holder, accused, ruling, sender, state, helpers, asked in sketch.letters:
        letter = Letter(
            number=f"n{next(_codes)}",
            kind=Kind.WRONGDOING if accused is not None else Kind.HELP,
            title="题",
            text="文",
            state=state,
            received_at=START,
            clock_from=START,
            organisation=organisations[holder],
            received_organisation=organisations[holder],
            accused=None if accused is None else organisations[accused],
            ruling=None if ruling is None else organisations[ruling],
            sent_from=None if sender is None else organisations[sender],
        )
        if asked is not None:
            letter.appeal = Appeal(
                organisation=organisations[asked],
                appealed_at=START,
                decided_at=START if state is State.DISPATCHED else None,
            )
        for helper in helpers:
            letter.helpers.append(
                CoHandling(organisation=organisations[helper], request="请", requested_at=START)
            )
        session.add(letter)
        letters.append(letter)
    session.flush()
    grants = tuple(Grant(r, organisations[i].id, organisations[i].path) for r, i in sketch.grants)
    return Actor(ActorKind.STAFF, 1, "", grants), letters


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sketch=sketches())
def test_lists_and_pages_agree(session: Session, sketch: Sketch) -> None:
    """A query finds a letter exactly where the rules allow the person, for every permission."""
    try:
        actor, letters = build(session, sketch)
        for permission in Permission:
            found = set(session.scalars(sa.select(Letter.id).where(letters_for(actor, permission))))
            allowed = {letter.id for letter in letters if can(actor, permission, letter)}
            assert found == allowed, permission
    finally:
        session.rollback()


def test_person_without_roles_sees_nothing(session: Session, world: World) -> None:
    """Somebody without any grant finds no letter."""
    a_letter(session, world)
    nobody = Actor(ActorKind.STAFF, 1)
    assert session.scalars(sa.select(Letter).where(letters_for(nobody))).all() == []


def test_foreign_number_is_like_no_number(session: Session, world: World) -> None:
    """A number of another organisation's letter finds as little as a number nobody has."""
    letter = a_letter(session, world)
    assert readable_letter(session, world.actor("city_handler"), letter.number) is letter
    assert readable_letter(session, world.actor("police_handler"), letter.number) is None
    assert readable_letter(session, world.actor("city_handler"), "20160601-99999-9") is None


def test_subtree_does_not_reach_ids_that_look_alike(session: Session, world: World) -> None:
    """A supervisor of a district sees what lies in its township and nothing beside."""
    below = a_letter(session, world, place="township")
    a_letter(session, world, place="city")
    seen = session.scalars(sa.select(Letter).where(letters_for(world.actor("district_supervisor"))))
    assert list(seen) == [below]


def test_grants_are_read_with_their_paths(session: Session, world: World) -> None:
    """A person's grants come with the path of each organisation."""
    user = session.get_one(User, world.people["township_handler"])
    (grant,) = grants_of(user)
    path = "/{office}/{district}/{township}/".format(**world.places)
    assert grant == Grant(Role.HANDLER, world["township"], path)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("place", ["office", "city", "district", "bureau"])
def test_requests_follow_the_grants_too(
    session: Session, world: World, role: Role, place: str
) -> None:
    """For every role and place the list of requests is what the grants table allows."""
    requests = [a_request(session, world, place=p) for p in ("city", "police", "bureau", "office")]
    grant = Grant(role, world[place], world.organisation(place).path)
    actor = Actor(ActorKind.STAFF, 1, "", (grant,))
    for permission in (Permission.DISCLOSURE_READ, Permission.DISCLOSURE_HANDLE):
        found = set(
            session.scalars(sa.select(DisclosureRequest.id).where(requests_for(actor, permission)))
        )
        allowed = {
            r.id
            for r in session.scalars(sa.select(DisclosureRequest))
            if can_at(actor, permission, r.organisation.path)
        }
        assert found == allowed
    assert len(requests) == 4


@pytest.mark.parametrize("role", [Role.HANDLER, Role.DISPATCHER])
def test_the_condition_does_not_grow_with_the_grants(
    session: Session, world: World, role: Role
) -> None:
    """Hundreds of roles make no longer statement than two, and what is below counts once."""
    path = world.organisation("city").path
    own = [
        Grant(role, world[place], world.organisation(place).path) for place in ("city", "bureau")
    ]
    below = [Grant(role, 10_000 + i, child_path(path, 10_000 + i)) for i in range(400)]
    beside = [Grant(role, 20_000 + i, f"/1/{20_000 + i}/") for i in range(400)]
    letter = a_letter(session, world, State.IN_PROGRESS)

    def statement(grants: list[Grant]) -> str:
        actor = Actor(ActorKind.STAFF, 1, "", tuple(grants))
        query = sa.select(Letter.id).where(letters_for(actor))
        assert session.scalars(query).all() == [letter.id]
        return str(query)

    assert statement([*own, *beside]) == statement(own)
    assert statement([*own, *below, *beside]) == statement(own)
