"""Staff accounts: logging in, passwords.

Hashing takes long on purpose, so it is done before the write lock is taken, and also for names
that do not exist, so that both take the same time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from portal.domain.access import SYSTEM, Actor
from portal.domain.accounts.usernames import fold_username
from portal.domain.errors import N_, InvalidInput, LetterboxError
from portal.domain.events import ActorKind, RecordAction
from portal.domain.translatable import Message
from portal.models import User, db
from portal.models.user import ADDRESS_MAX
from portal.services.core.acting import record
from portal.services.core.sessions import end_sessions_of
from portal.services.core.typed_text import clean
from portal.services.core.unit import writing

PASSWORD_MIN, PASSWORD_MAX = 10, 200
_HASHER = PasswordHasher()
_DUMMY = _HASHER.hash("nobody has this password")
_COMMON = frozenset(
    {
        "1234567890",
        "password123",
        "qwertyuiop",
        "1q2w3e4r5t",
        "woaini1314",
        "a123456789",
        "0123456789",
        "1111111111",
        "0000000000",
        "administrator",
        "adminadmin",
        "letterbox2016",
    }
)


class LoginFailed(LetterboxError):
    """Name or password are wrong, or the account is disabled; all look alike."""

    said = N_("用户名或密码不正确。")


def hash_password(password: str) -> str:
    """Return the argon2 hash; raise :class:`InvalidInput` for a short or common password."""
    if len(password) < PASSWORD_MIN:
        said = Message(N_("密码至少 %(n)s 个字符。"), {"n": PASSWORD_MIN})
        raise InvalidInput("password", said)
    if password.lower() in _COMMON or len(set(password)) < 4:
        raise InvalidInput("password", N_("这个密码太常见，请换一个。"))
    return _HASHER.hash(password)


def log_in(username: str, password: str, now: datetime, address: str = "") -> int:
    """Return the id of the user; ``username`` is taken in any case and width.

    Raises :class:`LoginFailed`, after the same work whether the name is known or not: the password
    is checked against a hash, and the failure is recorded with the ``address`` it came from; the login
    is recorded with its session (:func:`portal.services.core.sessions.begin_staff_session`). How often somebody may try is up to the
    caller. A user with a second factor is logged in by that alone.
    """
    # PostgreSQL refuses a text with a zero byte; nobody is called that.
    query = sa.select(User).where(User.username == fold_username(clean(username)))
    user = db.session.scalar(query)
    known_hash = user.password_hash if user and not user.disabled else _DUMMY
    correct = _verify(known_hash, password)
    with writing() as session:
        user = session.scalar(query.with_for_update(of=User))
        if correct and user and not user.disabled and user.password_hash == known_hash:
            if not user.has_factor:
                user.last_login_at = now
            return user.id
        _note(user, now, address)
    raise LoginFailed


def _verify(known_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(known_hash, password)
    except VerificationError:
        return False


def _note(user: User | None, now: datetime, address: str) -> None:
    """Record a failed login; a name that nobody has is not kept, it may be a password."""
    who = replace(SYSTEM, address=address[:ADDRESS_MAX])
    if user is not None:
        who = replace(who, kind=ActorKind.STAFF, user_id=user.id, name=user.name)
    subject = f"user:{user.username}" if user else "user:?"
    record(db.session(), RecordAction.LOGIN_FAILED, who, now, subject=subject)


def check_password(user_id: int, password: str) -> None:
    """Raise :class:`InvalidInput` with ``password`` where it is not that of the user."""
    user = db.session.get(User, user_id)
    if user is None or not _verify(user.password_hash, password):
        raise InvalidInput("password", N_("密码不正确。"))


def change_password(actor: Actor, old: str, new: str, now: datetime) -> None:
    """Change the password of ``actor``; every session of the user ends.

    Raises :class:`InvalidInput` with ``old`` or ``password``.
    """
    user = db.session.get(User, actor.user_id)
    if user is None or not _verify(user.password_hash, old):
        raise InvalidInput("old", N_("原密码不正确。"))
    if new == old:
        raise InvalidInput("password", N_("新密码不能和原密码相同。"))
    fresh = hash_password(new)
    with writing() as session:
        user = session.get_one(User, actor.user_id)
        user.password_hash, user.must_change_password = fresh, False
        subject = f"user:{user.username}"
        record(session, RecordAction.CHANGE_PASSWORD, actor, now, subject=subject)
        end_sessions_of(session, user.id, now)
