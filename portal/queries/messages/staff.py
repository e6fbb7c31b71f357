"""The address of a member of staff, and which messages go there."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import StaffMessages


def staff_messages(session: Session, user_id: int) -> StaffMessages | None:
    """Return address and choice of a person, ``None`` where there is no address."""
    return session.scalar(sa.select(StaffMessages).where(StaffMessages.user_id == user_id))
