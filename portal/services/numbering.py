"""Letter numbers: one counter for each civil day, safe with many writers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.domain.numbers import format_number
from portal.domain.periods import civil_date
from portal.models import NumberSequence


def next_number(session: Session, now: datetime) -> str:
    """Give out the next letter number of the civil day of ``now``."""
    return next_numbers(session, civil_date(now), 1)[0]


def next_numbers(session: Session, day: date, count: int) -> list[str]:
    """Give out the next ``count`` letter numbers of ``day`` at once, lowest first."""
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(NumberSequence)
        .values(day=day, last=count)
        .on_conflict_do_update(
            index_elements=[NumberSequence.day], set_={"last": NumberSequence.last + count}
        )
        .returning(NumberSequence.last)
    )
    last = session.execute(statement).scalar_one()
    return [format_number(day, i) for i in range(last - count + 1, last + 1)]
