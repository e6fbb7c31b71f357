"""Rules stored as data: the calendar's exceptions, deadline rules, groups of words, and counters."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Id, Model, UtcDateTime


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


class WordGroupRow(Model):
    """A group of words by which searches go, written as in the files of the product.

    ``shipped_key`` names the shipped group that it replaces, ``topic`` the file it would stand in. A
    row is never deleted: ``active`` says whether it counts, ``version`` rises with each change.
    """

    __tablename__ = "word_group"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    topic: Mapped[str] = mapped_column(sa.String(24))
    shipped_key: Mapped[str | None] = mapped_column(sa.String(12), unique=True)
    text: Mapped[str] = mapped_column(sa.Text)
    active: Mapped[bool]
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NumberSequence(Model):
    """The last letter number given on a civil day."""

    __tablename__ = "number_sequence"

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]
