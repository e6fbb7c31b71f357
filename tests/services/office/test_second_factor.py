"""The second factor: codes of a device count once, recovery codes too."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Role
from portal.domain.errors import InvalidInput, NotFound, NotPermitted
from portal.domain.events import ActorKind, RecordAction
from portal.models import Event, RecoveryCode, User
from portal.queries.office.people import recovery_codes_left
from portal.services.core.unit import writing
from portal.services.office.second_factor import (
    RECOVERY_CODES,
    REMOVAL_WAITS,
    add_totp,
    address_for,
    pass_second,
    remove_totp,
    reset_factor,
    secret_for,
)
from tests.builders import START, World
from tests.world import a_person

KEY = b"k" * 32
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105


def code_at(seconds: int) -> str:
    """Return what the device shows so many seconds after the beginning."""
    return pyotp.TOTP(SECRET).at(START + timedelta(seconds=seconds))


@pytest.fixture
def user_id(world: World) -> int:
    """A handler."""
    return world.people["city_handler"]


@pytest.fixture
def codes(session: Session, user_id: int) -> list[str]:
    """The recovery codes of the handler, who has a second factor since the beginning."""
    return add_totp(user_id, SECRET, code_at(0), KEY, START)


def passes(user_id: int, code: str, seconds: int) -> bool:
    """Return whether ``code`` completes a login so many seconds after the beginning."""
    return pass_second(user_id, code, KEY, START + timedelta(seconds=seconds))


def test_a_code_counts_once(session: Session, codes: list[str], user_id: int) -> None:
    """A code that was used is refused from then on, and so is every earlier one."""
    assert not passes(user_id, code_at(0), 5)
    assert passes(user_id, code_at(60), 60)
    assert not passes(user_id, code_at(60), 65)
    assert not passes(user_id, code_at(30), 65)
    assert passes(user_id, code_at(90), 90)


def test_a_clock_may_be_half_a_minute_wrong(
    session: Session, codes: list[str], user_id: int
) -> None:
    """The code of the span before and after is taken, one further off is not."""
    assert not passes(user_id, code_at(120), 180)
    assert passes(user_id, code_at(150), 180)
    assert not passes(user_id, code_at(270), 210)
    assert passes(user_id, code_at(240), 210)


def test_a_recovery_code_counts_once(session: Session, codes: list[str], user_id: int) -> None:
    """Ten different codes; each is taken once, in any case, with or without its dash."""
    assert len(set(codes)) == RECOVERY_CODES == 10
    assert passes(user_id, codes[0].upper().replace("-", " "), 60)
    assert not passes(user_id, codes[0], 60)
    assert passes(user_id, codes[1], 60)
    session.rollback()
    assert recovery_codes_left(session, user_id) == 8
    stored = {row.code_hash for row in session.scalars(sa.select(RecoveryCode))}
    assert not stored & {*codes, *(code.replace("-", "") for code in codes)}


def test_a_code_of_somebody_else_is_none(
    session: Session, world: World, codes: list[str], user_id: int
) -> None:
    """Recovery codes belong to their person, and who has no second factor passes with nothing."""
    other = world.people["police_handler"]
    assert not passes(other, codes[0], 60)
    add_totp(other, SECRET, code_at(0), KEY, START)
    assert not passes(other, codes[0], 60)
    with writing() as unit:
        unit.get_one(User, user_id).disabled = True
    assert not passes(user_id, code_at(60), 60)


def test_a_wrong_code_begins_nothing(session: Session, user_id: int) -> None:
    """A secret is taken only with a code of it."""
    with pytest.raises(InvalidInput) as error:
        add_totp(user_id, SECRET, "000000", KEY, START)
    assert error.value.field == "code"
    assert session.get_one(User, user_id).totp_secret is None


def test_a_secret_is_not_replaced(session: Session, codes: list[str], user_id: int) -> None:
    """Whoever finds a session open sets up no other device; the recovery codes stay."""
    with pytest.raises(InvalidInput) as error:
        add_totp(user_id, "K" * 32, pyotp.TOTP("K" * 32).at(START), KEY, START)
    assert error.value.field == "code"
    assert passes(user_id, code_at(60), 60)
    assert passes(user_id, codes[0], 90)


def test_the_secret_is_encrypted_and_leaves_with_its_codes(
    session: Session, codes: list[str], user_id: int
) -> None:
    """The database does not hold the secret in the clear, and without the factor nothing of it."""
    raw = session.scalar(
        sa.text("SELECT totp_secret FROM user_account WHERE id = :id"), {"id": user_id}
    )
    assert raw and SECRET not in raw
    session.rollback()
    remove_totp(user_id, START)
    session.rollback()
    user = session.get_one(User, user_id)
    assert (user.totp_secret, user.totp_step) == (None, None)
    assert recovery_codes_left(session, user_id) == 0
    remove_totp(user_id, START)
    events = session.scalars(sa.select(Event.action).order_by(Event.id)).all()
    assert events[-2:] == [RecordAction.ADD_FACTOR, RecordAction.REMOVE_FACTOR]


def test_two_administrators_remove_a_lost_factor(
    session: Session, world: World, codes: list[str], user_id: int, password_hash: str
) -> None:
    """One asks, another consents, both by name in the record; the command line needs nobody."""
    second = a_person(world, "second", password_hash, (Role.ADMINISTRATOR, "office"))
    with pytest.raises(NotPermitted):
        reset_factor(user_id, world.actor("office_dispatcher"), START)
    admin = world.actor("office_administrator")
    with pytest.raises(NotFound):
        reset_factor(999_999, admin, START)
    assert not reset_factor(user_id, admin, START)
    with pytest.raises(InvalidInput):
        reset_factor(user_id, admin, START)
    session.rollback()
    assert session.get_one(User, user_id).totp_secret is not None
    asked = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert asked is not None
    assert (asked.action, asked.actor_id) == (RecordAction.ASK_FACTOR_REMOVAL, admin.user_id)
    assert reset_factor(user_id, second, START)
    assert reset_factor(user_id, second, START)
    session.rollback()
    user = session.get_one(User, user_id)
    assert (user.totp_secret, user.factor_removal_by_id, user.factor_removal_at) == (None,) * 3
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.action, event.actor_id, event.subject) == (
        RecordAction.REMOVE_FACTOR,
        second.user_id,
        "user:city_handler",
    )


def test_a_request_to_remove_a_factor_ends_after_a_week(
    session: Session, world: World, codes: list[str], user_id: int, password_hash: str
) -> None:
    """What was asked a week ago counts as asked again by whoever asks next."""
    admin = world.actor("office_administrator")
    second = a_person(world, "second", password_hash, (Role.ADMINISTRATOR, "office"))
    assert not reset_factor(user_id, admin, START)
    assert not reset_factor(user_id, second, START + REMOVAL_WAITS)
    assert reset_factor(user_id, admin, START + REMOVAL_WAITS)


def test_nobody_consents_to_the_removal_of_the_own_factor(
    session: Session, world: World, codes: list[str], user_id: int, password_hash: str
) -> None:
    """Not even an administrator whose factor another one would remove."""
    admin = world.actor("office_administrator")
    own = Actor(ActorKind.STAFF, user_id=user_id, grants=admin.grants)
    assert not reset_factor(user_id, admin, START)
    assert not reset_factor(user_id, own, START)
    session.rollback()
    assert session.get_one(User, user_id).has_factor


def test_a_wrong_second_factor_is_recorded(
    session: Session, codes: list[str], user_id: int
) -> None:
    """A wrong second factor is a failure in the record, a right one sets the time of the login."""
    assert not passes(user_id, "123456", 60)
    assert passes(user_id, code_at(60), 60)
    session.rollback()
    events = session.scalars(sa.select(Event.action).order_by(Event.id.desc()).limit(2)).all()
    assert events == [RecordAction.SECOND_FAILED, RecordAction.ADD_FACTOR]
    assert session.get_one(User, user_id).last_login_at == START + timedelta(seconds=60)


def test_secrets_are_of_user_and_nonce() -> None:
    """The offered secret is the same for the same page, and another for anything else."""
    secret = secret_for(7, "nonce", KEY)
    assert len(secret) == 32
    assert secret == secret_for(7, "nonce", KEY)
    others = {
        secret_for(8, "nonce", KEY),
        secret_for(7, "other", KEY),
        secret_for(7, "nonce", b"x"),
    }
    assert len({secret, *others}) == 4
    assert address_for(SECRET, "chen.fen", "信箱").startswith("otpauth://totp/")
    assert SECRET in address_for(SECRET, "chen.fen", "信箱")
