"""Notices of readers about the site: those that wait for an answer, and one by its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.numbers import hash_code
from portal.domain.periods import civil_date
from portal.models import SiteNotice
from portal.queries.paging import Slice, slice_of
from portal.queries.rules import work_calendar

ANSWER_DAYS = 3
"""Working days within which a notice is answered (政府网站发展指引, 国办发〔2017〕47号)."""
_BOUND_TO = "site-notice"
"""What the code of a notice is hashed with, where that of a letter is hashed with its number."""


@dataclass(frozen=True, slots=True)
class SiteNoticeRow:
    """A notice with the day by which it is to be answered."""

    id: int
    page: str
    text: str
    created_at: datetime
    due_on: date
    answer: str | None
    answered_at: datetime | None


def notice_hash(key: bytes, code: str) -> str:
    """Return what is stored of the code of a notice."""
    return hash_code(key, _BOUND_TO, code)


def site_notice(session: Session, key: bytes, code: str) -> SiteNoticeRow | None:
    """Return the notice that ``code`` opens."""
    query = sa.select(SiteNotice).where(SiteNotice.code_hash == notice_hash(key, code))
    found = session.scalar(query)
    return _rows(session, [found])[0] if found is not None else None


def open_site_notice(session: Session, notice_id: int) -> SiteNoticeRow | None:
    """Return the notice ``notice_id``."""
    found = session.get(SiteNotice, notice_id)
    return _rows(session, [found])[0] if found is not None else None


def site_notices(
    session: Session, *, answered: bool, page: int, size: int
) -> tuple[Slice, list[SiteNoticeRow]]:
    """Return one page of the notices: waiting, the oldest first, or answered, the latest first."""
    waits = SiteNotice.answered_at.is_(None)
    wanted = ~waits if answered else waits
    total = session.scalars(sa.select(sa.func.count()).select_from(SiteNotice).where(wanted)).one()
    part = slice_of(total, page, size)
    order = SiteNotice.answered_at.desc() if answered else SiteNotice.created_at
    query = sa.select(SiteNotice).where(wanted).order_by(order, SiteNotice.id)
    return part, _rows(session, session.scalars(query.offset(part.offset).limit(size)).all())


def _rows(session: Session, found: Sequence[SiteNotice]) -> list[SiteNoticeRow]:
    calendar = work_calendar(session)
    return [
        SiteNoticeRow(
            each.id,
            each.page,
            each.text,
            each.created_at,
            calendar.add_working_days(civil_date(each.created_at), ANSWER_DAYS),
            each.answer,
            each.answered_at,
        )
        for each in found
    ]
