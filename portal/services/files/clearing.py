"""Taking out of the store what no row needs: files discarded, forgotten in forms, or left by a crash."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.files.store import Area, FileStore, Stored
from portal.models import DiscardedFile, db
from portal.queries.files.attached import expired_files, needed_names, public_names
from portal.services.core.unit import writing
from portal.services.files.keeping import discard

GRACE = timedelta(hours=1)
"""How old a file must be that no row names: its row may be about to be written."""
_BATCH = 100


def remove_discarded(store: FileStore) -> int:
    """Take files out of the store that were discarded; return how many."""
    session = db.session()
    rows = session.scalars(sa.select(DiscardedFile).order_by(DiscardedFile.id).limit(_BATCH)).all()
    gone = [(row.id, Area(row.area), row.stored) for row in rows]
    needed = {area: _needed(session, area, [n for _, a, n in gone if a is area]) for area in Area}
    session.rollback()
    for _, area, name in gone:
        # Equal public files are one, and a correction goes on with the copies of its forerunner.
        if name not in needed[area]:
            store.delete(area, name)
    if gone:
        with writing() as unit:
            ids = [each for each, _, _ in gone]
            unit.execute(sa.delete(DiscardedFile).where(DiscardedFile.id.in_(ids)))
    return len(gone)


def sweep_unsent_files(now: datetime) -> int:
    """Delete the files of forms that nobody has sent in time; return how many."""
    with writing() as session:
        old = expired_files(session, now)
        discard(session, old)
    return len(old)


def sweep_orphans(store: FileStore, now: datetime) -> int:
    """Remove files that no row names, and what a crash has left of one; return how many."""
    removed = 0
    for area in Area:
        batch: list[Stored] = []
        for each in store.names(area):
            if each.at <= now - GRACE:
                batch.append(each)
            if len(batch) == _BATCH:
                removed += _remove(store, area, batch)
                batch = []
        removed += _remove(store, area, batch)
    return removed


def _remove(store: FileStore, area: Area, batch: Iterable[Stored]) -> int:
    session = db.session()
    names = [each.name for each in batch]
    needed = _needed(session, area, names) if names else set()
    session.rollback()
    for name in names:
        if name not in needed:
            store.delete(area, name)
    return len(names) - len(needed)


def _needed(session: Session, area: Area, names: list[str]) -> set[str]:
    return (needed_names if area is Area.PRIVATE else public_names)(session, names)
