"""Facts, the rows of which figures are sums: derived from events, rebuilt from them, never edited.

Beside them stand the sums that are stored, and the annual reports that were kept as of a day.

One narrow row holds everything that the rates of any past moment ask of a letter (see
:mod:`portal.domain.statistics.measures`), so that a year of letters is summed in one pass over one index.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.letters.kinds import Kind
from portal.domain.statistics.measures import Outcome
from portal.models.base import Id, Model, UtcDateTime, word

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware moment as whole microseconds since 1970: compared fast, small in an index."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return the microseconds of an aware moment."""
        return None if value is None else (value - _EPOCH) // _TICK

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        return None if value is None else _EPOCH + value * _TICK


class RateFact(Model):
    """A fact about a letter that figures count; months are civil, as ``yyyymm``."""

    __tablename__ = "rate_fact"
    # The indexes hold whole questions: figures are summed without a look at the table.
    __table_args__ = (
        sa.Index(
            "ix_rate_fact_cohort",
            "received_month",
            "kind",
            "received_organisation_id",
            "received_at",
            "opening",
            "withdrawn_at",
            "closed_from",
            "closed_until",
            "outcome",
            "on_time",
            "published_from",
            "published_until",
            "extended_at",
            "returned_at",
            "redone_at",
            "closing_organisation_id",
            "response_at",
            "response_days",
            "closing_days",
            "letter_id",
            "category",
        ),
        sa.Index(
            "ix_rate_fact_closed",
            "closed_month",
            "received_organisation_id",
            "kind",
            "closed_from",
            "closed_until",
            "outcome",
            "on_time",
            "closing_organisation_id",
            "category",
        ),
        sa.Index(
            "ix_rate_fact_published",
            "published_month",
            "received_organisation_id",
            "kind",
            "published_from",
            "published_until",
            "closing_organisation_id",
            "category",
        ),
        sa.Index("ix_rate_fact_letter", "letter_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(sa.ForeignKey("letter.id"))
    opening: Mapped[bool]
    kind: Mapped[Kind] = mapped_column(word(Kind))
    category: Mapped[str | None] = mapped_column(sa.String(32))
    received_organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    received_at: Mapped[datetime] = mapped_column(Instant)
    received_month: Mapped[int]
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    response_at: Mapped[datetime | None] = mapped_column(Instant)
    response_days: Mapped[int | None]
    extended_at: Mapped[datetime | None] = mapped_column(Instant)
    returned_at: Mapped[datetime | None] = mapped_column(Instant)
    redone_at: Mapped[datetime | None] = mapped_column(Instant)
    closing_organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"))
    outcome: Mapped[Outcome | None] = mapped_column(word(Outcome))
    on_time: Mapped[bool | None]
    closing_days: Mapped[int | None]
    closed_from: Mapped[datetime | None] = mapped_column(Instant)
    closed_until: Mapped[datetime | None] = mapped_column(Instant)
    closed_month: Mapped[int | None]
    published_from: Mapped[datetime | None] = mapped_column(Instant)
    published_until: Mapped[datetime | None] = mapped_column(Instant)
    published_month: Mapped[int | None]


VERSIONS = 1 << 62
"""Versions of months are below this, so that the sum of two of them is still an integer of 64 bits."""


class RateMonth(Model):
    """A civil month (``yyyymm``) that facts belong to, with the changes that are folded into it.

    The version of a month is ``version`` plus the amounts of its :class:`RateChange` rows, modulo
    :data:`VERSIONS`.
    """

    __tablename__ = "rate_month"

    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(sa.BigInteger)


class RateChange(Model):
    """A change of the facts of a month, appended by the unit of work that makes it.

    ``amount`` is random: whichever of several units have committed, the sum of their amounts, and
    with it the version of the month, differs.
    """

    __tablename__ = "rate_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    month: Mapped[int] = mapped_column(index=True)
    amount: Mapped[int] = mapped_column(sa.BigInteger)


class Recomputation(Model):
    """Changed days of the calendar by which the facts of ended letters are still to be recomputed.

    ``last_letter_id`` is the last letter done, ``seen`` and ``changed`` count letters so far;
    ``waits_for`` is the transaction of PostgreSQL before which all must have ended first.
    """

    __tablename__ = "rate_recomputation"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    last_letter_id: Mapped[int] = mapped_column(Id, default=0)
    seen: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    waits_for: Mapped[int | None] = mapped_column("settles_at", sa.BigInteger)


class RateSum(Model):
    """A sum over the facts of one month or year, stored for pages; valid while ``version`` holds."""

    __tablename__ = "rate_sum"

    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    version: Mapped[str] = mapped_column(sa.String(64))
    body: Mapped[bytes]


class KeptReport(Model):
    """The annual report of ``year`` as it was at the end of the civil day ``as_of``; never changed.

    ``received``, ``closed`` and ``published`` are its counts, ``keeper_id`` is empty where the worker
    kept it.
    """

    __tablename__ = "kept_report"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    as_of: Mapped[date]
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    keeper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    received: Mapped[int]
    closed: Mapped[int]
    published: Mapped[int]

    files: Mapped[list[KeptReportFile]] = relationship(order_by="KeptReportFile.form")


class KeptReportFile(Model):
    """A kept report in one format (``form``), with the SHA-256 of its bytes in hexadecimal."""

    __tablename__ = "kept_report_file"

    report_id: Mapped[int] = mapped_column(sa.ForeignKey("kept_report.id"), primary_key=True)
    form: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes] = mapped_column(deferred=True)
