"""The demo house: organisations, people, two years of letters, requests, by the real services.

Everything is one unit of work: a demo is there as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ArchiveEntry, Letter, Organisation, User, db
from portal.queries.rules import work_calendar
from portal.services.archive.deflection import avoid
from portal.services.core.unit import writing
from portal.services.office.accounts import hash_password
from portal.tools.demo.acts import Setting
from portal.tools.demo.disclosure_requests import write_requests
from portal.tools.demo.plan import plan
from portal.tools.demo.staff import PASSWORD, Staff, installed
from portal.tools.organisation_tree import must_be_empty, plant_samples
from portal.tools.samples.disclosure import sample_requests
from portal.tools.samples.letters import sample_letters
from portal.tools.samples.organisations import ROOT_CODE

FOUNDED = timedelta(days=900)
"""How long ago the demo's organisations and accounts were entered: before the first letter."""
SPARED_EACH = 6
"""Of so many public entries one has spared a reader a letter."""


@dataclass(frozen=True, slots=True)
class DemoSize:
    """What is in the house."""

    organisations: int
    users: int
    letters: int
    published: int


def set_up_demo(
    code_key: bytes, now: datetime, progress: Callable[[int, int], None]
) -> DemoSize | None:
    """Set the demo up and return its size, or ``None`` where it is there already.

    ``progress`` gets the number of acts done and of all. Raises :class:`ActionNotAllowed` in a
    house that real letters or people live in.
    """
    if installed(db.session()):
        return None
    # Hashing is slow on purpose, so it is done before the write lock is taken.
    hashed = hash_password(PASSWORD)
    with writing() as session:
        must_be_empty(session)
        plant_samples(session, now - FOUNDED)
        _write_letters(session, hashed, code_key, now, progress)
        return demo_size(session)


def _write_letters(
    session: Session,
    hashed: str,
    code_key: bytes,
    now: datetime,
    progress: Callable[[int, int], None],
) -> None:
    organisations = {each.code: each for each in session.scalars(sa.select(Organisation))}
    samples, requests = sample_letters(), sample_requests()
    staff = Staff(organisations)
    visited = {ROOT_CODE, *(code for sample in samples for code in sample.hops)}
    visited |= {sample.organisation for sample in requests}
    staff.hire(session, visited, hashed, now - FOUNDED)
    setting = Setting(session, staff, organisations, work_calendar(session), code_key, now)
    acts = [act for sample in samples for act in plan(sample, setting)]
    # The sort is stable: acts of one letter at one moment stay in order.
    for done, act in enumerate(sorted(acts, key=lambda act: act.moment), start=1):
        act.do(act.moment)
        progress(done, len(acts))
    write_requests(session, requests, staff, organisations, code_key, now)
    _spare_letters(session, now)


def _spare_letters(session: Session, now: datetime) -> None:
    """Let readers say that an answer was enough, some days after it was published."""
    entry = ArchiveEntry
    query = sa.select(entry.id, entry.published_at).where(
        entry.withdrawn_at.is_(None), entry.id % SPARED_EACH == 0
    )
    for entry_id, published_at in session.execute(query.order_by(entry.id)).all():
        moment = published_at + timedelta(days=2 + entry_id % 23, hours=entry_id % 5)
        if moment < now:
            avoid(entry_id, f"demo {entry_id}", moment)


def demo_size(session: Session) -> DemoSize:
    """Return what is in the house now."""

    def count(*conditions: sa.ColumnElement[bool], of: type[db.Model]) -> int:  # type: ignore[name-defined]
        query = sa.select(sa.func.count()).select_from(of).where(*conditions)
        return session.scalar(query) or 0

    return DemoSize(
        organisations=count(of=Organisation),
        users=count(of=User),
        letters=count(of=Letter),
        published=count(ArchiveEntry.withdrawn_at.is_(None), of=ArchiveEntry),
    )
