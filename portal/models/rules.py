"""Rules stored as data: the calendar's exceptions, time limits, and counters."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Id, Model


class CalendarDay(Model):
    """An exception to the announced calendar: ``kind`` is a ``DayKind`` value."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    note: Mapped[str] = mapped_column(sa.String(100), default="")


class LimitRow(Model):
    """A time limit that replaces the built-in one of the same code from ``valid_from`` on."""

    __tablename__ = "limit_rule"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(48), index=True)
    days: Mapped[int]
    unit: Mapped[str] = mapped_column(sa.String(16))
    extension_days: Mapped[int]
    source: Mapped[str] = mapped_column(sa.String(200))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class NumberSequence(Model):
    """The last letter number given out on a civil day."""

    __tablename__ = "number_sequence"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
