"""Recording what staff look at: one row for a letter that a person reads again within minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.domain.access import Actor
from portal.domain.events import ReadAction
from portal.models import ReadEvent, db
from portal.services.core.unit import writing

SAME_FOR = timedelta(minutes=5)
"""How long looking at the same thing again, in the same session, makes no row of its own."""
PATIENCE = 250
"""Milliseconds that a page waits for somebody else who writes; SQLite has one writer."""


@dataclass(frozen=True, slots=True)
class Read:
    """Something that was shown: a letter, or what was found for ``detail``."""

    actor: Actor
    action: ReadAction
    at: datetime
    letter_id: int | None = None
    subject: str | None = None
    detail: str | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two of them the same."""
        who = (self.actor.user_id, self.actor.session_id)
        return (*who, self.action, self.letter_id, self.subject, self.detail)


def record_reads(reads: Iterable[Read]) -> None:
    """Record what was shown, unless it is on record for the same session since a few minutes.

    Raises :class:`Unavailable` where the database stays locked for longer than a page may wait.
    """
    fresh: dict[tuple[object, ...], Read] = {}
    for read in reads:
        if not _is_known(read):
            fresh.setdefault(read.key, read)
    if not fresh:
        return
    with writing(patience=PATIENCE) as session:
        session.add_all(
            ReadEvent(
                action=read.action,
                actor_id=read.actor.user_id,
                letter_id=read.letter_id,
                subject=read.subject,
                detail=read.detail,
                recorded_at=read.at,
                address=read.actor.address or None,
                session_id=read.actor.session_id,
            )
            for read in fresh.values()
        )


def _is_known(read: Read) -> bool:
    """Return whether it is on record; details are encrypted, so that only the program can compare them."""
    query = sa.select(ReadEvent.detail).where(
        ReadEvent.actor_id == read.actor.user_id,
        ReadEvent.recorded_at > read.at - SAME_FOR,
        ReadEvent.recorded_at <= read.at,
        *(
            getattr(ReadEvent, name).is_not_distinct_from(value)
            for name, value in (
                ("session_id", read.actor.session_id),
                ("action", read.action),
                ("letter_id", read.letter_id),
                ("subject", read.subject),
            )
        ),
    )
    return read.detail in db.session.scalars(query).all()
