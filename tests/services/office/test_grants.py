"""Roles wait for a second administrator; what is taken away is gone at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor, Role
from portal.domain.accounts.grant_requests import GrantOutcome
from portal.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from portal.domain.events import ActorKind
from portal.models import Event, GrantRequest, RoleGrant, User, db
from portal.queries.office.grants import (
    ended_grants,
    grants_waiting,
    is_only_administrator,
    mixed_duties,
    waiting_grants,
)
from portal.queries.sessions import session_of
from portal.services.core.sessions import begin_staff_session
from portal.services.core.unit import writing
from portal.services.office import users
from portal.services.office.accounts import change_password
from portal.services.office.grants import decide, described
from tests.builders import START, World
from tests.databases import ON_POSTGRES
from tests.world import a_person

WAITING = sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
GRANTED, REFUSED, WITHDRAWN = GrantOutcome.GRANTED, GrantOutcome.REFUSED, GrantOutcome.WITHDRAWN


@pytest.fixture
def first(world: World) -> Actor:
    """The administrator who asks."""
    return world.actor("office_administrator")


@pytest.fixture
def second(world: World, password_hash: str) -> Actor:
    """The administrator who decides."""
    return a_person(world, "second", password_hash, (Role.ADMINISTRATOR, "office"))


def roles(session: Session, user_id: int) -> str:
    """Return the roles of a user as the database has them now."""
    session.rollback()
    session.expire_all()
    return described(session.get_one(User, user_id))


def asked(world: World, actor: Actor, role: Role = Role.REVIEWER) -> tuple[int, int]:
    """Ask for a role for a handler; return the ids of the person and the request."""
    person = world.people["city_handler"]
    users.add_grant(person, role, world["city"], actor, START)
    return person, waiting_grants(world.session)[-1].id


@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has one writer at a time")
def test_duties_exclude_each_other_when_two_consent_at_once(
    app: Flask, session: Session, world: World, first: Actor, second: Actor
) -> None:
    """A consent waits for another one about the same account, and sees what that has given."""
    handler = world.people["city_handler"]
    session.execute(sa.delete(RoleGrant).where(RoleGrant.user_id == handler))
    session.commit()
    asked(world, first, Role.AUDITOR)
    request_id = waiting_grants(session)[0].id
    with ThreadPoolExecutor(1) as pool, db.engine.connect() as other:
        lock = sa.select(User.id).where(User.id == handler).with_for_update()
        other.execute(lock)
        given = {"user_id": handler, "role": Role.HANDLER, "organisation_id": world["city"]}
        other.execute(sa.insert(RoleGrant), [given])
        session.rollback()

        def consent() -> None:
            with app.app_context():
                decide(request_id, GRANTED, second, START)

        consents = pool.submit(consent)
        until = time.monotonic() + 30
        while not consents.done() and not session.scalar(WAITING):
            assert time.monotonic() < until, "the consent neither waits nor ends"
            session.rollback()
        other.commit()
        with pytest.raises(InvalidInput):
            consents.result()
    assert roles(session, handler).startswith("handler@")


def test_a_role_waits_for_another_administrator(
    session: Session, world: World, first: Actor, second: Actor
) -> None:
    """Asked for by one, a role is held when another has consented, and not before."""
    person, request_id = asked(world, first)
    assert roles(session, person) == "handler@city"
    decide(request_id, GRANTED, second, START)
    assert roles(session, person) == "handler@city, reviewer@city"
    assert (grants_waiting(session), [r.outcome for r in ended_grants(session)]) == (0, [GRANTED])


def test_nobody_consents_to_what_they_asked_for_or_get(
    session: Session, world: World, first: Actor, second: Actor
) -> None:
    """Neither who asked nor who would get the role decides, nor who is no administrator."""
    person, request_id = asked(world, first)
    users.remove_grant(second.user_id or 0, 0, first, START)
    for actor in (first, world.actor("city_handler"), world.actor("office_auditor")):
        for outcome in (GRANTED, REFUSED):
            with pytest.raises(NotPermitted):
                decide(request_id, outcome, actor, START)
    assert roles(session, person) == "handler@city"
    users.add_grant(second.user_id or 0, Role.ADMINISTRATOR, world["city"], first, START)
    with pytest.raises(NotPermitted):
        decide(waiting_grants(session)[-1].id, GRANTED, second, START)


def test_administrators_take_nothing_alone(session: Session, world: World, first: Actor) -> None:
    """An administrator takes no working role, and gives none to a new account."""
    own = first.user_id or 0
    with pytest.raises(InvalidInput):
        users.add_grant(own, Role.DISPATCHER, world["office"], first, START)
    made = users.create_user(
        "puppet", "张三", "a long password", [(Role.DISPATCHER, world["office"])], first, START
    )
    assert (roles(session, own), roles(session, made)) == ("administrator@office", "-")
    with pytest.raises(NotPermitted):
        decide(waiting_grants(session)[-1].id, GRANTED, first, START)


def test_a_second_administrator_cannot_be_made_up(
    session: Session, world: World, first: Actor
) -> None:
    """Who is alone makes no second administrator either; the operator does."""
    made = users.create_user(
        "puppet", "张三", "a long password", [(Role.ADMINISTRATOR, world["office"])], first, START
    )
    assert roles(session, made) == "-"
    assert is_only_administrator(session)
    users.create_user(
        "other", "李四", "a long password", [(Role.ADMINISTRATOR, world["office"])], SYSTEM, START
    )
    assert not is_only_administrator(session)


def test_each_end_is_on_record(session: Session, world: World, first: Actor, second: Actor) -> None:
    """Asking, consenting, refusing and withdrawing are events with the person and the role."""
    for outcome, by in ((REFUSED, second), (WITHDRAWN, first), (GRANTED, second)):
        decide(asked(world, first)[1], outcome, by, START)
    rows = session.scalars(sa.select(Event).where(Event.subject == "user:city_handler")).all()
    assert [(e.action, e.actor_id, e.reason) for e in rows] == [
        ("request_grant", first.user_id, "reviewer@city"),
        ("refuse_grant", second.user_id, "reviewer@city"),
        ("request_grant", first.user_id, "reviewer@city"),
        ("withdraw_grant", first.user_id, "reviewer@city"),
        ("request_grant", first.user_id, "reviewer@city"),
        ("approve_grant", second.user_id, "reviewer@city"),
    ]


def test_a_request_ends_once(world: World, first: Actor, second: Actor) -> None:
    """A request that has ended cannot be decided again, and only who asked withdraws one."""
    _, request_id = asked(world, first)
    with pytest.raises(NotPermitted):
        decide(request_id, WITHDRAWN, second, START)
    decide(request_id, REFUSED, second, START)
    with pytest.raises(Conflict):
        decide(request_id, GRANTED, second, START)
    with pytest.raises(NotFound):
        decide(999_999, GRANTED, second, START)


def test_a_role_is_asked_for_once(world: World, first: Actor) -> None:
    """A second request for the same role is refused while the first waits."""
    asked(world, first)
    with pytest.raises(InvalidInput):
        asked(world, first)


def test_requests_keep_duties_apart(world: World, first: Actor, second: Actor) -> None:
    """Roles that exclude what is held, or what waits, are neither asked for nor granted."""
    with pytest.raises(InvalidInput):
        asked(world, first, Role.AUDITOR)
    made = users.create_user("li.si", "李四", "a long password", [], first, START)
    users.add_grant(made, Role.HANDLER, world["city"], first, START)
    with pytest.raises(InvalidInput):
        users.add_grant(made, Role.AUDITOR, world["office"], first, START)
    waits = waiting_grants(world.session, made)[0].id
    with writing() as unit:
        row = RoleGrant(user_id=made, role=Role.AUDITOR, organisation_id=world["office"])
        unit.add(row)
    with pytest.raises(InvalidInput):
        decide(waits, GRANTED, second, START)
    assert grants_waiting(world.session) == 1


def test_what_is_taken_away_is_gone_at_once(session: Session, world: World, first: Actor) -> None:
    """Taking a role away needs nobody's consent and ends the sessions of the person."""
    user = session.get_one(User, world.people["city_handler"])
    user_id, grant_id = user.id, user.grants[0].id
    begin_staff_session(user_id, "key", "203.0.113.1", "", START)
    users.remove_grant(user_id, grant_id, first, START)
    assert roles(session, user_id) == "-"
    found = session_of(session, "key")
    assert found is not None and found.ended_at == START


def test_a_grant_ends_the_sessions_of_who_gets_it(
    session: Session, world: World, first: Actor, second: Actor
) -> None:
    """A role that was consented to holds from the next login on."""
    person, request_id = asked(world, first)
    begin_staff_session(person, "key", "203.0.113.1", "", START)
    decide(request_id, GRANTED, second, START)
    session.rollback()
    found = session_of(session, "key")
    assert found is not None and found.ended_at == START


def test_accounts_with_several_duties_are_listed(
    session: Session, world: World, password_hash: str
) -> None:
    """An account from before the rule that holds excluding roles is found, others are not."""
    assert list(mixed_duties(session)) == []
    a_person(world, "both", password_hash, (Role.ADMINISTRATOR, "office"), (Role.HANDLER, "city"))
    a_person(world, "fine", password_hash, (Role.HANDLER, "city"), (Role.REVIEWER, "police"))
    assert [user.username for user in mixed_duties(session)] == ["both"]


def test_requests_of_one_person_are_listed_alone(world: World, first: Actor) -> None:
    """The page of a person shows what waits for that person."""
    person, _ = asked(world, first)
    users.add_grant(world.people["police_handler"], Role.REVIEWER, world["city"], first, START)
    session = world.session
    assert [r.user_id for r in waiting_grants(session, person)] == [person]
    assert session.scalars(sa.select(sa.func.count()).select_from(GrantRequest)).one() == 2


def test_a_first_password_is_changed_before_a_role_is_held(
    session: Session, world: World, first: Actor, second: Actor
) -> None:
    """Whoever handed the password over knows it: consent waits until its owner has chosen another."""
    place = [(Role.HANDLER, world["city"])]
    made = users.create_user("li.si", "李四", "a long password", place, first, START)
    waits = waiting_grants(session)[-1].id
    with pytest.raises(InvalidInput):
        decide(waits, GRANTED, second, START)
    assert roles(session, made) == "-"
    owner = Actor(ActorKind.STAFF, made)
    change_password(owner, "a long password", "another long password", START)
    decide(waits, GRANTED, second, START)
    assert roles(session, made) == "handler@city"
