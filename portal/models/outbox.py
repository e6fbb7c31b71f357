"""What the worker still has to do: written in the transaction that made it necessary."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Id, Model, UtcDateTime, word


class OutboxStatus(StrEnum):
    """Waiting, or given up after too many attempts."""

    WAITING = "waiting"
    DEAD = "dead"


class OutboxRow(Model):
    """The archive entry whose place in the index must be brought up to date.

    The worker looks up the entry as it is then: present means index it, withdrawn means remove
    it, so rows may be drained late or twice without harm.
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
