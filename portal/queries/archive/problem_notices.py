"""Readers' reports that something is wrong with a public entry, for those who decide on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.models import ArchiveEntry, Letter, ProblemNotice
from portal.queries.scope import Condition, letters_for

MOST = 100
"""Reports shown at once, the oldest first; the next follow as these are settled."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report with the entry and letter it is about; ``title`` is the public one."""

    id: int
    text: str
    created_at: datetime
    entry_id: int
    title: str
    withdrawn: bool
    number: str
    organisation: str


def reports_for(actor: Actor) -> Condition:
    """Return the condition on ``Letter`` for whose readers' reports ``actor`` settles."""
    return letters_for(actor, Permission.PUBLICATION_DECIDE)


def open_reports(session: Session, actor: Actor) -> list[ReportRow]:
    """Return the reports that wait for ``actor``, the oldest first, at most ``MOST``."""
    rows = session.execute(
        sa.select(ProblemNotice, ArchiveEntry, Letter.number, Letter.title)
        .join(ArchiveEntry, ProblemNotice.entry_id == ArchiveEntry.id)
        .join(Letter, ArchiveEntry.letter_id == Letter.id)
        .where(ProblemNotice.settled_at.is_(None), reports_for(actor))
        .order_by(ProblemNotice.created_at, ProblemNotice.id)
        .limit(MOST)
    )
    return [
        ReportRow(
            report.id,
            report.text,
            report.created_at,
            entry.id,
            entry.title or title,
            entry.withdrawn_at is not None,
            number,
            entry.organisation_name,
        )
        for report, entry, number, title in rows
    ]


def count_open_reports(session: Session, actor: Actor) -> int:
    """Return how many reports wait for ``actor``."""
    return session.scalars(
        sa.select(sa.func.count())
        .select_from(ProblemNotice)
        .join(ArchiveEntry, ProblemNotice.entry_id == ArchiveEntry.id)
        .join(Letter, ArchiveEntry.letter_id == Letter.id)
        .where(ProblemNotice.settled_at.is_(None), reports_for(actor))
    ).one()
