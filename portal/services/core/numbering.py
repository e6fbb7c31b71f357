"""Numbers of letters and requests: a counter for each civil day or year, for many writers.

On PostgreSQL a counter is raised in a transaction of its own, over a connection of its own, so
that no writer waits for another. The number of a letter that is not stored in the end stays unused.
SQLite has one writer; there the counter belongs to the unit of work.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.disclosure.numbers import format_request_number
from portal.domain.letters.numbers import format_number
from portal.domain.periods import civil_date
from portal.models import DisclosureSequence, NumberSequence, db
from portal.models.base import NUMBERS
from portal.services.core.upsert import upsert


def next_number(session: Session, now: datetime) -> str:
    """Give out the next letter number of the civil day of ``now``."""
    return next_numbers(session, civil_date(now), 1)[0]


def next_numbers(session: Session, day: date, count: int) -> list[str]:
    """Give out the next ``count`` letter numbers of ``day`` at once, lowest first."""
    last = _advance(session, NumberSequence.day, NumberSequence.last, day, count)
    return [format_number(day, i) for i in range(last - count + 1, last + 1)]


def next_request_number(session: Session, received: date) -> str:
    """Give out the next number of a request for disclosure, in the civil year of ``received``."""
    year = received.year
    last = _advance(session, DisclosureSequence.year, DisclosureSequence.last, year, 1)
    return format_request_number(year, last)


def _advance(session: Session, key: Any, last: Any, value: date | int, count: int) -> int:
    """Raise the counter of ``value`` by ``count`` and return what it shows then."""
    rows = [{key.key: value, last.key: count}]
    raised = upsert(session, key.class_, rows, [key], lambda _new: {last.key: last + count})
    statement = raised.returning(last)
    if session.get_bind().dialect.name == "sqlite":
        return int(session.execute(statement).scalar_one())
    # The disk need not be waited for: the commit of the letter, later in the same log, does that.
    unsynchronised = sa.func.set_config("synchronous_commit", "off", True)
    with db.engines[NUMBERS].connect() as connection:
        return int(connection.execute(statement.returning(unsynchronised)).scalar_one())
