"""The outbox: what the worker has to index, written in the transaction that changed an entry."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Id, Model, UtcDateTime, word


class OutboxStatus(StrEnum):
    """The status of a row: waiting, or given up after too many attempts."""

    WAITING = "waiting"
    DEAD = "dead"


class IndexVerdict(Model):
    """What the worker last found of the index: one row, so that asking for it costs nothing.

    ``outcome`` is ok or the kind of error; ``difference`` the number of public entries less the
    documents of the index.
    """

    __tablename__ = "index_verdict"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    outcome: Mapped[str] = mapped_column(sa.String(64))
    difference: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutboxRow(Model):
    """An archive entry whose document in the index must be brought up to date.

    The worker reads the entry as it is then: a public entry is indexed, an unpublished one removed,
    so that rows may be drained late or twice without harm.
    """

    __tablename__ = "outbox"
    __table_args__ = (sa.Index("ix_outbox_waiting", "status", "available_at", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("archive_entry.id"), index=True)
    status: Mapped[OutboxStatus] = mapped_column(word(OutboxStatus), default=OutboxStatus.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)
