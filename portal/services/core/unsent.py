"""Keeping what was typed into a public form until it is sent, for a day at most."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.models import UnsentForm
from portal.queries.unsent import KEPT_FOR
from portal.services.core.unit import writing
from portal.services.core.upsert import upsert


def keep_unsent(key: str, content: str, now: datetime) -> None:
    """Keep ``content`` under ``key``, in place of what was there; its time begins again.

    Raises :class:`Unavailable` where the database cannot take it now.
    """
    row = {"key": key, "content": content, "kept_at": now}
    with writing() as session:
        session.execute(
            upsert(
                session,
                UnsentForm,
                [row],
                [UnsentForm.key],
                lambda new: {"content": new.content, "kept_at": new.kept_at},
            )
        )


def erase_unsent(key: str) -> None:
    """Erase what is kept under ``key``; raises :class:`Unavailable` as above."""
    with writing() as session:
        session.execute(sa.delete(UnsentForm).where(UnsentForm.key == key))


def sweep_unsent(now: datetime) -> int:
    """Erase what nobody has sent in time; return how many forms that were."""
    with writing() as session:
        swept = session.execute(sa.delete(UnsentForm).where(UnsentForm.kept_at <= now - KEPT_FOR))
        return swept.rowcount  # type: ignore[attr-defined,no-any-return]
