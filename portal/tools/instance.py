"""An instance to be filled: whether it is empty, the sample organisations, what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.errors import N_, ActionNotAllowed
from portal.models import PUBLIC, ArchiveEntry, Letter, Organisation, User, db
from portal.services.office.organisations import NewOrganisation, add_organisations
from portal.tools.samples.organisations import sample_organisations


def must_be_empty(session: Session) -> None:
    """Raise :class:`ActionNotAllowed` where there are real organisations, people or letters."""
    size = size_of(session)
    if size.organisations > 1 or size.users or size.letters:
        raise ActionNotAllowed(
            N_("这里已有真实的单位、用户或信件，不能再放入演示数据；请另设一个空的数据目录。")
        )


def enter_samples(session: Session, now: datetime) -> None:
    """Enter the sample organisations below the office that a new instance has."""
    office = session.scalar(sa.select(Organisation).where(Organisation.parent_id.is_(None)))
    top = sample_organisations()[0]
    if office is not None:
        office.code, office.name, office.short_name = top.code, top.name, top.short_name
        for version in office.versions:
            version.name = top.name
        session.flush()
    rows = [
        NewOrganisation(s.code, s.name, s.kind, s.parent_code, s.short_name)
        for s in sample_organisations()
    ]
    add_organisations(rows, SYSTEM, now)


@dataclass(frozen=True, slots=True)
class Size:
    """What an instance holds; ``published`` are the entries that are public."""

    organisations: int
    users: int
    letters: int
    published: int


def size_of(session: Session) -> Size:
    """Return what the instance holds now."""

    def count(of: type[db.Model], *where: sa.ColumnElement[bool]) -> int:  # type: ignore[name-defined]
        return session.scalars(sa.select(sa.func.count()).select_from(of).where(*where)).one()

    public = PUBLIC
    return Size(count(Organisation), count(User), count(Letter), count(ArchiveEntry, public))
