"""The demo: organisations, people, two years of letters, requests, by the real services.

Letters are written in batches, each of them a unit of work. A run that was interrupted is completed
by the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ArchiveEntry, Event, Letter, Organisation, User, db
from portal.models.base import fingerprint
from portal.queries.rules import work_calendar
from portal.services.archive.deflection import avoid
from portal.services.core.unit import writing
from portal.services.office.accounts import hash_password
from portal.tools.demo.acts import Setting, form_token
from portal.tools.demo.disclosure_requests import requests_written, write_requests
from portal.tools.demo.plan import plan
from portal.tools.demo.staff import PASSWORD, Staff, hired_at
from portal.tools.organisation_tree import must_be_empty, plant_samples
from portal.tools.samples.disclosure import sample_requests
from portal.tools.samples.letters import sample_letters
from portal.tools.samples.organisations import ROOT_CODE

FOUNDED = timedelta(days=900)
"""How long ago the demo's organisations and accounts were entered: before the first letter."""
DEFLECTED_EACH = 6
"""Of so many public entries one has made a reader's letter needless."""
BATCH = 200
"""Acts in a unit of work, or a few more."""


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
    """Set the demo up and return its size, or ``None`` where it is complete already.

    One that was interrupted goes on where it stopped, as of the moment at which it was begun.
    ``progress`` gets the number of acts done and of all. Raises :class:`ActionNotAllowed` where
    real letters or people are.
    """
    hired = hired_at(db.session())
    if hired is not None and requests_written(db.session()):
        return None
    # Hashing is slow on purpose, so it is done before the write lock is taken.
    hashed = hash_password(PASSWORD) if hired is None else ""
    now = now if hired is None else hired + FOUNDED
    with writing() as session:
        if hired is None:
            must_be_empty(session)
            plant_samples(session, now - FOUNDED)
        setting = _setting(session, hashed, code_key, now)
    _write_letters(setting, progress)
    with writing() as session:
        write_requests(
            session, sample_requests(), setting.staff, setting.organisations, code_key, now
        )
        _deflect_letters(session, now)
        return demo_size(session)


def _setting(session: Session, hashed: str, code_key: bytes, now: datetime) -> Setting:
    """Return what the acts share, with the letters of an interrupted run."""
    organisations = {each.code: each for each in session.scalars(sa.select(Organisation))}
    samples, staff = sample_letters(), Staff(organisations)
    visited = {ROOT_CODE, *(code for sample in samples for code in sample.hops)}
    visited |= {sample.organisation for sample in sample_requests()}
    staff.hire(session, visited, hashed, now - FOUNDED)
    written = dict(session.execute(sa.select(Letter.form_key, Letter.id)).all())
    ids = {
        sample.key: written[key]
        for sample in samples
        if (key := fingerprint(form_token(sample))) in written
    }
    return Setting(session, staff, organisations, work_calendar(session), code_key, now, ids)


def _write_letters(setting: Setting, progress: Callable[[int, int], None]) -> None:
    """Do the acts of all letters that are not done yet, each batch a unit of work."""
    # The sort is stable: acts of one letter at one moment stay in order.
    acts = sorted(
        (act for sample in sample_letters() for act in plan(sample, setting)),
        key=lambda act: act.moment,
    )
    reached = _reached(setting)
    done = sum(act.moment <= reached for act in acts) if reached else 0
    while done < len(acts):
        with writing():
            began = done
            while done < len(acts):
                act = acts[done]
                act.do(act.moment)
                done += 1
                progress(done, len(acts))
                # A run that goes on takes its place from the events, so a batch ends with one.
                if done - began >= BATCH and done < len(acts):
                    later = acts[done].moment > act.moment
                    if later and _reached(setting) == act.moment:
                        break


def _reached(setting: Setting) -> datetime | None:
    """Return the moment of the last act done, None before the first one."""
    query = sa.select(sa.func.max(Event.occurred_at)).where(Event.letter_id.is_not(None))
    return setting.session.scalar(query.where(Event.occurred_at <= setting.now))


def _deflect_letters(session: Session, now: datetime) -> None:
    """Let readers say that an answer was enough, some days after it was published."""
    entry = ArchiveEntry
    query = sa.select(entry.id, entry.published_at, entry.unpublished_at).order_by(entry.id)
    for number, (entry_id, published_at, unpublished_at) in enumerate(
        session.execute(query).all(), 1
    ):
        moment = published_at + timedelta(days=2 + number % 23, hours=number % 5)
        if unpublished_at is None and number % DEFLECTED_EACH == 0 and moment < now:
            avoid(entry_id, f"demo {number}", moment)


def demo_size(session: Session) -> DemoSize:
    """Return what is in the house now."""

    def count(*conditions: sa.ColumnElement[bool], of: type[db.Model]) -> int:  # type: ignore[name-defined]
        query = sa.select(sa.func.count()).select_from(of).where(*conditions)
        return session.scalar(query) or 0

    return DemoSize(
        organisations=count(of=Organisation),
        users=count(of=User),
        letters=count(of=Letter),
        published=count(ArchiveEntry.unpublished_at.is_(None), of=ArchiveEntry),
    )
