"""Gathering public entries by what they are about, entry by entry as they are published.

The worker compares what is new or changed with the rest of the archive, by the index; the rule is
:mod:`portal.domain.archive.matters`. Tables keep the result: every entry that was compared has a
row, so that the work goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchEngine, SearchIndexError, SimilarHit
from portal.domain.archive.matters import NEARLY, Founding, Standing, is_close, place
from portal.domain.name_similarity import name_similarity
from portal.models import PUBLIC, ArchiveEntry, Matter, MatterEntry, db
from portal.services.core.unit import writing

BATCH = 50
"""Entries placed in one transaction."""
COMPARED = 50
"""Entries closest to one that are considered."""
_log = structlog.get_logger("portal.matters")


def place_entries(index: SearchEngine) -> int:
    """Place the entries published or changed since they were compared; return how many.

    One call places :data:`BATCH` at most. It returns 0 while the index is away.
    """
    session = db.session()
    waiting = list(
        session.execute(
            sa.select(ArchiveEntry.id, ArchiveEntry.updated_at)
            .outerjoin(MatterEntry, MatterEntry.entry_id == ArchiveEntry.id)
            .where(
                sa.or_(
                    MatterEntry.read_at.is_(None), MatterEntry.read_at != ArchiveEntry.updated_at
                )
            )
            .order_by(ArchiveEntry.updated_at, ArchiveEntry.id)
            .limit(BATCH)
        )
    )
    try:
        near = _near(session, index, [entry_id for entry_id, _ in waiting])
    except SearchIndexError as error:
        _log.warning("index_away", kind=type(error).__name__)
        return 0
    finally:
        session.rollback()
    if waiting:
        with writing() as unit:
            for entry_id, moment in waiting:
                row = unit.get(MatterEntry, entry_id) or MatterEntry(entry_id=entry_id)
                # One that is compared again may have been taken up by another of this batch.
                if row.read_at != moment:
                    _place(unit, row, near.get(entry_id, {}))
                    row.read_at = moment
    return len(waiting)


def _near(session: Session, index: SearchEngine, ids: list[int]) -> dict[int, dict[int, float]]:
    """Return the similarity of the entries close to each public one of ``ids``."""
    texts = session.execute(
        sa.select(ArchiveEntry.id, ArchiveEntry.title, ArchiveEntry.text).where(
            ArchiveEntry.id.in_(ids), PUBLIC
        )
    )
    return {
        entry_id: _close(session, title, index.similar(text, COMPARED, entry_id, title))
        for entry_id, title, text in texts.all()
    }


def _close(session: Session, title: str, hits: Iterable[SimilarHit]) -> dict[int, float]:
    """Return the similarity of those of ``hits`` that are close to an entry with ``title``."""
    near = {hit.entry_id: hit.similarity for hit in hits if hit.similarity >= NEARLY}
    query = sa.select(ArchiveEntry.id, ArchiveEntry.title).where(ArchiveEntry.id.in_(near))
    return {
        other: near[other]
        for other, theirs in (session.execute(query).all() if near else ())
        if is_close(near[other], name_similarity(title, theirs))
    }


def _place(session: Session, row: MatterEntry, near: dict[int, float]) -> None:
    leave(session, row.entry_id)
    session.add(row)
    session.flush()
    found = place(near, _standings(session, near))
    entry = session.get_one(ArchiveEntry, row.entry_id)
    if found is None or entry.unpublished_at is not None:
        return
    if isinstance(found, Founding):
        matter = Matter(centre_id=row.entry_id)
        session.add(matter)
        session.flush()
        row.matter_id, row.similarity = matter.id, 1.0
        for member in found.members:
            other = session.get_one(MatterEntry, member)
            other.matter_id, other.similarity = matter.id, near[member]
            if other.read_at is None:
                other.read_at = session.get_one(ArchiveEntry, member).updated_at
    else:
        row.matter_id = found.matter
        row.similarity = near[session.get_one(Matter, found.matter).centre_id]
    session.flush()


def _standings(session: Session, ids: Iterable[int]) -> dict[int, Standing]:
    """Return where the public ones of ``ids`` stand that have been compared."""
    rows = session.execute(
        sa.select(MatterEntry.entry_id, MatterEntry.matter_id, Matter.centre_id)
        .join(ArchiveEntry, ArchiveEntry.id == MatterEntry.entry_id)
        .outerjoin(Matter, Matter.id == MatterEntry.matter_id)
        .where(MatterEntry.entry_id.in_(list(ids)), PUBLIC)
    )
    return {entry: Standing(matter, entry == centre) for entry, matter, centre in rows}


def leave(session: Session, entry_id: int) -> None:
    """Take an entry out of its matter, if it is a member of one.

    A matter without its centre or with a single member ends; who is left is compared again.
    """
    row = session.get(MatterEntry, entry_id)
    if row is None or row.matter_id is None:
        return
    matter = session.get_one(Matter, row.matter_id)
    row.matter_id = row.similarity = None
    session.flush()
    members = session.scalars(sa.select(MatterEntry).where(MatterEntry.matter_id == matter.id))
    left = list(members)
    if matter.centre_id == entry_id or len(left) < 2:  # noqa: PLR2004 - one entry is no matter
        for member in left:
            member.matter_id = member.similarity = member.read_at = None
        session.flush()
        session.delete(matter)
        session.flush()
