"""Deflected letters of simulated years: readers for whom a published answer is enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.periods import civil_date, midnight
from portal.models import ArchiveEntry, DeflectedLetter
from portal.services.archive.deflection import row_of

SHARE = 0.06
"""Deflected letters for each entry; those later than the last moment are left out."""
_MEAN_DAYS = 75.0
"""An answer helps most while it is new."""
_EARLIEST, _LATEST, _BUSIEST = 7.0, 23.5, 11.0
_CHUNK = 500


def load_deflected(session: Session, seed: int, until: datetime) -> None:
    """Write the deflected letters of the whole archive up to ``until``.

    The day of each lies after its entry was published and before it was unpublished.
    """
    chance = Random(f"avoided {seed}")  # noqa: S311
    last = session.scalar(sa.select(sa.func.max(ArchiveEntry.id))) or 0
    chosen = sorted(chance.choices(range(1, last + 1), k=round(last * SHARE))) if last else []
    for at in range(0, len(chosen), _CHUNK):
        ids = chosen[at : at + _CHUNK]
        rows = list(_rows(chance, _entries(session, ids), ids, until))
        if rows:
            session.execute(sa.insert(DeflectedLetter), rows)


Entry = sa.Row[int, int, Kind, datetime, datetime | None]
"""Id, organisation, kind, and when an entry was published and unpublished."""


def _entries(session: Session, ids: list[int]) -> dict[int, Entry]:
    entry = ArchiveEntry
    query = sa.select(
        entry.id, entry.organisation_id, entry.kind, entry.published_at, entry.unpublished_at
    ).where(entry.id.in_(set(ids)))
    return {row.id: row for row in session.execute(query)}


def _rows(
    chance: Random, entries: dict[int, Entry], ids: list[int], until: datetime
) -> Iterator[dict[str, object]]:
    for each in ids:
        entry = entries[each]
        days = 1 + int(chance.expovariate(1 / _MEAN_DAYS))
        hour = chance.triangular(_EARLIEST, _LATEST, _BUSIEST)
        day = midnight(civil_date(entry.published_at) + timedelta(days=days))
        moment = (day + timedelta(seconds=int(hour * 3600))).astimezone(UTC)
        if moment < min(until, entry.unpublished_at or until):
            yield row_of(each, entry.organisation_id, entry.kind, moment)
