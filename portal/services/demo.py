"""The demo house: organisations, people and two years of letters, through the real services.

Everything is one unit of work: a demo is there as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.errors import N_, ActionNotAllowed
from portal.models import ArchiveEntry, Letter, Organisation, User, db
from portal.queries.rules import work_calendar
from portal.samples.letters import sample_letters
from portal.samples.organisations import ROOT_CODE, sample_organisations
from portal.services.accounts import hash_password
from portal.services.demo_acts import Setting
from portal.services.demo_staff import PASSWORD, Staff, installed
from portal.services.demo_walk import plan
from portal.services.organisations import NewOrganisation, plant
from portal.services.unit import writing

FOUNDED = timedelta(days=900)
"""How long ago the demo's organisations and accounts were entered: before the first letter."""


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
        _must_be_empty(session)
        _adopt_office(session)
        rows = [
            NewOrganisation(s.code, s.name, s.kind, s.parent_code, s.short_name)
            for s in sample_organisations()
        ]
        plant(rows, SYSTEM, now - FOUNDED)
        _write_letters(session, hashed, code_key, now, progress)
        return demo_size(session)


def _must_be_empty(session: Session) -> None:
    many = session.scalars(sa.select(Organisation.id).limit(2)).all()
    people = session.scalar(sa.select(User.id).limit(1))
    letters = session.scalar(sa.select(Letter.id).limit(1))
    if len(many) > 1 or people is not None or letters is not None:
        raise ActionNotAllowed(
            N_("这里已有真实的单位、用户或信件，不能再放入演示数据；请另设一个空的数据目录。")
        )


def _adopt_office(session: Session) -> None:
    """Make the office that an empty house was opened with the top of the demo's tree."""
    office = session.scalar(sa.select(Organisation).where(Organisation.parent_id.is_(None)))
    top = sample_organisations()[0]
    if office is not None:
        office.code, office.name, office.short_name = top.code, top.name, top.short_name
        for version in office.versions:
            version.name = top.name
        session.flush()


def _write_letters(
    session: Session,
    hashed: str,
    code_key: bytes,
    now: datetime,
    progress: Callable[[int, int], None],
) -> None:
    organisations = {each.code: each for each in session.scalars(sa.select(Organisation))}
    samples = sample_letters()
    staff = Staff(organisations)
    visited = {ROOT_CODE, *(code for sample in samples for code in sample.hops)}
    staff.hire(session, visited, hashed, now - FOUNDED)
    setting = Setting(session, staff, organisations, work_calendar(session), code_key, now)
    acts = [act for sample in samples for act in plan(sample, setting)]
    # The sort is stable: acts of one letter at one moment stay in order.
    for done, act in enumerate(sorted(acts, key=lambda act: act.moment), start=1):
        act.do(act.moment)
        progress(done, len(acts))


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
