"""The letters of a citizen who signs in."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Letter
from portal.queries.paging import Page, slice_of


def my_letters(session: Session, citizen_key: str, page: int, size: int) -> Page[Letter]:
    """Return one page of the letters that a citizen keeps, the newest first."""
    mine = Letter.citizen_key == citizen_key
    total = session.scalars(sa.select(sa.func.count()).select_from(Letter).where(mine)).one()
    part = slice_of(total, page, size)
    query = sa.select(Letter).where(mine).order_by(Letter.id.desc())
    rows = list(session.scalars(query.offset(part.offset).limit(size)))
    return Page(rows, total, part.page, part.pages)


def my_letter(session: Session, citizen_key: str, number: str) -> Letter | None:
    """Return the letter with ``number`` if the citizen keeps it."""
    mine = sa.select(Letter).where(Letter.number == number, Letter.citizen_key == citizen_key)
    return session.scalar(mine)
