"""Deflected letters of a simulated year: after publication, the same for the same seed."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.periods import Period, civil_date
from portal.models import ArchiveEntry, DeflectedLetter
from portal.services.core.unit import writing
from portal.tools.simulation.deflected import load_deflected
from portal.tools.simulation.run import simulate
from portal.tools.simulation.specification import Specification

NOW = datetime(2026, 1, 1, tzinfo=UTC)
END = Period(2016).ends_at


def rows(session: Session) -> list[tuple[object, ...]]:
    """All that is kept of deflected letters, but their ids."""
    columns = [c for c in DeflectedLetter.__table__.columns if c.name != "id"]
    session.rollback()
    return [tuple(row) for row in session.execute(sa.select(*columns).order_by(DeflectedLetter.id))]


def test_readers_come_after_publication(session: Session) -> None:
    """Each comes a day or more after its entry was published, before its end, within the year."""
    simulate(Specification((2016,), 700, 610, 430, seed=3), [], NOW)
    found = session.execute(
        sa.select(DeflectedLetter, ArchiveEntry).join(
            ArchiveEntry, ArchiveEntry.id == DeflectedLetter.entry_id
        )
    ).all()
    assert 5 <= len(found) <= 30
    for deflected, entry in found:
        assert civil_date(deflected.occurred_at) > civil_date(entry.published_at)
        assert deflected.occurred_at < min(END, entry.unpublished_at or END)
        assert (deflected.organisation_id, deflected.kind) == (entry.organisation_id, entry.kind)


def test_the_same_seed_gives_the_same_readers(session: Session) -> None:
    """The same seed gives the same deflected letters, another seed gives others."""
    simulate(Specification((2016,), 700, 610, 430, seed=3), [], NOW)
    first = rows(session)
    for seed, same in ((3, True), (4, False)):
        with writing() as unit:
            unit.execute(sa.delete(DeflectedLetter))
            load_deflected(unit, seed, END)
        assert (rows(session) == first) is same
