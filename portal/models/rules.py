"""Rules stored as data: the calendar's exceptions, deadline rules, and counters."""

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


class DeadlineRuleRow(Model):
    """A version of a deadline rule that administrators entered; it goes before built-in ones.

    ``organisation_id`` is the organisation whose letters, and those of the organisations below it,
    follow the rule; empty for every organisation.
    """

    __tablename__ = "deadline_rule"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(48))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    days: Mapped[int]
    unit: Mapped[str] = mapped_column(sa.String(16))
    extension_days: Mapped[int]
    source: Mapped[str] = mapped_column(sa.String(200))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]


class NumberSequence(Model):
    """The last letter number given on a civil day."""

    __tablename__ = "number_sequence"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
