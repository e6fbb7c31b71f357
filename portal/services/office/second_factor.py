"""The second factor of a login: codes that a device shows (TOTP, RFC 6238), and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b32encode
from datetime import datetime, timedelta

import pyotp
import sqlalchemy as sa
from pyotp.exceptions import OTPVerificationError
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.domain.accounts.grant_requests import may_decide
from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.events import ActorKind, RecordAction
from portal.models import Passkey, RecoveryCode, User
from portal.models.user import ADDRESS_MAX
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.unit import writing
from portal.services.office.grants import waits_for_consent

RECOVERY_CODES = 10
REMOVAL_WAITS = timedelta(days=7)
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUP, _GROUPS = 5, 2
_DRIFT = 1
"""Spans of 30 seconds by which the clock of a device may be wrong."""


def secret_for(user_id: int, nonce: str, key: bytes) -> str:
    """Return the secret that is offered to a user before it is proven, made of ``nonce``."""
    made = hmac.digest(key, f"totp {user_id} {nonce}".encode(), "sha256")
    return b32encode(made[:20]).decode()


def address_for(secret: str, username: str, site: str) -> str:
    """Return the address that an application for codes reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=site)


def add_totp(
    user_id: int, secret: str, code: str, key: bytes, now: datetime, by: Actor | None = None
) -> list[str]:
    """Ask for codes of ``secret`` from the next login on; return the recovery codes.

    ``by`` is the user, with the session in which it is done.

    Raises :class:`InvalidInput` with ``code`` where it does not belong to the secret, or codes are asked for
    already.
    """
    step = _step(secret, code, now)
    if step is None:
        raise InvalidInput("code", N_("验证码不对，请看一下手机上的时间是否准确。"))
    with writing() as session:
        user = session.get_one(User, user_id, with_for_update={"of": User})
        if user.totp_secret is not None:
            # Removing it takes the password; whoever has found a session open must not replace it.
            raise InvalidInput("code", N_("验证码已经开启，要换一个请先关闭。"))
        user.totp_secret, user.totp_step = secret, step
        codes = new_recovery_codes(session, user_id, key)
        note_login(session, RecordAction.ADD_FACTOR, by or of_user(user), now, user)
    return codes


def new_recovery_codes(session: Session, user_id: int, key: bytes) -> list[str]:
    """Give a user ten recovery codes in the place of those before, in the caller's unit of work."""
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    _forget_codes(session, user_id)
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=_hash(each, user_id, key)) for each in codes
    )
    return codes


def remove_totp(user_id: int, now: datetime, by: Actor | None = None) -> None:
    """Ask for no codes of a device any more; passkeys stay. ``by`` is the user, with the session."""
    with writing() as session:
        user = session.get_one(User, user_id)
        if user.totp_secret is not None:
            user.totp_secret, user.totp_step = None, None
            factor_removed(session, user, by or of_user(user), now)


def reset_factor(user_id: int, actor: Actor, now: datetime) -> bool:
    """Remove the second factor of somebody who has lost it, passkeys too; return whether it is gone.

    Two administrators do so: the first asks, the second, who is not the person either, consents within a week. The
    command line removes it at once. Raises :class:`InvalidInput` with ``user`` where the actor has asked already.
    """
    allow(actor, Permission.USERS_EDIT)
    with writing() as session:
        user = session.get(User, user_id)
        if user is None:
            raise NotFound
        if not user.has_factor:
            return True
        if waits_for_consent(actor) and not may_remove(user, actor, now):
            if user.factor_removal_by_id == actor.user_id and removal_waits(user, now):
                raise InvalidInput("user", N_("您已经申请，要另一位管理员同意。"))
            user.factor_removal_by_id, user.factor_removal_at = actor.user_id, now
            subject = f"user:{user.username}"
            record(session, RecordAction.ASK_FACTOR_REMOVAL, actor, now, subject=subject)
            return False
        user.totp_secret, user.totp_step, user.has_passkey = None, None, False
        session.execute(sa.delete(Passkey).where(Passkey.user_id == user_id))
        factor_removed(session, user, actor, now)
    return True


def removal_waits(user: User, now: datetime) -> bool:
    """Return whether an administrator has asked within a week to remove the factor of ``user``."""
    return user.factor_removal_at is not None and now - user.factor_removal_at < REMOVAL_WAITS


def may_remove(user: User, actor: Actor, now: datetime) -> bool:
    """Return whether ``actor`` consents to what another administrator has asked for."""
    asked_by = user.factor_removal_by_id
    if asked_by is None or not removal_waits(user, now):
        return False
    return may_decide(actor.user_id, asked_by, user.id)


def pass_second(user_id: int, code: str, key: bytes, now: datetime, address: str = "") -> bool:
    """Return whether ``code`` completes a login; each code does so once.

    A recovery code is taken as well, in any case and with or without its dash. A failure is recorded
    with the ``address`` it came from.
    """
    with writing() as session:
        user = session.get_one(User, user_id, with_for_update={"of": User})
        if user.disabled or not user.has_factor:
            return False
        step = _step(user.totp_secret, code, now) if user.totp_secret else None
        passed = step is not None and (user.totp_step is None or step > user.totp_step)
        if passed:
            user.totp_step = step
        elif step is None:
            passed = _use(session, user_id, _hash(code, user_id, key))
        if passed:
            user.last_login_at = now
        else:
            note_login(session, RecordAction.SECOND_FAILED, of_user(user, address), now, user)
    return passed


def _step(secret: str, code: str, now: datetime) -> int | None:
    """Return the span of 30 seconds to which ``code`` belongs, if it belongs to one near now."""
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(
            _folded(code), for_time=now, valid_window=_DRIFT
        )
    except OTPVerificationError:
        return None


def _folded(code: str) -> str:
    return unicodedata.normalize("NFKC", code[:64]).replace("-", "").replace(" ", "").casefold()


def _new_code() -> str:
    signs = "".join(secrets.choice(_SIGNS) for _ in range(_GROUP * _GROUPS))
    return f"{signs[:_GROUP]}-{signs[_GROUP:]}"


def _hash(code: str, user_id: int, key: bytes) -> str:
    said = f"recovery {user_id} {_folded(code)}"
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def _use(session: Session, user_id: int, code_hash: str) -> bool:
    used = sa.delete(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash
    )
    return bool(session.execute(used).rowcount)  # type: ignore[attr-defined]


def factor_removed(session: Session, user: User, actor: Actor, now: datetime) -> None:
    """Record that a factor of ``user`` is gone; with the last one the recovery codes go."""
    user.factor_removal_by_id = user.factor_removal_at = None
    if not user.has_factor:
        _forget_codes(session, user.id)
    subject = f"user:{user.username}"
    record(session, RecordAction.REMOVE_FACTOR, actor, now, subject=subject)


def _forget_codes(session: Session, user_id: int) -> None:
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def note_login(
    session: Session, action: RecordAction, actor: Actor, now: datetime, user: User
) -> None:
    """Record what ``actor`` did about logging in as ``user``."""
    record(session, action, actor, now, subject=f"user:{user.username}")


def of_user(user: User, address: str = "") -> Actor:
    """Return ``user`` as an actor without roles, at an ``address`` where no session has begun."""
    return Actor(ActorKind.STAFF, user.id, user.name, address=address[:ADDRESS_MAX])
