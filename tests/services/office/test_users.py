"""Accounts: created with roles, changed, disabled, and never without an administrator."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Actor, Role
from portal.domain.errors import InvalidInput, NotFound, NotPermitted
from portal.domain.events import ActorKind
from portal.models import Event, User
from portal.queries.sessions import session_of
from portal.services.core.sessions import begin_staff_session
from portal.services.office import users
from portal.services.office.accounts import LoginFailed, change_password, log_in
from portal.services.office.grants import Place, described
from tests.builders import START, World

PASSWORD = "a password that is long"

KEY = "key of a session"


def user_of(session: Session, user_id: int) -> User:
    """Return the account as it is in the database now."""
    session.expire_all()
    return session.get_one(User, user_id)


def created(world: World, username: str = "zhang.san", *grants: Place) -> int:
    """Create an account as the operator does, whose roles hold at once."""
    return users.create_user(username, "张三", PASSWORD, grants, SYSTEM, START)


def test_an_account_can_log_in(session: Session, world: World) -> None:
    """A new account has its roles and can log in; the name is kept in small letters."""
    made = created(world, " Zhang.San ", (Role.HANDLER, world["city"]))
    assert log_in("zhang.san", PASSWORD, START) == made
    assert described(user_of(session, made)) == "handler@city"


def test_the_trail_says_who_changed_what(session: Session, world: World) -> None:
    """Creating and changing roles leaves events that say who, and which roles."""
    made = created(world, "zhang.san", (Role.HANDLER, world["city"]))
    admin = world.actor("office_administrator")
    users.set_grants(made, [(Role.REVIEWER, world["city"])], SYSTEM, START)
    users.set_grants(made, [], admin, START)
    events = session.scalars(sa.select(Event).where(Event.subject == "user:zhang.san")).all()
    assert [(e.action, e.actor_id, e.reason) for e in events] == [
        ("create_user", None, "handler@city"),
        ("change_grants", None, "handler@city → reviewer@city"),
        ("change_grants", admin.user_id, "reviewer@city → -"),
    ]


@pytest.mark.parametrize(
    ("username", "name", "password", "field"),
    [
        ("a", "张三", PASSWORD, "username"),
        ("张三", "张三", PASSWORD, "username"),
        ("city_handler", "张三", PASSWORD, "username"),
        ("li.si", "  ", PASSWORD, "name"),
        ("li.si", "李四", "short", "password"),
    ],
)
def test_bad_values_name_their_field(
    world: World, username: str, name: str, password: str, field: str
) -> None:
    """What cannot be used is named by its field."""
    with pytest.raises(InvalidInput) as caught:
        users.create_user(username, name, password, [], SYSTEM, START)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Role.ADMINISTRATOR, Role.AUDITOR),
        (Role.ADMINISTRATOR, Role.HANDLER),
        (Role.AUDITOR, Role.REVIEWER),
    ],
)
def test_duties_are_separate(world: World, one: Role, other: Role) -> None:
    """Nobody holds roles of administration, work and audit at once, whoever gives them."""
    both = [(one, world["office"]), (other, world["city"])]
    with pytest.raises(InvalidInput):
        users.create_user("li.si", "李四", PASSWORD, both, SYSTEM, START)
    made = created(world, "li.si", both[0])
    with pytest.raises(InvalidInput):
        users.add_grant(made, *both[1], SYSTEM, START)


@pytest.mark.parametrize("username", ["second", "city_handler", "city_reviewer"])
def test_no_administrator_sets_the_password_of_who_works(world: World, username: str) -> None:
    """Who could log in as somebody with a role would hold that role; the command line sets any password."""
    created(world, "second", (Role.ADMINISTRATOR, world["office"]))
    person = world.session.scalars(sa.select(User.id).where(User.username == username)).one()
    admin = world.actor("office_administrator")
    with pytest.raises(InvalidInput) as caught:
        users.reset_password(person, "another long password", admin, START)
    assert caught.value.field == "user"
    users.reset_password(person, "another long password", SYSTEM, START)


def test_taking_the_roles_away_opens_no_way_in(session: Session, world: World) -> None:
    """An account that was used keeps its password also while it has no role."""
    admin, person = world.actor("office_administrator"), world.people["city_handler"]
    users.set_grants(person, [], admin, START)
    with pytest.raises(InvalidInput):
        users.reset_password(person, "another long password", admin, START)


def test_a_lost_first_password_is_replaced(session: Session, world: World) -> None:
    """An account without a role that nobody has used gets another one-time password."""
    admin = world.actor("office_administrator")
    made = users.create_user("li.si", "李四", PASSWORD, [], admin, START)
    users.reset_password(made, "another long password", admin, START)
    assert log_in("li.si", "another long password", START) == made
    with pytest.raises(InvalidInput):
        users.reset_password(made, "a third long password", admin, START)


def test_the_last_administrator_stays(world: World) -> None:
    """The only administrator can neither be disabled nor lose the role."""
    last = world.people["office_administrator"]
    with pytest.raises(InvalidInput):
        users.disable(last, SYSTEM, START)
    with pytest.raises(InvalidInput):
        users.set_grants(last, [], SYSTEM, START)
    created(world, "second", (Role.ADMINISTRATOR, world["office"]))
    users.disable(last, SYSTEM, START)


def test_nobody_disables_themselves(world: World) -> None:
    """Administrators cannot lock themselves out."""
    created(world, "second", (Role.ADMINISTRATOR, world["office"]))
    admin = world.actor("office_administrator")
    with pytest.raises(InvalidInput):
        users.disable(world.people["office_administrator"], admin, START)


def test_disabling_ends_sessions(session: Session, world: World) -> None:
    """A disabled account cannot log in and its sessions end; enabled again it can."""
    made = created(world)
    begin_staff_session(made, KEY, "203.0.113.1", "", START)
    users.disable(made, SYSTEM, START)
    assert has_ended(session)
    with pytest.raises(LoginFailed):
        log_in("zhang.san", PASSWORD, START)
    users.enable(made, SYSTEM, START)
    assert log_in("zhang.san", PASSWORD, START) == made


def test_a_new_password_ends_sessions(session: Session, world: World) -> None:
    """Resetting the password ends sessions; the new one opens the account."""
    made = created(world)
    begin_staff_session(made, KEY, "203.0.113.1", "", START)
    users.reset_password(made, "another long password", SYSTEM, START)
    assert has_ended(session)
    assert log_in("zhang.san", "another long password", START) == made


def test_other_roles_end_sessions(session: Session, world: World) -> None:
    """Roles that changed end the sessions of the person, and those that stayed do not."""
    made = created(world, "zhang.san", (Role.HANDLER, world["city"]))
    begin_staff_session(made, KEY, "203.0.113.1", "", START)
    users.set_grants(made, [(Role.HANDLER, world["city"])], SYSTEM, START)
    assert not has_ended(session)
    users.add_grant(made, Role.REVIEWER, world["police"], SYSTEM, START)
    assert has_ended(session)


def has_ended(session: Session) -> bool:
    """Return whether the session under the key has ended."""
    session.rollback()
    found = session_of(session, KEY)
    assert found is not None
    return found.ended_at is not None


def test_only_administrators_change_accounts(world: World) -> None:
    """Other roles are refused before anything is looked at."""
    for username in ("office_dispatcher", "office_auditor", "city_supervisor"):
        with pytest.raises(NotPermitted):
            users.disable(world.people["city_handler"], world.actor(username), START)


def test_a_missing_account_is_said(world: World) -> None:
    """An account that does not exist is not found."""
    with pytest.raises(NotFound):
        users.enable(999_999, SYSTEM, START)


@pytest.mark.parametrize("one_time", [True, False])
def test_a_password_made_up_by_others_must_be_changed(
    session: Session, world: World, one_time: bool
) -> None:
    """A new account must change a one-time password, and is free of that once it has."""
    made = users.create_user("li.si", "李四", PASSWORD, [], SYSTEM, START, one_time=one_time)
    assert session.get_one(User, made).must_change_password is one_time
    himself = Actor(ActorKind.STAFF, made)
    change_password(himself, PASSWORD, "another long password", START)
    session.rollback()
    assert session.get_one(User, made).must_change_password is False


@pytest.mark.parametrize("one_time", [True, False])
def test_a_reset_password_must_be_changed(session: Session, world: World, one_time: bool) -> None:
    """A password that an administrator hands over must be changed, a chosen one need not."""
    person = world.people["city_handler"]
    users.reset_password(person, "another long password", SYSTEM, START, one_time=one_time)
    session.rollback()
    assert session.get_one(User, person).must_change_password is one_time
