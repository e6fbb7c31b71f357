"""What is asked most: public entries by the matter that they are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import HELPFULNESS, PUBLIC, ArchiveEntry, Matter, MatterEntry
from portal.queries.archive.table import entries_query
from portal.queries.paging import Page, slice_of

RECENT = timedelta(days=90)
"""Letters written since then say what is asked now."""
_Counted = sa.Select[int | None, int, int, date]
LEAST = 2
"""Public entries that make a matter."""


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter with the title of its centre.

    ``answers`` are its public entries, ``recent`` those of them written in the last days of
    :data:`RECENT`, ``answered_on`` is the day of the latest answer.
    """

    id: int
    title: str
    answers: int
    recent: int
    answered_on: date


def matters(session: Session, today: date, page: int, per_page: int) -> Page[MatterRow]:
    """Return a page of the matters, those with most recent entries first, then the largest."""
    counted = _counted(today)
    found = counted.subquery()
    total = session.scalar(sa.select(sa.func.count()).select_from(found)) or 0
    part = slice_of(total, page, per_page)
    return Page(_rows(session, counted, part.size, part.offset), total, part.page, part.pages)


def map_matters(session: Session, most: int) -> list[tuple[int, date]]:
    """Return id and day of the latest answer of the ``most`` matters with the latest answers."""
    latest = sa.func.max(ArchiveEntry.answered_on)
    query = (
        sa.select(MatterEntry.matter_id, latest)
        .join(ArchiveEntry, ArchiveEntry.id == MatterEntry.entry_id)
        .where(PUBLIC, MatterEntry.matter_id.is_not(None))
        .group_by(MatterEntry.matter_id)
        .having(sa.func.count() >= LEAST)
        .order_by(latest.desc(), MatterEntry.matter_id)
        .limit(most)
    )
    return [(matter, day) for matter, day in session.execute(query) if matter is not None]


def asked_most(session: Session, today: date, count: int) -> list[MatterRow]:
    """Return the ``count`` matters that are asked most now, without those asked once or never."""
    return _rows(session, _counted(today).having(_recent(today) >= LEAST), count)


def matter_of(session: Session, entry_id: int) -> tuple[int, int] | None:
    """Return the matter of an entry and how many public entries it has; ``None`` without one."""
    own = sa.select(MatterEntry.matter_id).where(MatterEntry.entry_id == entry_id)
    row = session.execute(
        sa.select(Matter.id, sa.func.count())
        .join(MatterEntry, MatterEntry.matter_id == Matter.id)
        .join(ArchiveEntry, ArchiveEntry.id == MatterEntry.entry_id)
        .where(PUBLIC, Matter.id == own.scalar_subquery())
        .group_by(Matter.id)
        .having(sa.func.count() >= LEAST)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def matter_title(session: Session, matter_id: int) -> str | None:
    """Return the title of the centre of a matter; ``None`` where there is no such matter."""
    return session.scalar(
        sa.select(ArchiveEntry.title)
        .join(Matter, Matter.centre_id == ArchiveEntry.id)
        .where(PUBLIC, Matter.id == matter_id)
    )


def answers(session: Session, matter_id: int, page: int, per_page: int) -> Page[ArchiveEntry]:
    """Return a page of the entries of a matter, the best answer first.

    That is one that still holds, of these the one that most readers found helpful, then the newest.
    """
    members = sa.select(MatterEntry.entry_id).where(MatterEntry.matter_id == matter_id)
    within = ArchiveEntry.id.in_(members)
    total = session.scalar(sa.select(sa.func.count(ArchiveEntry.id)).where(PUBLIC, within)) or 0
    part = slice_of(total, page, per_page)
    query = entries_query().where(within).order_by(*BEST_FIRST)
    rows = session.scalars(query.limit(part.size).offset(part.offset))
    return Page(list(rows), total, part.page, part.pages)


BEST_FIRST: tuple[sa.ColumnElement[Any], ...] = (
    ArchiveEntry.policy_change_id.is_not(None),
    HELPFULNESS.desc(),
    ArchiveEntry.answered_on.desc(),
    ArchiveEntry.id.desc(),
)


def _recent(today: date) -> sa.ColumnElement[int]:
    return sa.func.count().filter(ArchiveEntry.asked_on > today - RECENT)


def _counted(today: date) -> _Counted:
    """Return the query for the matters with their counts, in their order."""
    recent, size = _recent(today), sa.func.count()
    return (
        sa.select(
            MatterEntry.matter_id,
            size.label("answers"),
            recent.label("recent"),
            sa.func.max(ArchiveEntry.answered_on).label("answered_on"),
        )
        .join(ArchiveEntry, ArchiveEntry.id == MatterEntry.entry_id)
        .where(PUBLIC, MatterEntry.matter_id.is_not(None))
        .group_by(MatterEntry.matter_id)
        .having(size >= LEAST)
        .order_by(recent.desc(), size.desc(), MatterEntry.matter_id)
    )


def _rows(session: Session, counted: _Counted, limit: int, offset: int = 0) -> list[MatterRow]:
    found = session.execute(counted.limit(limit).offset(offset)).all()
    titles = dict(
        session.execute(
            sa.select(Matter.id, ArchiveEntry.title)
            .join(ArchiveEntry, ArchiveEntry.id == Matter.centre_id)
            .where(Matter.id.in_([row.matter_id for row in found]))
        ).all()
    )
    return [
        MatterRow(row.matter_id, titles[row.matter_id], row.answers, row.recent, row.answered_on)
        for row in found
    ]
