"""Problem notices: what readers find wrong with public entries, for those who decide on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.models import ArchiveEntry, Letter, ProblemNotice
from portal.queries.scope import Condition, letters_for

MOST = 100
"""Notices shown at once, the oldest first; the next follow as these are resolved."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice with the entry and letter it is about; ``title`` is the public one."""

    id: int
    text: str
    created_at: datetime
    entry_id: int
    title: str
    unpublished: bool
    number: str
    organisation: str


def notices_for(actor: Actor) -> Condition:
    """Return the condition on ``Letter`` for those whose problem notices ``actor`` resolves."""
    return letters_for(actor, Permission.PUBLICATION_DECIDE)


def open_notices(session: Session, actor: Actor) -> list[NoticeRow]:
    """Return the notices that wait for ``actor``, the oldest first, at most :data:`MOST`."""
    rows = session.execute(
        sa.select(ProblemNotice, ArchiveEntry, Letter.number, Letter.title)
        .join(ArchiveEntry, ProblemNotice.entry_id == ArchiveEntry.id)
        .join(Letter, ArchiveEntry.letter_id == Letter.id)
        .where(ProblemNotice.resolved_at.is_(None), notices_for(actor))
        .order_by(ProblemNotice.created_at, ProblemNotice.id)
        .limit(MOST)
    )
    return [
        NoticeRow(
            notice.id,
            notice.text,
            notice.created_at,
            entry.id,
            entry.title or title,
            entry.unpublished_at is not None,
            number,
            entry.organisation_name,
        )
        for notice, entry, number, title in rows
    ]


def count_open_notices(session: Session, actor: Actor) -> int:
    """Return how many notices wait for ``actor``."""
    return session.scalars(
        sa.select(sa.func.count())
        .select_from(ProblemNotice)
        .join(ArchiveEntry, ProblemNotice.entry_id == ArchiveEntry.id)
        .join(Letter, ArchiveEntry.letter_id == Letter.id)
        .where(ProblemNotice.resolved_at.is_(None), notices_for(actor))
    ).one()
