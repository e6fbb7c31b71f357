"""Members of staff: those to whom a letter may be assigned, and one's account."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.models import Passkey, RecoveryCode, RoleGrant, User


def own_account(session: Session, user_id: int) -> User:
    """Return the account of the person at work."""
    return session.get_one(User, user_id)


def handlers_of(session: Session, organisation_id: int) -> list[User]:
    """Return the handlers in service at an organisation, ordered by name."""
    return list(
        session.scalars(
            sa.select(User)
            .join(RoleGrant, RoleGrant.user_id == User.id)
            .where(
                RoleGrant.organisation_id == organisation_id,
                RoleGrant.role == Role.HANDLER,
                User.disabled.is_(False),
            )
            .order_by(User.name, User.id)
        )
    )


def recovery_codes_left(session: Session, user_id: int) -> int:
    """Return how many recovery codes of a user are unused."""
    query = sa.select(sa.func.count()).select_from(RecoveryCode)
    return session.scalars(query.where(RecoveryCode.user_id == user_id)).one()


def passkeys_of(session: Session, user_id: int) -> list[Passkey]:
    """Return the passkeys of a user, the oldest first."""
    query = sa.select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)
    return list(session.scalars(query))
