"""Reading sessions: one look-up for each request of a member of staff, and the list of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from portal.models import CitizenSession, StaffSession
from portal.models.base import fingerprint

ANNOUNCED_FOR = timedelta(days=30)
"""How long a login from a new network is announced."""
LOGINS_KEPT_FOR = timedelta(days=184)
"""How long logins stay on record after they began, where no setting says longer."""
CITIZENS_KEPT_FOR = timedelta(days=1)
_MOST_SHOWN = 50


def old_sessions(
    now: datetime, logins: timedelta
) -> tuple[tuple[type[StaffSession | CitizenSession], sa.ColumnElement[bool]], ...]:
    """Return the tables of sessions, each with the condition that their time is over."""
    return (
        (StaffSession, StaffSession.began_at < now - logins),
        (CitizenSession, CitizenSession.began_at < now - CITIZENS_KEPT_FOR),
    )


def count_old_sessions(session: Session, now: datetime, logins: timedelta) -> int:
    """Return how many sessions are over their time."""
    return sum(
        session.scalars(sa.select(sa.func.count()).select_from(table).where(old)).one()
        for table, old in old_sessions(now, logins)
    )


def session_of(session: Session, key: str) -> StaffSession | None:
    """Return the session with ``key`` and its user, also one that has ended."""
    query = (
        sa.select(StaffSession).join(StaffSession.user).options(contains_eager(StaffSession.user))
    )
    return session.scalar(query.where(StaffSession.key_hash == fingerprint(key)))


def open_sessions(session: Session, user_id: int, since: datetime) -> Sequence[StaffSession]:
    """Return the sessions of a user that have not ended and began after ``since``, newest first."""
    query = sa.select(StaffSession).where(
        StaffSession.user_id == user_id,
        StaffSession.ended_at.is_(None),
        StaffSession.began_at > since,
    )
    return session.scalars(query.order_by(StaffSession.id.desc()).limit(_MOST_SHOWN)).all()


def earlier_sessions(session: Session, user_id: int, since: datetime) -> Sequence[StaffSession]:
    """Return the sessions of a user that ended, or began at ``since`` or before, newest first."""
    query = sa.select(StaffSession).where(
        StaffSession.user_id == user_id,
        sa.or_(StaffSession.ended_at.is_not(None), StaffSession.began_at <= since),
    )
    return session.scalars(query.order_by(StaffSession.id.desc()).limit(_MOST_SHOWN)).all()


def from_new_networks(session: Session, user_id: int, now: datetime) -> Sequence[StaffSession]:
    """Return the logins of the last 30 days from networks that were new to the user."""
    query = sa.select(StaffSession).where(
        StaffSession.user_id == user_id,
        StaffSession.new_network.is_(True),
        StaffSession.began_at > now - ANNOUNCED_FOR,
    )
    return session.scalars(query.order_by(StaffSession.id.desc()).limit(_MOST_SHOWN)).all()


def knows_network(session: Session, user_id: int, network: str) -> bool:
    """Return whether the user has logged in from ``network`` before, or never at all."""
    seen = sa.select(StaffSession.network).where(StaffSession.user_id == user_id).distinct()
    networks = set(session.scalars(seen))
    return not networks or network in networks


def is_citizen_session(session: Session, key: str, since: datetime) -> bool:
    """Return whether the browser with ``key`` has not left, and came after ``since``."""
    query = sa.select(CitizenSession.id).where(
        CitizenSession.key_hash == fingerprint(key), CitizenSession.began_at > since
    )
    return session.scalar(query) is not None
