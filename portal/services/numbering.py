"""Letter numbers: one counter for each civil day, safe with many writers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.domain.numbers import format_number
from portal.domain.periods import civil_date
from portal.models import NumberSequence


def next_number(session: Session, now: datetime) -> str:
    """Give out the next letter number of the civil day of ``now``."""
    day = civil_date(now)
    dialect: Any = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(NumberSequence)
        .values(day=day, last=1)
        .on_conflict_do_update(
            index_elements=[NumberSequence.day], set_={"last": NumberSequence.last + 1}
        )
        .returning(NumberSequence.last)
    )
    return format_number(day, session.execute(statement).scalar_one())
