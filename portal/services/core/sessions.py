"""Beginning and ending sessions, so that a copied cookie ends with the session it was copied from."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import CitizenSession, StaffSession
from portal.models.base import fingerprint
from portal.models.user import DEVICE_MAX
from portal.queries.sessions import LOGINS_KEPT_FOR, knows_network, old_sessions
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


def begin_staff_session(user_id: int, key: str, address: str, device: str, now: datetime) -> bool:
    """Begin a session under ``key``; return whether its network is new to the user."""
    network = network_of(address)
    with writing() as session:
        new = not knows_network(session, user_id, network)
        session.add(
            StaffSession(
                key_hash=fingerprint(key),
                user_id=user_id,
                began_at=now,
                seen_at=now,
                address=address[:64],
                network=network,
                new_network=new,
                device=clean(device, lines=False)[:DEVICE_MAX],
            )
        )
    return new


def touch_staff_session(session_id: int, now: datetime) -> None:
    """Note that a session is in use."""
    with writing() as session:
        session.execute(
            sa.update(StaffSession).where(StaffSession.id == session_id).values(seen_at=now)
        )


def end_staff_session(session_id: int, user_id: int, now: datetime) -> None:
    """End a session of a user; one that has ended, or is somebody else's, stays as it is."""
    with writing() as session:
        _end(session, now, StaffSession.id == session_id, StaffSession.user_id == user_id)


def end_other_sessions(session_id: int, user_id: int, now: datetime) -> None:
    """End every session of a user but the one with ``session_id``."""
    with writing() as session:
        _end(session, now, StaffSession.id != session_id, StaffSession.user_id == user_id)


def end_sessions_of(session: Session, user_id: int, now: datetime) -> None:
    """End every session of a user, in the unit of work of the caller."""
    _end(session, now, StaffSession.user_id == user_id)


def _end(session: Session, now: datetime, *which: sa.ColumnElement[bool]) -> None:
    session.execute(
        sa.update(StaffSession)
        .where(StaffSession.ended_at.is_(None), *which)
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
