"""The run of the demo: organisations, people, two years of letters, disclosure requests.

Everything goes through the services that serve the pages. Letters are written in batches, each of
them a unit of work. A run that was interrupted is completed by the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from operator import itemgetter

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ArchiveEntry, Event, Letter, Organisation, db
from portal.models.base import fingerprint
from portal.queries.rules import work_calendar
from portal.services.archive.deflection import deflect
from portal.services.core.unit import writing
from portal.services.office.accounts import hash_password
from portal.tools.demo.actions import DemoContext, form_token
from portal.tools.demo.disclosure_requests import requests_written, write_requests
from portal.tools.demo.plan import plan
from portal.tools.demo.staff import PASSWORD, Staff, hired_at
from portal.tools.instance import Size, enter_samples, must_be_empty, size_of
from portal.tools.samples.disclosure import sample_requests
from portal.tools.samples.letters import sample_letters
from portal.tools.samples.organisations import ROOT_CODE

FOUNDED = timedelta(days=900)
"""Age of the demo's organisations and accounts; the first letter is younger."""
DEFLECTED_EACH = 6
"""Public entries for each deflected letter."""
BATCH = 200
"""Least number of actions in a unit of work."""


def set_up_demo(
    code_key: bytes, now: datetime, progress: Callable[[int, int], None]
) -> Size | None:
    """Set the demo up and return its size, or ``None`` where it is complete already.

    A run that was interrupted goes on where it stopped, as of the moment at which it began.
    ``progress`` gets the number of actions done since the last call, and of all. Raises :class:`ActionNotAllowed` where
    there are real letters or people.
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
            enter_samples(session, now - FOUNDED)
        context = _context(session, hashed, code_key, now)
    _write_letters(context, progress)
    with writing() as session:
        write_requests(
            session, sample_requests(), context.staff, context.organisations, code_key, now
        )
        _deflect_letters(session, now)
        return size_of(session)


def _context(session: Session, hashed: str, code_key: bytes, now: datetime) -> DemoContext:
    """Return the context of the actions, with the letters of an interrupted run."""
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
    return DemoContext(session, staff, organisations, work_calendar(session), code_key, now, ids)


def _write_letters(context: DemoContext, progress: Callable[[int, int], None]) -> None:
    """Take the actions on all letters that are left, each batch a unit of work."""
    # The sort is stable: actions of one letter at one moment stay in order.
    actions = sorted(
        (action for sample in sample_letters() for action in plan(sample, context)),
        key=itemgetter(0),
    )
    reached = _reached(context)
    done = sum(moment <= reached for moment, _ in actions) if reached else 0
    progress(done, len(actions))
    while done < len(actions):
        with writing():
            began = done
            while done < len(actions):
                moment, do = actions[done]
                do(moment)
                done += 1
                progress(1, len(actions))
                # A later run continues from the last event, so a batch ends with one.
                ready = done - began >= BATCH and done < len(actions)
                if ready and actions[done][0] > moment and _reached(context) == moment:
                    break


def _reached(context: DemoContext) -> datetime | None:
    """Return the moment of the last action done, None before the first one."""
    query = sa.select(sa.func.max(Event.occurred_at)).where(Event.letter_id.is_not(None))
    return context.session.scalar(query.where(Event.occurred_at <= context.now))


def _deflect_letters(session: Session, now: datetime) -> None:
    """Add deflected letters, each some days after its entry was published."""
    entry = ArchiveEntry
    query = sa.select(entry.id, entry.published_at, entry.unpublished_at).order_by(entry.id)
    for number, (entry_id, published_at, unpublished_at) in enumerate(
        session.execute(query).all(), 1
    ):
        moment = published_at + timedelta(days=2 + number % 23, hours=number % 5)
        if unpublished_at is None and number % DEFLECTED_EACH == 0 and moment < now:
            deflect(entry_id, f"demo {number}", moment)
