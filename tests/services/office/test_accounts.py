"""Logging in, locking and passwords."""

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy.orm import Session

from portal.domain.errors import InvalidInput
from portal.domain.events import RecordAction
from portal.models import Event, User
from portal.queries.sessions import session_of
from portal.services.core.sessions import begin_staff_session
from portal.services.office.accounts import (
    LoginFailed,
    change_password,
    hash_password,
    log_in,
)
from portal.services.office.users import disable
from tests.builders import START, World
from tests.pages import PASSWORD


def attempt(username: str, password: str) -> int:
    return log_in(username, password, START)


def test_right_password_logs_in(session: Session, world: World) -> None:
    """A person with the right password is let in."""
    assert attempt("city_handler", PASSWORD) == world.people["city_handler"]


@pytest.mark.parametrize("username", ["city_handler", "nobody", "", "city_handler\x00", "' OR 1=1"])
def test_wrong_words_look_alike(session: Session, world: World, username: str) -> None:
    """A wrong password and an unknown name are refused with the same words."""
    with pytest.raises(LoginFailed) as error:
        attempt(username, "wrong password")
    assert str(error.value) == str(LoginFailed())


@pytest.mark.parametrize(
    "typed", ["City_Handler", " city_handler", "ｃｉｔｙ＿ｈａｎｄｌｅｒ", "CITY_ HANDLER"]
)
def test_case_and_width_of_a_name_do_not_matter(session: Session, world: World, typed: str) -> None:
    """A name as telephones and Chinese keyboards type it is the name of the account."""
    assert attempt(typed, PASSWORD) == world.people["city_handler"]


def test_an_unknown_name_takes_the_same_work(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its password is checked against a hash that costs as much, and its failure is recorded without the name."""
    change_password(world.actor("city_handler"), PASSWORD, "a new one 2016", START)
    checked, verify = [], PasswordHasher.verify

    def counted(hasher: PasswordHasher, known: str, password: str) -> bool:
        checked.append(extract_parameters(known))
        return verify(hasher, known, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    before = session.scalar(sa.select(sa.func.count(Event.id)))
    for name in ("city_handler", "my secret password"):
        with pytest.raises(LoginFailed):
            attempt(name, "wrong password")
    known, unknown = checked
    assert known == unknown
    session.rollback()
    events = session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(2)).all()
    assert session.scalar(sa.select(sa.func.count(Event.id))) == (before or 0) + 2
    assert [event.subject for event in events] == ["user:?", "user:city_handler"]
    assert {event.action for event in events} == {RecordAction.LOGIN_FAILED}


def test_failures_are_recorded(session: Session, world: World) -> None:
    """A refused login of a known name is in the record with its address, without the password."""
    with pytest.raises(LoginFailed):
        log_in("city_handler", "wrong password", START, "203.0.113.7")
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.action, event.address) == (RecordAction.LOGIN_FAILED, "203.0.113.7")
    assert "wrong" not in f"{event.reason}{event.subject}"


def test_disabled_person_is_refused(session: Session, world: World) -> None:
    """A disabled account is refused like an unknown one."""
    disable(world.people["city_handler"], world.actor("office_administrator"), START)
    with pytest.raises(LoginFailed):
        attempt("city_handler", PASSWORD)


def test_changed_password_ends_sessions(session: Session, world: World) -> None:
    """A changed password takes effect at once and ends every session of the person."""
    user_id = world.people["city_handler"]
    begin_staff_session(user_id, "key", "203.0.113.1", "", START)
    begin_staff_session(world.people["city_handler2"], "other", "203.0.113.1", "", START)
    change_password(world.actor("city_handler"), PASSWORD, "another horse 9", START)
    session.rollback()
    ended, open_one = session_of(session, "key"), session_of(session, "other")
    assert ended is not None and ended.ended_at == START
    assert open_one is not None and open_one.ended_at is None
    assert attempt("city_handler", "another horse 9")
    with pytest.raises(LoginFailed):
        attempt("city_handler", PASSWORD)


def test_changing_needs_the_old_password(session: Session, world: World) -> None:
    """A wrong old password is told at its field."""
    with pytest.raises(InvalidInput) as error:
        change_password(world.actor("city_handler"), "wrong", "another horse 9", START)
    assert error.value.field == "old"


@pytest.mark.parametrize("password", ["short 8", "1234567890", "aaaaaaaaaaaa", "Password123"])
def test_weak_passwords_are_refused(password: str) -> None:
    """A short, common or monotonous password is refused at its field."""
    with pytest.raises(InvalidInput) as error:
        hash_password(password)
    assert error.value.field == "password"


def test_password_is_not_stored(session: Session, world: World) -> None:
    """What is stored of a password is an argon2id hash that takes a machine its time."""
    password = "another horse 9"
    change_password(world.actor("city_handler"), PASSWORD, password, START)
    session.rollback()
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None and event.action == RecordAction.CHANGE_PASSWORD
    user = session.get_one(User, world.people["city_handler"])
    assert user.password_hash.startswith("$argon2id$")
    assert not PasswordHasher().check_needs_rehash(user.password_hash)
    assert password not in user.password_hash
