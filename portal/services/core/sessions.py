"""Beginning and ending sessions, so that a copied cookie ends with the session it was copied from."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.events import ActorKind, RecordAction
from portal.models import CitizenSession, StaffSession, User
from portal.models.base import fingerprint
from portal.models.user import ADDRESS_MAX, DEVICE_MAX
from portal.queries.sessions import LOGINS_KEPT_FOR, knows_network, old_sessions
from portal.services.core.acting import record
from portal.services.core.typed_text import clean
from portal.services.core.unit import writing

_NETWORKS = {4: 24, 6: 48}
"""Bits of an address that name its network."""


def network_of(address: str) -> str:
    """Return the network of ``address``, or ``address`` itself where it is none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    return str(ipaddress.ip_network((found, _NETWORKS[found.version]), strict=False))


def begin_staff_session(
    user_id: int, key: str, address: str, device: str, now: datetime, *, login: bool = False
) -> bool:
    """Begin a session under ``key``; return whether its network is new to the user.

    It is recorded as a login where ``login`` says so.
    """
    network = network_of(address)
    with writing() as session:
        new = not knows_network(session, user_id, network)
        begun = StaffSession(
            key_hash=fingerprint(key),
            user_id=user_id,
            began_at=now,
            seen_at=now,
            address=address[:ADDRESS_MAX],
            network=network,
            new_network=new,
            device=clean(device, lines=False)[:DEVICE_MAX],
        )
        session.add(begun)
        if login:
            session.flush()
            user = session.get_one(User, user_id)
            who = (ActorKind.STAFF, user_id, user.name)
            actor = Actor(*who, address=begun.address, session_id=begun.id)
            record(session, RecordAction.LOGIN, actor, now, subject=f"user:{user.username}")
    return new


def touch_staff_session(session_id: int, now: datetime) -> None:
    """Note that a session is in use."""
    with writing() as session:
        session.execute(
            sa.update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now)
        )


def end_staff_session(session_id: int, actor: Actor, now: datetime) -> None:
    """End a session of ``actor``; one that has ended, or is somebody else's, stays as it is.

    That is a logout where it is the session in which ``actor`` acts.
    """
    with writing() as session:
        if _end(session, actor, now, StaffSession.id == session_id):
            own = session_id == actor.session_id
            action = RecordAction.LOGOUT if own else RecordAction.END_SESSION
            record(session, action, actor, now, subject=f"session:{session_id}")


def end_other_sessions(actor: Actor, now: datetime) -> None:
    """End every session of ``actor`` but the one in which ``actor`` acts."""
    with writing() as session:
        if _end(session, actor, now, StaffSession.id != actor.session_id):
            record(session, RecordAction.END_SESSION, actor, now, subject="session:*")


def end_sessions_of(session: Session, user_id: int, now: datetime) -> None:
    """End every session of a user, in the unit of work of the caller."""
    session.execute(_ending(user_id, now))


def _end(session: Session, actor: Actor, now: datetime, which: sa.ColumnElement[bool]) -> bool:
    ended = session.execute(_ending(actor.user_id, now).where(which))
    return bool(ended.rowcount)  # type: ignore[attr-defined]


def _ending(user_id: int | None, now: datetime) -> sa.Update:
    return (
        sa.update(StaffSession)
        .where(StaffSession.ended_at.is_(None), StaffSession.user_id == user_id)
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


def begin_citizen_session(key: str, now: datetime) -> None:
    """Remember the browser with ``key``; raises :class:`Unavailable` where that is not possible."""
    with writing() as session:
        session.add(CitizenSession(key_hash=fingerprint(key), began_at=now))


def end_citizen_session(key: str) -> None:
    """Forget the browser with ``key``."""
    with writing() as session:
        gone = sa.delete(CitizenSession).where(CitizenSession.key_hash == fingerprint(key))
        session.execute(gone)


def sweep_sessions(now: datetime, logins: timedelta = LOGINS_KEPT_FOR) -> int:
    """Erase sessions whose time is over; return how many they were.

    ``logins`` is how long those of the staff stay on record.
    """
    with writing() as session:
        return sum(
            session.execute(sa.delete(table).where(old)).rowcount  # type: ignore[attr-defined]
            for table, old in old_sessions(now, logins)
        )
