"""Rows of sessions: what they hold, whose they are, and how long they are kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.events import ActorKind, RecordAction
from portal.models import CitizenSession, Event, StaffSession
from portal.queries.sessions import (
    CITIZENS_KEPT_FOR,
    LOGINS_KEPT_FOR,
    from_new_networks,
    is_citizen_session,
    open_sessions,
    session_of,
)
from portal.services.core.sessions import (
    begin_citizen_session,
    begin_staff_session,
    end_citizen_session,
    end_other_sessions,
    end_staff_session,
    network_of,
    sweep_sessions,
    touch_staff_session,
)
from tests.builders import HOUR, START, World

BEFORE = START - HOUR


@pytest.fixture
def user_id(world: World) -> int:
    """A handler."""
    return world.people["city_handler"]


def begin(user_id: int, key: str, address: str = "203.0.113.1", hours: int = 0) -> bool:
    """Begin a session; return whether its network is new."""
    return begin_staff_session(user_id, key, address, "Firefox", START + hours * HOUR)


def row(session: Session, key: str) -> StaffSession:
    """Return the row of a session as it is now."""
    session.rollback()
    found = session_of(session, key)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("unknown", "unknown"),
        ("x" * 100, "x" * 64),
    ],
)
def test_networks_of_addresses(address: str, network: str) -> None:
    """Neighbours share a network; what is no address stands for itself."""
    assert network_of(address) == network


def test_the_row_holds_no_key(session: Session, user_id: int) -> None:
    """A session is found by its key, which is not in the database; the device is one clean line."""
    begin_staff_session(user_id, "secret key", "203.0.113.1", "a\n" + "b" * 500, START)
    found = row(session, "secret key")
    assert "secret" not in found.key_hash
    assert (found.user_id, found.began_at, found.seen_at) == (user_id, START, START)
    assert (found.address, found.device) == ("203.0.113.1", ("a " + "b" * 500)[:200])
    assert session_of(session, "other key") is None


def test_new_networks_are_told(session: Session, user_id: int, world: World) -> None:
    """The first login is not new, a second network is, once, and to its person alone."""
    assert [begin(user_id, "a"), begin(user_id, "b", "203.0.113.9")] == [False, False]
    assert [begin(user_id, "c", "198.51.100.1"), begin(user_id, "d", "198.51.100.2")] == [
        True,
        False,
    ]
    assert not begin(world.people["police_handler"], "e", "198.51.100.1")
    session.rollback()
    moment = START + timedelta(days=30)
    assert [each.address for each in from_new_networks(session, user_id, START)] == ["198.51.100.1"]
    assert list(from_new_networks(session, user_id, moment)) == []


def test_sessions_end_for_their_person_only(session: Session, user_id: int, world: World) -> None:
    """One session ends, or all others; those of somebody else and what has ended stay."""
    other = world.people["police_handler"]
    for key, who in (("a", user_id), ("b", user_id), ("c", user_id), ("d", other)):
        begin(who, key)
    ids = {key: row(session, key).id for key in "abcd"}
    actor = Actor(ActorKind.STAFF, user_id, session_id=ids["b"])
    end_staff_session(ids["d"], actor, START + HOUR)
    end_staff_session(ids["a"], actor, START + HOUR)
    end_staff_session(ids["a"], actor, START + 2 * HOUR)
    assert [row(session, key).ended_at for key in "abcd"] == [START + HOUR, None, None, None]
    end_other_sessions(actor, START + 3 * HOUR)
    ended = [row(session, key).ended_at for key in "abcd"]
    assert ended == [START + HOUR, None, START + 3 * HOUR, None]
    assert [each.id for each in open_sessions(session, user_id, BEFORE)] == [ids["b"]]
    assert list(open_sessions(session, user_id, START)) == []
    ended_by = sa.select(Event.subject).where(Event.action == RecordAction.END_SESSION)
    assert list(session.scalars(ended_by)) == [f"session:{ids['a']}", "session:*"]


def test_a_login_and_its_logout_are_recorded(session: Session, user_id: int) -> None:
    """Both name the session by its row and the address; another session begun is no login."""
    begin_staff_session(user_id, "a", "203.0.113.1", "", START, login=True)
    begin(user_id, "b")
    found = row(session, "a")
    actor = Actor(ActorKind.STAFF, user_id, address="203.0.113.2", session_id=found.id)
    end_staff_session(found.id, actor, START + HOUR)
    logins = (RecordAction.LOGIN, RecordAction.LOGOUT)
    events = session.scalars(sa.select(Event).where(Event.action.in_(logins))).all()
    assert [(each.action, each.address, each.session_id) for each in events] == [
        (RecordAction.LOGIN, "203.0.113.1", found.id),
        (RecordAction.LOGOUT, "203.0.113.2", found.id),
    ]


def test_the_last_use_is_noted(session: Session, user_id: int) -> None:
    """Use is noted in the row of the session alone."""
    begin(user_id, "a")
    begin(user_id, "b")
    touch_staff_session(row(session, "a").id, START + HOUR)
    assert (row(session, "a").seen_at, row(session, "b").seen_at) == (START + HOUR, START)


def test_a_citizen_who_leaves_is_forgotten(session: Session, world: World) -> None:
    """The row of a browser is there until it leaves, or its time is over."""
    begin_citizen_session("a", START)
    begin_citizen_session("b", START)
    end_citizen_session("a")
    assert not is_citizen_session(session, "a", BEFORE)
    assert is_citizen_session(session, "b", BEFORE)
    assert not is_citizen_session(session, "b", START)


def test_old_sessions_are_swept(session: Session, user_id: int) -> None:
    """Logins are kept for half a year, what is known of citizens' browsers for a day."""
    begin(user_id, "a")
    begin_citizen_session("b", START)
    assert sweep_sessions(START + CITIZENS_KEPT_FOR) == 0
    assert sweep_sessions(START + CITIZENS_KEPT_FOR + HOUR) == 1
    assert session.scalars(sa.select(CitizenSession)).all() == []
    session.rollback()
    assert sweep_sessions(START + LOGINS_KEPT_FOR) == 0
    assert sweep_sessions(START + LOGINS_KEPT_FOR + HOUR) == 1
    assert session.scalars(sa.select(StaffSession)).all() == []
