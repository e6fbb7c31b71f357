"""Reading what was typed into a public form and has not been sent yet."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import UnsentForm

KEPT_FOR = timedelta(days=1)
"""How long an unsent form is kept after its last preview."""


def unsent_content(session: Session, key: str, now: datetime) -> str | None:
    """Return what is kept under ``key``, or ``None`` where nothing is or its time is over."""
    return session.scalar(
        sa.select(UnsentForm.content).where(
            UnsentForm.key == key, UnsentForm.kept_at > now - KEPT_FOR
        )
    )


def count_old_unsent(session: Session, now: datetime) -> int:
    """Return how many forms nobody has sent in time."""
    old = sa.select(sa.func.count()).where(UnsentForm.kept_at <= now - KEPT_FOR)
    return session.scalars(old).one()
