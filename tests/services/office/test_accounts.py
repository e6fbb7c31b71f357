"""Logging in, locking and passwords."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from portal.domain.errors import InvalidInput
from portal.domain.events import RecordAction
from portal.models import Event, User
from portal.services.office.accounts import (
    AccountLocked,
    LoginFailed,
    change_password,
    hash_password,
    log_in,
)
from portal.services.office.users import disable
from tests.builders import START, World
from tests.pages import PASSWORD

LOCK = timedelta(minutes=15)


def attempt(username: str, password: str, minutes: int = 0) -> int:
    return log_in(username, password, START + timedelta(minutes=minutes), 5, LOCK)


def test_right_password_logs_in(session: Session, world: World) -> None:
    """A person with the right password is let in, and it is recorded."""
    assert attempt("city_handler", PASSWORD) == world.people["city_handler"]
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.action, event.subject) == (RecordAction.LOGIN, "user:city_handler")


@pytest.mark.parametrize("username", ["city_handler", "nobody", "", "city_handler\x00", "' OR 1=1"])
def test_wrong_words_look_alike(session: Session, world: World, username: str) -> None:
    """A wrong password and an unknown name are refused with the same words."""
    with pytest.raises(LoginFailed) as error:
        attempt(username, "wrong password")
    assert str(error.value) == str(LoginFailed())


def test_fifth_failure_locks(session: Session, world: World) -> None:
    """After five failures even the right password is refused, until the lock has run out."""
    for _ in range(5):
        with pytest.raises(LoginFailed):
            attempt("city_handler", "wrong password")
    with pytest.raises(AccountLocked):
        attempt("city_handler", PASSWORD, 14)
    assert attempt("city_handler", PASSWORD, 16)


def test_a_lock_that_ran_out_leaves_no_failures(session: Session, world: World) -> None:
    """After the lock four more failures lock nobody out, as at the beginning."""
    for minutes in (0, 0, 0, 0, 0, 16, 16, 16, 16):
        with pytest.raises(LoginFailed):
            attempt("city_handler", "wrong password", minutes)
    assert attempt("city_handler", PASSWORD, 16)


def test_success_forgets_failures(session: Session, world: World) -> None:
    """A login in between starts the count of failures again."""
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(LoginFailed):
                attempt("city_handler", "wrong password")
        assert attempt("city_handler", PASSWORD)


def test_failures_are_recorded(session: Session, world: World) -> None:
    """A refused login of a known name is in the record, without the password."""
    with pytest.raises(LoginFailed):
        attempt("city_handler", "wrong password")
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.action == RecordAction.LOGIN_FAILED
    assert "wrong" not in f"{event.reason}{event.subject}"


def test_disabled_person_is_refused(session: Session, world: World) -> None:
    """A disabled account is refused like an unknown one."""
    disable(world.people["city_handler"], world.actor("office_administrator"), START)
    with pytest.raises(LoginFailed):
        attempt("city_handler", PASSWORD)


def test_changed_password_ends_sessions(session: Session, world: World) -> None:
    """A changed password takes effect at once and ends every session of the person."""
    user = session.get_one(User, world.people["city_handler"])
    epoch = user.session_epoch
    change_password(user.id, PASSWORD, "another horse 9")
    session.rollback()
    assert user.session_epoch == epoch + 1
    assert attempt("city_handler", "another horse 9")
    with pytest.raises(LoginFailed):
        attempt("city_handler", PASSWORD)


def test_changing_needs_the_old_password(session: Session, world: World) -> None:
    """A wrong old password is told at its field."""
    with pytest.raises(InvalidInput) as error:
        change_password(world.people["city_handler"], "wrong", "another horse 9")
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
    change_password(world.people["city_handler"], PASSWORD, password)
    session.rollback()
    user = session.get_one(User, world.people["city_handler"])
    assert user.password_hash.startswith("$argon2id$")
    assert not PasswordHasher().check_needs_rehash(user.password_hash)
    assert password not in user.password_hash
