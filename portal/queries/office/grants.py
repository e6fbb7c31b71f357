"""Requests for roles, and accounts whose roles exclude each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from portal.domain.access import Role
from portal.domain.accounts.duties import DUTIES, Duty
from portal.domain.accounts.grant_requests import GrantOutcome
from portal.models import GrantRequest, RoleGrant, StaffSession, User

_SHOWN = 100
"""Ended requests that the page shows, the newest first; all are in the audit trail."""
_PENDING = GrantRequest.outcome == GrantOutcome.PENDING


def grants_waiting(session: Session) -> int:
    """Return how many requests for a role wait for an administrator."""
    query = sa.select(sa.func.count()).select_from(GrantRequest).where(_PENDING)
    return session.scalars(query).one()


def waiting_grants(session: Session, user_id: int | None = None) -> Sequence[GrantRequest]:
    """Return the requests that wait, the oldest first; those for one user with ``user_id``."""
    query = _requests().where(_PENDING).order_by(GrantRequest.id)
    if user_id is not None:
        query = query.where(GrantRequest.user_id == user_id)
    return session.scalars(query).all()


def first_logins(session: Session, user_ids: Iterable[int]) -> dict[int, StaffSession]:
    """Return the first login of each user that is on record, by the user's id."""
    firsts = (
        sa.select(sa.func.min(StaffSession.id))
        .where(StaffSession.user_id.in_(set(user_ids)))
        .group_by(StaffSession.user_id)
    )
    query = sa.select(StaffSession).where(StaffSession.id.in_(firsts))
    return {login.user_id: login for login in session.scalars(query)}


def ended_grants(session: Session) -> Sequence[GrantRequest]:
    """Return the requests that ended last."""
    query = _requests().where(~_PENDING).order_by(GrantRequest.id.desc()).limit(_SHOWN)
    return session.scalars(query).all()


def _requests() -> sa.Select[GrantRequest]:
    return sa.select(GrantRequest).options(
        joinedload(GrantRequest.user),
        joinedload(GrantRequest.organisation),
        joinedload(GrantRequest.requested_by),
        joinedload(GrantRequest.decided_by),
    )


def is_only_administrator(session: Session) -> bool:
    """Return whether fewer than two administrators are in service, so that nobody can consent."""
    query = sa.select(sa.func.count(sa.distinct(User.id))).join(RoleGrant)
    active = query.where(RoleGrant.role == Role.ADMINISTRATOR, User.disabled.is_(False))
    return session.scalars(active).one() < 2


def mixed_duties(session: Session) -> Sequence[User]:
    """Return the accounts that hold roles which exclude each other, ordered by user name."""
    holds = [
        User.grants.any(RoleGrant.role.in_([r for r in Role if DUTIES[r] is duty])) for duty in Duty
    ]
    some = [sa.and_(a, b) for i, a in enumerate(holds) for b in holds[i + 1 :]]
    return session.scalars(sa.select(User).where(sa.or_(*some)).order_by(User.username)).all()
