"""Passkeys as a second factor (WebAuthn): made by a device, checked by its public key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from portal.domain.access import Actor
from portal.domain.errors import N_, InvalidInput
from portal.domain.events import RecordAction
from portal.models import Passkey, RecoveryCode, User
from portal.services.core.typed_text import required
from portal.services.core.unit import writing
from portal.services.office.second_factor import (
    factor_removed,
    new_recovery_codes,
    note_login,
    of_user,
)

NAME_MAX = 64
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError)


@dataclass(frozen=True, slots=True)
class Site:
    """What a device binds a key to: the name of the host and the beginning of its addresses."""

    host: str
    origin: str
    name: str


def offer_passkey(site: Site, user: User, known: Sequence[Passkey], challenge: bytes) -> str:
    """Return what a browser needs to make a key for ``user``, as JSON."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=f"letterbox {user.id}".encode(),
        user_name=user.username,
        user_display_name=user.name,
        challenge=challenge,
        exclude_credentials=_named(known),
    )
    return options_to_json(options)


def ask_passkey(site: Site, known: Sequence[Passkey], challenge: bytes) -> str:
    """Return what a browser needs to sign with one of the keys ``known``, as JSON."""
    return options_to_json(
        generate_authentication_options(
            rp_id=site.host, challenge=challenge, allow_credentials=_named(known)
        )
    )


def add_passkey(
    user_id: int,
    name: str,
    answer: str,
    site: Site,
    challenge: bytes,
    key: bytes,
    now: datetime,
    by: Actor | None = None,
) -> list[str]:
    """Keep the key that a browser has made; return recovery codes where it is the first factor.

    ``by`` is the user, with the session in which it is done.

    Raises :class:`InvalidInput` with ``name``, or ``answer`` where the key cannot be taken.
    """
    name = required("name", name, NAME_MAX, lines=False)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except _UNREADABLE as error:
        raise InvalidInput("answer", N_("没有收到通行密钥，请再试一次。")) from error
    credential = bytes_to_base64url(made.credential_id)
    with writing() as session:
        taken = sa.select(Passkey.id).where(Passkey.credential == credential)
        if session.scalar(taken) is not None:
            raise InvalidInput("answer", N_("这个通行密钥已经添加过。"))
        user = session.get_one(User, user_id)
        session.add(
            Passkey(
                user_id=user_id,
                credential=credential,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                name=name,
                created_at=now,
            )
        )
        user.has_passkey = True
        note_login(session, RecordAction.ADD_FACTOR, by or of_user(user), now, user)
        return [] if _has_codes(session, user_id) else new_recovery_codes(session, user_id, key)


def pass_with_passkey(
    user_id: int, answer: str, site: Site, challenge: bytes, now: datetime, address: str = ""
) -> bool:
    """Return whether a key of the user has signed ``challenge``; that completes the login.

    A failure is recorded with the ``address`` it came from.
    """
    with writing() as session:
        user = session.get_one(User, user_id)
        passed = not user.disabled and _signed(session, user_id, answer, site, challenge, now)
        if passed:
            user.last_login_at = now
        else:
            note_login(session, RecordAction.SECOND_FAILED, of_user(user, address), now, user)
    return passed


def _signed(
    session: Session, user_id: int, answer: str, site: Site, challenge: bytes, now: datetime
) -> bool:
    for known in session.scalars(sa.select(Passkey).where(Passkey.user_id == user_id)):
        try:
            found = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=known.public_key,
                credential_current_sign_count=known.sign_count,
            )
        except _UNREADABLE:
            continue
        if bytes_to_base64url(found.credential_id) == known.credential:
            known.sign_count, known.last_used_at = found.new_sign_count, now
            return True
    return False


def remove_passkey(passkey_id: int, user_id: int, now: datetime, by: Actor | None = None) -> None:
    """Forget a key of a user; one that is gone, or is somebody else's, stays as it is.

    ``by`` is the user, with the session in which it is done.
    """
    with writing() as session:
        gone = sa.delete(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id)
        if not session.execute(gone).rowcount:  # type: ignore[attr-defined]
            return
        user = session.get_one(User, user_id)
        left = sa.select(Passkey.id).where(Passkey.user_id == user_id).limit(1)
        user.has_passkey = session.scalar(left) is not None
        factor_removed(session, user, by or of_user(user), now)


def _has_codes(session: Session, user_id: int) -> bool:
    query = sa.select(RecoveryCode.id).where(RecoveryCode.user_id == user_id).limit(1)
    return session.scalar(query) is not None


def _named(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(k.credential)) for k in known]
